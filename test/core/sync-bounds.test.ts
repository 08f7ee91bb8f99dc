/** What a long history, or somebody who asks without end, costs a replica. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Effect } from '../../src/engine/core/effect.js';
import { Digest } from '../../src/engine/core/ledger/digest.js';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { isPeerMessage } from '../../src/engine/core/message-shape.js';
import type { SyncMessage } from '../../src/engine/core/message.js';
import { createPeerState, peerMachine } from '../../src/engine/core/peer/peer.js';
import type { Certified, Rec } from '../../src/engine/core/record.js';
import { compareDigests, createSyncQueue, onSyncMessage, sendNextParts, type SyncTurn } from '../../src/engine/core/sync.js';
import { createWitnessState, witnessMachine } from '../../src/engine/core/witness/witness.js';
import { alice, certified, key, network, parsed, transfer, witness } from './ledger-fixture.js';

const EPOCHS_AN_HOUR = 3_600_000 / network.parameters.epochMs;
const FIRST_HOUR = 480_000;

function transfers(count: number, hourOf: (n: number) => number): readonly [Rec, Certified][] {
  const records = Array.from({ length: count }, (_, n): Rec => ({ ...transfer, seq: n + 1, epoch: (FIRST_HOUR + hourOf(n)) * EPOCHS_AN_HOUR }));
  const withCertificates = certified(records);
  return records.map((record, n) => [record, withCertificates[n]!]);
}

class Replica {
  readonly ledger = new Ledger(network);
  readonly sync = createSyncQueue();
  sent: SyncMessage[] = [];
  isTicking = false;

  constructor(records: readonly (readonly [Rec, Certified])[]) {
    for (const [record, certificate] of records) this.ledger.add(parsed(record), certificate);
  }

  get turn(): SyncTurn {
    return {
      ledger: this.ledger, sync: this.sync,
      emit: (effect: Effect) => {
        if (effect.do === 'timer') this.isTicking = true;
        if (effect.do === 'send') this.sent.push(effect.message as SyncMessage);
      },
    };
  }

  receive(message: SyncMessage): void {
    if (message.t !== 'records') return onSyncMessage(this.turn, 'other', message);
    for (const record of message.records) this.ledger.add(parsed(JSON.parse(record.b) as Rec), record);
  }

  tick(): void {
    if (!this.isTicking) return;
    this.isTicking = false;
    sendNextParts(this.turn);
  }
}

/** @returns how many records were sent */
function level(one: Replica, other: Replica): number {
  let records = 0;
  do {
    for (const [from, to] of [[one, other], [other, one]] as const) {
      for (const message of from.sent.splice(0)) {
        assert.ok(isPeerMessage(message), JSON.stringify(message).slice(0, 200));
        if (message.t === 'records') records += message.records.length;
        to.receive(message);
      }
      from.tick();
    }
  } while ([one, other].some(({ sent, isTicking }) => sent.length > 0 || isTicking));
  return records;
}

test('the digest of ten years fits a greeting, and covers all of them', () => {
  const digest = new Digest();
  for (let hour = 0; hour < 87_600; hour += 1) digest.add(FIRST_HOUR + hour, key(`${hour}`));
  const whole = digest.whole();
  assert.ok(JSON.stringify(whole).length < 32_000, `${JSON.stringify(whole).length} characters`);
  assert.equal(whole.reduce((sum, { count }) => sum + count, 0), 87_600);
  assert.equal(whole[0]!.bucket, 0);
  for (const [at, { bucket, span }] of whole.slice(0, -1).entries()) assert.equal(whole[at + 1]!.bucket, bucket + span);
});

test('replicas that differ anywhere in a long history are levelled by few records', () => {
  const all = transfers(6_000, (n) => (n * 7) % 5_000);
  fc.assert(fc.property(fc.uniqueArray(fc.nat(5_999), { maxLength: 5 }), fc.uniqueArray(fc.nat(5_999), { maxLength: 5 }), (lacks, otherLacks) => {
    const one = new Replica(all.filter((_, n) => !lacks.includes(n)));
    const other = new Replica(all.filter((_, n) => !otherLacks.includes(n)));
    compareDigests(one.turn, 'other', other.ledger.digest());
    const records = level(one, other);
    assert.deepEqual(one.ledger.digestTotal(), other.ledger.digestTotal());
    assert.ok(records <= 2 * (lacks.length + otherLacks.length), `${records} records`);
  }), { numRuns: 10 });
});

test('a replica that has nothing gets a long history, whoever compares first', () => {
  const all = transfers(3_000, (n) => n);
  for (const greets of ['full', 'fresh']) {
    const [full, fresh] = [new Replica(all), new Replica([])];
    if (greets === 'full') compareDigests(fresh.turn, 'other', full.ledger.digest());
    else compareDigests(full.turn, 'other', fresh.ledger.digest());
    level(full, fresh);
    assert.deepEqual(fresh.ledger.digestTotal(), full.ledger.digestTotal());
  }
});

test('whoever asks for a history again and again is sent it once, and has a bounded number wait', () => {
  const all = transfers(5_000, () => 0);
  const replica = new Replica(all);
  const hour = replica.ledger.digest().find(({ count }) => count > 0)!;
  for (let count = 0; count < 1_000; count += 1) {
    replica.receive({ t: 'have', bucket: hour.bucket, span: 1, from: '', to: '', ids: [] });
    replica.receive({ t: 'want', ids: replica.ledger.idsIn(hour).slice(0, 10) });
  }
  let parts = 0;
  for (; replica.isTicking; parts += 1) replica.tick();
  assert.ok(parts <= 3 * Math.ceil(all.length / 16), `${parts} parts`);
  assert.equal(replica.sync.size, 0);
});

test('nothing waits for those who are gone', () => {
  const all = transfers(100, () => 0);
  const hour = { bucket: FIRST_HOUR, span: 1, from: '', to: '', ids: [] } as const;
  const witnessState = createWitnessState({ network, id: witness, session: 'session' });
  const peerState = createPeerState({ network, id: alice, boxKey: key('box'), session: 'session', site: '', sharePpm: 0, ref: '' });
  for (const [record, certificate] of all) for (const { ledger } of [witnessState, peerState]) ledger.add(parsed(record), certificate);
  witnessMachine.step(witnessState, { on: 'message', from: alice, message: { t: 'have', ...hour }, now: 0 });
  peerMachine.step(peerState, { on: 'message', from: witness, message: { t: 'have', ...hour }, now: 0 });
  assert.deepEqual([witnessState.sync.size, peerState.sync.size], [1, 1]);
  witnessMachine.step(witnessState, { on: 'gone', node: alice, now: 1 });
  peerMachine.step(peerState, { on: 'link-down', code: 'relay-unreachable', message: '', now: 1 });
  assert.deepEqual([witnessState.sync.size, peerState.sync.size], [0, 0]);
});
