import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import { bob, escrow, idOf, key, network, sign, SIGNATURE, witness } from './ledger-fixture.js';
import { drawn, Peer } from './peer-fixture.js';

/** A worker whose kernel runs. */
function running(): Peer {
  const peer = new Peer({ id: bob, boxKey: key(`box of ${bob}`) });
  peer.open();
  peer.feed({ on: 'contribute', capacity: 1, kinds: { embedding: 1 } });
  const { certificates } = certify(network.net, [{ id: idOf(escrow), x: JSON.stringify(drawn(escrow, peer.now)) }]);
  peer.says({ t: 'assign', r: { ...sign(escrow), c: { ...certificates[0]!, sigs: [{ by: witness, s: SIGNATURE }] } } }, new Uint8Array(1));
  peer.says({ t: 'key', escrow: idOf(escrow), box: 'box' });
  peer.feed({ on: 'unlocked', as: peer.effects('unlock').at(-1)!.as, payload: new Uint8Array(1), contentKey: 'key' });
  assert.equal(peer.effects('run').length, 1);
  peer.look();
  return peer;
}

test('a pause stops what runs, gives it to others and closes its line in the history', () => {
  const peer = running();
  peer.feed({ on: 'contribute', capacity: 0, kinds: {} });
  assert.deepEqual(peer.effects('stop').map(({ run }) => run), [idOf(escrow)]);
  assert.deepEqual(peer.notes('work').map(({ phase }) => phase), ['unpaid']);
  assert.equal(peer.sent('reject').length, 1);
  assert.equal(peer.state.jobs.size, 0);
});

test('whoever takes no more may finish what has come', () => {
  const peer = running();
  peer.feed({ on: 'contribute', capacity: 0, kinds: {}, finishes: true });
  assert.deepEqual([peer.effects('stop').length, peer.sent('reject').length, peer.state.jobs.size], [0, 0, 1]);
});

test('a worker that lacks the roster asks for it again when the task is assigned again', () => {
  const peer = new Peer({ id: bob, boxKey: key(`box of ${bob}`) });
  peer.link();
  peer.feed({ on: 'contribute', capacity: 1, kinds: { embedding: 1 } });
  const assignment = drawn(escrow, peer.now);
  const { certificates } = certify(network.net, [{ id: idOf(escrow), x: JSON.stringify(assignment) }]);
  const record = { ...sign(escrow), c: { ...certificates[0]!, sigs: [{ by: witness, s: SIGNATURE }] } };
  for (let time = 1; time <= 3; time += 1) {
    peer.says({ t: 'assign', r: record }, new Uint8Array(1));
    assert.deepEqual(peer.sent('roster-want'), Array.from({ length: time }, () => ({ t: 'roster-want', hash: assignment.roster })));
  }
});
