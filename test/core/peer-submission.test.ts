import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeOutcome } from '../../src/engine/core/outcome.js';
import type { EscrowRecord } from '../../src/engine/core/record.js';
import { bob, carol, idOf, key, network, SIGNATURE, witness } from './ledger-fixture.js';
import { Peer, recordOf, request } from './peer-fixture.js';

const { task } = request();
const ANSWER = encodeOutcome({ ok: true, output: new Uint8Array([1]) });
const LIE = encodeOutcome({ ok: true, output: new Uint8Array([2]) });

function buyer(): Peer {
  const peer = new Peer();
  peer.open();
  return peer;
}

/** The two workers that were drawn first. */
function workersOf(peer: Peer, escrow: EscrowRecord): [string, string] {
  const [first, second] = peer.state.ledger.get(idOf(escrow))!.assignment!.ranks;
  return [first!.node, second!.node];
}

function seat(peer: Peer, size: number): void {
  const b = JSON.stringify({
    kind: 'roster', net: network.net, witness, session: 'first', epoch: 100, at: peer.now, roster: key('roster'), size, secretHash: key('secret'), revealed: null,
    ledger: peer.state.ledger.digestTotal(),
  });
  peer.feed({ on: 'graph', value: { topic: 'roster', signed: { b, s: SIGNATURE } } });
  assert.equal(peer.state.header?.size, size);
}

test('an escrow refused while all are busy is offered again until it is taken', () => {
  const peer = buyer();
  seat(peer, 3);
  peer.feed({ on: 'submit', request: request() });
  for (let round = 0; round < 5; round += 1) {
    const offered = recordOf(peer.sent('escrow').at(-1)!.r);
    peer.look();
    peer.refuse({ record: idOf(offered), code: 'no-workers', message: 'All workers are busy.', retryAfterMs: 1_000 });
    assert.deepEqual(peer.notes('untaken'), []);
    assert.equal(peer.effects('timer').find(({ name }) => name === `retry/${task}`)!.delayMs, 1_000);
    assert.equal(peer.sent('escrow').length, 0);
    peer.timer(`retry/${task}`, 1_000);
    assert.equal(peer.sent('escrow').length, 1);
  }
  peer.certify(recordOf(peer.sent('escrow')[0]!.r));
  assert.equal(peer.notes('submitted').length, 1);
  assert.equal(peer.sent('boxes').length, 1);
});

test('a task that was refused until its time was over says why', () => {
  const peer = buyer();
  seat(peer, 3);
  peer.feed({ on: 'submit', request: request() });
  peer.refuse({ record: idOf(recordOf(peer.sent('escrow')[0]!.r)), code: 'no-workers', message: 'All workers are busy.', retryAfterMs: 1_000 });
  peer.timer(`timeout/${task}`, 60_000);
  const [{ code, retryAfterMs, message }] = peer.notes('failed') as [ReturnType<typeof peer.notes<'failed'>>[number]];
  assert.deepEqual([code, retryAfterMs], ['no-workers', 1_000]);
  assert.match(message, /busy/u);
});

test('where too few workers are seated, or the wait is longer than the caller\'s, nobody waits', () => {
  for (const [seats, refusal] of [[1, { code: 'no-workers', retryAfterMs: 1_000 }], [3, { code: 'rate-limited', retryAfterMs: 3_000_000 }], [3, { code: 'payload-too-large' }]] as const) {
    const peer = buyer();
    seat(peer, seats);
    peer.feed({ on: 'submit', request: request() });
    peer.refuse({ record: idOf(recordOf(peer.sent('escrow')[0]!.r)), message: 'No.', ...refusal });
    assert.equal(peer.notes('untaken')[0]?.code, refusal.code);
  }
});

test('a task that is cancelled while it waits is escrowed once when it is submitted again', () => {
  const peer = buyer();
  peer.feed({ on: 'ask', request: { ask: 'first in line', kind: 'transfer', to: bob, amount: 5 } });
  peer.feed({ on: 'submit', request: request() });
  peer.feed({ on: 'abort', task, code: 'aborted' });
  peer.feed({ on: 'submit', request: request() });
  peer.certify(recordOf(peer.sent('record')[0]!.r));
  peer.certify(recordOf(peer.sent('escrow')[0]!.r));
  assert.equal(peer.sent('escrow').length, 1);
});

test('a cancel is repeated until the escrow is settled', () => {
  const peer = buyer();
  const escrow = peer.buy(request());
  peer.feed({ on: 'abort', task, code: 'aborted' });
  peer.timer(`cancel/${task}`, 2_000);
  peer.timer(`cancel/${task}`, 2_000);
  assert.equal(peer.sent('cancel').length, 3);
  peer.settle(escrow, []);
  peer.look();
  peer.timer(`cancel/${task}`, 2_000);
  assert.equal(peer.sent('cancel').length, 0);
  assert.deepEqual(peer.effects('timer'), []);
});

test('an escrow that is certified after its task was cancelled is taken back', () => {
  const peer = buyer();
  peer.feed({ on: 'submit', request: request() });
  peer.feed({ on: 'abort', task, code: 'aborted' });
  peer.certify(recordOf(peer.sent('escrow')[0]!.r));
  assert.equal(peer.sent('cancel').length, 1);
  assert.ok(peer.effects('timer').some(({ name }) => name === `cancel/${task}`));
});

test('a result that cannot be opened does not keep the buyer from what both were paid for', () => {
  for (const settledFirst of [true, false]) {
    const peer = buyer();
    const escrow = peer.buy(request());
    const [first, second] = workersOf(peer, escrow);
    const steps = [() => peer.settle(escrow, [{ who: first, ok: true }, { who: second, ok: true }]), () => peer.result(escrow, first, ANSWER), () => peer.result(escrow, second, undefined)];
    for (const step of settledFirst ? steps : steps.toReversed()) {
      assert.deepEqual(peer.notes('resolved'), []);
      step();
    }
    const [{ workers, verified, output }] = peer.notes('resolved') as [ReturnType<typeof peer.notes<'resolved'>>[number]];
    assert.deepEqual([[...workers].sort(), verified, [...output]], [[first, second].sort(), true, [1]]);
  }
});

test('no settlement turns one worker\'s word into an answer while the other\'s may still come, or contradicts it', () => {
  const peer = buyer();
  const escrow = peer.buy(request());
  const [first, second] = workersOf(peer, escrow);
  peer.settle(escrow, [{ who: first, ok: true }, { who: second, ok: true }]);
  peer.result(escrow, first, LIE);
  peer.says({ t: 'ended', escrow: idOf(escrow), code: 'settled' });
  peer.result(escrow, second, ANSWER);
  assert.deepEqual(peer.notes('resolved'), []);
});

test('a recall of a task that is under way changes nothing', () => {
  const peer = buyer();
  const escrow = peer.buy(request());
  const [first, second] = workersOf(peer, escrow);
  peer.result(escrow, first, ANSWER);
  peer.feed({ on: 'recall', task });
  peer.result(escrow, second, ANSWER);
  assert.equal(peer.notes('resolved').length, 1);
});

test('what another network left in the store is forgotten, one\'s own is kept', () => {
  const peer = buyer();
  const escrow = peer.buy(request());
  const store = peer.effects('save').flatMap(({ writes }) => writes).filter((write): write is readonly [string, string] => typeof write[1] === 'string');
  const own = new Peer();
  own.feed({ on: 'start', store: [['net', network.net], ...store], vault: [] });
  assert.ok(own.state.ledger.get(idOf(escrow)));
  assert.deepEqual(own.effects('save'), []);

  const other = new Peer();
  other.feed({ on: 'start', store: [['net', key('another network')], ['host/history', '[]'], ...store], vault: [] });
  assert.equal(other.state.ledger.size, 0);
  assert.deepEqual(other.notes('trouble'), []);
  const written = new Map(other.effects('save').flatMap(({ writes }) => writes));
  assert.equal(written.get(`rec/${idOf(escrow)}`), null);
  assert.equal(written.get('net'), network.net);
  assert.ok(!written.has('host/history'));
});

test('headers that come faster than patience runs out do not put levelling off', () => {
  const peer = buyer();
  const differing = (): void => {
    const b = JSON.stringify({
      kind: 'roster', net: network.net, witness, session: 'first', epoch: 100, at: peer.now, roster: key('roster'), size: 0, secretHash: key('secret'), revealed: null,
      ledger: { count: 9, hash: carol },
    });
    peer.feed({ on: 'graph', value: { topic: 'roster', signed: { b, s: SIGNATURE } } });
  };
  for (let header = 0; header < 5; header += 1, peer.now += 250) differing();
  assert.equal(peer.effects('timer').filter(({ name }) => name === 'differs').length, 1);
  peer.timer('differs');
  assert.equal(peer.sent('digest').length, 1);
  differing();
  assert.equal(peer.effects('timer').filter(({ name }) => name === 'differs').length, 2);
});
