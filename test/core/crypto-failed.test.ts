/** Strangers choose keys that nothing can be sealed to: whoever asked for the seal is told, and ends what cannot go on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import type { Effect } from '../../src/engine/core/effect.js';
import type { Event } from '../../src/engine/core/event.js';
import type { Reject } from '../../src/engine/core/message.js';
import { createPeerState, peerMachine } from '../../src/engine/core/peer/peer.js';
import { createDriver } from '../../src/engine/driver/driver.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import type { Transport } from '../../src/engine/ports/transport.js';
import { newSigner } from '../contract/transport-fixture.js';
import { assignment, bob, certified, escrow, idOf, key, network } from './ledger-fixture.js';
import { Peer, request } from './peer-fixture.js';

const SMALL_ORDER = 'A'.repeat(43);
const bytes = new Uint8Array(1);

test('the driver answers cryptography that fails with an event, not as a fault of its own', async () => {
  const effects: readonly Effect[] = [
    { do: 'answer', escrow: key('escrow'), contentKey: key('content'), output: bytes, fuel: 1, resultKey: SMALL_ORDER, witnessBox: key('witness'), as: 'answer' },
    { do: 'box', contentKey: 'short', to: [], as: 'box' },
    { do: 'read-result', sealed: bytes, resultSecret: 'short', contentKey: 'short', as: 'unreadable' },
  ];
  const signer = await newSigner();
  const faults: unknown[] = [];
  const answers = new Map<unknown, Event['on']>();
  let finish = (): void => {};
  const finished = new Promise<void>((resolve) => (finish = resolve));
  const driver = createDriver({
    net: network.net, state: undefined,
    machine: {
      step(state, event) {
        if ('as' in event) answers.set(event.as, event.on);
        if (answers.size === effects.length) finish();
        return { state, effects: event.on === 'start' ? effects : [] };
      },
    },
    ports: {
      transport: { open() {}, close: async () => {} } as unknown as Transport, pool: { close: async () => {} } as unknown as Pool, store: memoryStorage(), vault: memoryStorage(),
      signer, clock: systemClock, random: systemRandom, guard: async () => true,
    },
    onNotice() {}, onFault: (error) => { faults.push(error); finish(); },
  });
  await driver.start();
  await finished;
  await driver.close();
  assert.deepEqual(Object.fromEntries(answers), { answer: 'crypto-failed', box: 'crypto-failed', unreadable: 'result-read' });
  assert.deepEqual(faults, []);
});

test('a worker turns down a job whose answer cannot be sealed, and is free again', () => {
  for (const phase of ['unlocking', 'answering'] as const) {
    const peer = new Peer({ id: bob });
    const id = idOf(escrow);
    peer.state.jobs.set(id, {
      record: { ...escrow, id }, certified: certified([escrow])[0]!, assignment, ciphertext: bytes, phase, box: undefined, contentKey: undefined, ratio: 0, busyMs: 0, items: 0, answer: undefined,
    });
    peer.feed({ on: 'crypto-failed', as: { how: phase === 'unlocking' ? 'unlocked' : 'answered', escrow: id }, message: 'small order' });
    assert.deepEqual(peer.sent('reject').map(({ p }) => JSON.parse(p.b) as Reject), [{ kind: 'reject', escrow: id, worker: bob, why: 'wrong-key' }]);
    assert.equal(peer.state.jobs.size, 0);
  }
});

test('a task that cannot be encrypted is left to this machine; one whose key cannot be boxed fails', () => {
  const state = createPeerState({ network, id: bob, boxKey: key('box'), session: 'session', site: '', sharePpm: 0, ref: '' });
  const { effects } = peerMachine.step(state, { on: 'submit', request: request(), now: 0 });
  const lock = effects.find((effect) => effect.do === 'lock')!;
  const step = peerMachine.step(state, { on: 'crypto-failed', as: lock.as, message: 'no entropy', now: 1 });
  assert.deepEqual(step.effects.flatMap((effect) => (effect.do === 'notify' ? [effect.notice.note] : [])), ['untaken']);

  const peer = new Peer();
  peer.open();
  peer.buy(request());
  peer.feed({ on: 'crypto-failed', as: peer.effects('box')[0]!.as, message: 'no key' });
  assert.deepEqual(peer.notes('failed').map(({ code }) => code), ['unsupported']);
});
