import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EngineEvent, Task, TaskProgress } from '../../src/engine/api.js';
import type { Happening } from '../../src/engine/core/event.js';
import { createPeerState, type PeerState } from '../../src/engine/core/peer/peer.js';
import type { Driver } from '../../src/engine/driver/driver.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { Buyer } from '../../src/engine/host/buyer.js';
import type { Noted } from '../../src/engine/host/history.js';
import { NODE_DEFAULTS } from '../../src/engine/node/config.js';
import { encode } from '../../src/kernels/codec.js';
import { loadManifest } from '../../src/kernels/manifests.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { alice, key, network } from '../core/ledger-fixture.js';
import { createSimulatedPool, type Behaviour } from '../doubles/pool.js';

const ID = 'A'.repeat(22);
const OUTPUT = encode({ ids: new Float64Array([0]), scores: new Float32Array([1]), counts: new Uint32Array([1]) });

interface World {
  readonly buyer: Buyer;
  readonly clock: VirtualTime;
  readonly fed: Happening[];
  readonly events: EngineEvent[];
  readonly noted: Noted[];
  readonly state: PeerState;
}

/** A buyer whose network takes what it is fed and says nothing by itself; or has no network. */
function world({ linked = true, behave }: { linked?: boolean; behave?: () => Behaviour } = {}): World {
  const clock = new VirtualTime();
  const fed: Happening[] = [];
  const events: EngineEvent[] = [];
  const noted: Noted[] = [];
  const state = createPeerState({ network, id: alice, boxKey: key('box'), session: 'session', site: '', sharePpm: 0, ref: '' });
  const driver: Driver<PeerState> = { state, start: async () => undefined, feed: (event) => void fed.push(event), close: async () => undefined };
  const buyer = new Buyer({
    platform: { clock, random: { bytes: (length) => new Uint8Array(length) } }, pool: createSimulatedPool({ clock, size: 1, ...(behave ? { behave } : {}) }),
    config: () => NODE_DEFAULTS, driver: () => (linked ? driver : undefined),
    reach: async () => {
      if (linked) return driver;
      throw new EdgeNetError('relay-unreachable', 'No relay answered.');
    },
    note: (entry) => void noted.push(entry),
    certificate: (escrow) => ({ escrow, settlement: '', witnesses: ['witness'] }),
    emit: (event) => void events.push(event),
  });
  return { buyer, clock, fed, events, noted, state };
}

function task(options: Task['options'] = {}): Task {
  return { type: 'vector_search', payload: { query: [1, 0], vectors: [[1, 0], [0, 1]], k: 1 }, options: { taskId: ID, local: 'never', ...options } };
}

// Loaded once: from then on a submission waits for other promises only.
await loadManifest('vector_search');

/** Lets what is only waiting for other promises happen. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', ({ code }: EdgeNetError) => code);

const resolved = (buyer: Buyer, output = OUTPUT): void => buyer.onNotice({ note: 'resolved', task: ID, escrow: 'escrow', kind: 'vector_search', output, amount: 2_000_000, workers: ['a', 'b'], verified: true, size: 300, digest: 'digest' });

test('whoever asks for a task that is under way shares its end', async () => {
  const { buyer, fed } = world();
  const told: TaskProgress[] = [];
  const waiting = [buyer.submit(task({ onProgress: (progress) => told.push(progress) })), buyer.submit(task()), buyer.result(ID)];
  await settle();
  assert.deepEqual(fed.map(({ on }) => on), ['submit'], 'one task is bought once, and not recalled while it runs');
  buyer.onNotice({ note: 'progress', task: ID, phase: 'results', loaded: 1, total: 2 });
  assert.equal(told.at(-1)?.phase, 'results');
  resolved(buyer);
  for (const result of await Promise.all(waiting)) assert.deepEqual([result.taskId, result.cost, result.verified], [ID, 2, true]);
  assert.equal(buyer.size, 0);
});

test('the log has what a task was, how long it took and what proves it', async () => {
  const { buyer, clock, noted } = world();
  const end = buyer.submit(task());
  await settle();
  buyer.onNotice({ note: 'submitted', task: ID, escrow: 'escrow', amount: 2_000_000, size: 200 });
  clock.advance(1_500);
  resolved(buyer);
  await end;
  const certificate = { escrow: 'escrow', settlement: '', witnesses: ['witness'] };
  const shown = noted.map(({ outcome, items, bytes, digest, latencyMs, certificate: proof }) => ({ outcome, items, bytes, digest, latencyMs, proof }));
  assert.deepEqual(shown, [
    { outcome: 'running', items: 1, bytes: 200, digest: undefined, latencyMs: undefined, proof: certificate },
    { outcome: 'resolved', items: 1, bytes: 300, digest: 'digest', latencyMs: 1_500, proof: certificate },
  ]);
});

test('of a task that is recalled the log keeps what it knew', async () => {
  const { buyer, noted } = world();
  const end = buyer.result(ID);
  await settle();
  resolved(buyer);
  await end;
  assert.deepEqual([Object.hasOwn(noted[0]!, 'items'), Object.hasOwn(noted[0]!, 'latencyMs'), noted[0]!.bytes], [false, false, 300]);
});

test('a result is recalled once it is nobody\'s business any more', async () => {
  const { buyer, fed } = world();
  const waiting = [buyer.result(ID), buyer.result(ID)];
  await settle();
  assert.deepEqual(fed, [{ on: 'recall', task: ID }]);
  resolved(buyer);
  await Promise.all(waiting);
});

test('one caller\'s abort is its own; the last one\'s cancels the task', async () => {
  const { buyer, fed } = world();
  const [first, second] = [new AbortController(), new AbortController()];
  const ends = [buyer.submit(task({ signal: first.signal })), buyer.submit(task({ signal: second.signal }))].map(codeOf);
  await settle();
  first.abort();
  assert.equal(await ends[0], 'aborted');
  assert.deepEqual(fed.map(({ on }) => on), ['submit']);
  second.abort();
  assert.equal(await ends[1], 'aborted');
  assert.deepEqual(fed.at(-1), { on: 'abort', task: ID, code: 'aborted' });
});

test('a task that this identity bought before is asked for, not bought again', async () => {
  const { buyer, fed, state } = world();
  state.submissions.set(ID, { escrow: key('escrow') } as never);
  void codeOf(buyer.submit(task()));
  await settle();
  assert.deepEqual(fed, [{ on: 'recall', task: ID }]);
});

test('a local run ends when its caller\'s patience does', async () => {
  const { buyer, clock } = world({ behave: () => ({ does: 'hang' }) });
  const end = codeOf(buyer.submit(task({ local: 'only', timeout: 5_000 })));
  await settle();
  clock.advance(4_000);
  await settle();
  assert.equal(buyer.size, 1);
  clock.advance(2_000);
  assert.equal(await end, 'timeout');
});

test('what the network kept of the patience is gone for the local run that follows', async () => {
  const { buyer, clock, fed } = world({ behave: () => ({ does: 'hang' }) });
  const end = codeOf(buyer.submit(task({ local: 'fallback', timeout: 5_000 })));
  await settle();
  assert.equal((fed[0] as Extract<Happening, { on: 'submit' }>).request.timeoutMs, 5_000);
  clock.advance(3_000);
  buyer.onNotice({ note: 'untaken', task: ID, code: 'no-workers', message: 'Nobody is there.' });
  clock.advance(2_500);
  assert.equal(await end, 'timeout');
});

test('without a network a task runs here if it may, and says why not if it may not', async () => {
  const here = world({ linked: false, behave: () => ({ does: 'fail', ms: 1, code: 'limit-exceeded' }) });
  const end = codeOf(here.buyer.submit(task({ local: 'fallback' })));
  await settle();
  here.clock.advance(1_000);
  assert.equal(await end, 'limit-exceeded', 'it ran here');
  assert.equal(await codeOf(world({ linked: false }).buyer.submit(task())), 'relay-unreachable');
});

test('bytes that workers agreed on and that are no result of their kind are an error, not silence', async () => {
  const { buyer } = world();
  const end = codeOf(buyer.submit(task()));
  await settle();
  resolved(buyer, encode({ ids: [] }));
  assert.equal(await end, 'kernel-failed');
});
