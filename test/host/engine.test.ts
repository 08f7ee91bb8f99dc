import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { EngineConfig } from '../../src/engine/api.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { openEngine, type HostedEngine } from '../../src/engine/host/engine.js';
import { PendingAsks } from '../../src/engine/host/pending-asks.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { createSimulatedPool } from '../doubles/pool.js';

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', ({ code }: EdgeNetError) => code);

/** An engine whose relay nobody answers for. */
async function lost(config: Partial<EngineConfig> = {}): Promise<{ engine: HostedEngine; clock: VirtualTime; pool: Pool }> {
  const clock = new VirtualTime();
  const pool = createSimulatedPool({ clock, size: 1 });
  const engine = await openEngine(nodeConfig({ relays: ['ws://127.0.0.1:1/gun'], ...config }), {
    clock, random, cores: 8,
    readText: () => Promise.reject(new Error('nobody answers')),
    openStore: async () => memoryStorage(),
    loadIdentity: async () => createIdentity(random),
    createPool: ({ size, duty }) => {
      pool.limit(duty, size);
      return pool;
    },
    createTransport: () => { throw new Error('There is no network to be reached.'); },
  });
  return { engine, clock, pool };
}

test('a transfer before the first link waits for one, and not for ever', async () => {
  const { engine, clock } = await lost();
  let ended = false;
  const end = codeOf(engine.transfer(sha256Id('somebody'), 1)).finally(() => (ended = true));
  await settle();
  clock.advance(30_000);
  await settle();
  assert.equal(ended, false);
  clock.advance(30_001);
  assert.equal(await end, 'relay-unreachable');
  await engine.close();
});

test('an amount that is none is refused as a rejection, not thrown', async () => {
  const { engine } = await lost();
  for (const call of [() => engine.transfer(sha256Id('somebody'), -1), () => engine.bond(0), () => engine.unbond(Number.NaN)]) assert.equal(await codeOf(call()), 'bad-input');
  await engine.close();
});

test('an order that is never certified ends with its patience, one that is ends once', async () => {
  const clock = new VirtualTime();
  const asks = new PendingAsks(clock, 1_000);
  const [late, done, refused] = ['late', 'done', 'refused'].map((ask) => asks.wait(ask)) as [Promise<string>, Promise<string>, Promise<string>];
  asks.resolve('done', 'record');
  asks.reject('refused', new EdgeNetError('insufficient-credits', 'No credits.'));
  clock.advance(1_000);
  assert.equal(await done, 'record');
  assert.equal(await codeOf(refused), 'insufficient-credits');
  assert.equal(await codeOf(late), 'timeout');
  assert.equal(clock.pending, 0);
});

test('limits that change apply to the engine that runs', async () => {
  const { engine, pool } = await lost({ contribute: true, workersMax: 2 });
  assert.equal(pool.size, 2);
  engine.configure({ workersMax: 3 });
  assert.equal(pool.size, 3);
  engine.configure({ workersMax: 64 });
  assert.equal(pool.size, 4, 'half of the cores');
  await engine.close();
});

test('a kind that nobody knows is refused at the start, and told while the engine runs', async () => {
  assert.equal(await codeOf(lost({ tasks: ['embedding', 'mining'] })), 'config-invalid');
  const { engine } = await lost({ contribute: true, tasks: ['embeddings'] });
  const told: string[] = [];
  engine.subscribe((event) => { if (event.type === 'error') told.push(event.message); });
  engine.configure({ tasks: ['mining'] });
  assert.equal(told.length, 1);
  assert.match(told[0]!, /tasks="mining".*embedding/u);
  await engine.close();
});

test('as many workers as the memory limit has room for, of the kinds that are worked on', async () => {
  const MEBIBYTE = 2 ** 20;
  const { engine, pool } = await lost({ contribute: true, tasks: ['vector_search'], memoryLimitBytes: 600 * MEBIBYTE });
  assert.equal(pool.size, 2);
  engine.configure({ memoryLimitBytes: 256 * MEBIBYTE });
  assert.equal(pool.size, 1);
  engine.configure({ memoryLimitBytes: 100 * MEBIBYTE });
  assert.deepEqual([engine.state.reasons, engine.state.throttle.level], [['memory'], 0]);
  await engine.close();
});

test('pauses and senses say why in the state, and end by themselves alone', async () => {
  const { engine, clock } = await lost({ contribute: true, cpuLimit: 0.5, pauses: ['snoozed'], battery: 'respect' });
  const shown = (): unknown => [engine.state.throttle, engine.state.reasons];
  const senses = { active: false, focused: true, visible: true, frozen: false, frames: 'smooth', pressure: 'nominal', batteryLow: false, metered: false } as const;
  assert.deepEqual(shown(), [{ level: 0, because: 'snoozed' }, ['snoozed']]);
  engine.configure({ pauses: [] });
  engine.sense({ ...senses, active: true });
  assert.deepEqual(shown(), [{ level: 0.2, because: 'user-active' }, ['user-active']]);
  engine.follow('another tab', { senses: { ...senses, frames: 'struggling' }, pauses: ['paused-by-site'] });
  assert.deepEqual(shown(), [{ level: 0, because: 'paused-by-site' }, ['paused-by-site', 'page-busy', 'user-active']]);
  engine.follow('another tab', undefined);
  engine.sense({ ...senses, batteryLow: true });
  assert.deepEqual(shown(), [{ level: 0, because: 'battery' }, ['battery', 'page-busy']]);
  engine.sense(senses);
  assert.deepEqual(shown(), [{ level: 0.1, because: 'page-struggling' }, ['page-busy']]);
  clock.advance(3_000);
  assert.deepEqual(shown(), [{ level: 0.5, because: 'cpu-limit' }, []]);
  await engine.close();
});
