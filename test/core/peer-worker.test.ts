import assert from 'node:assert/strict';
import { test } from 'node:test';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import { bob, escrow, idOf, key, network, sign, SIGNATURE, witness } from './ledger-fixture.js';
import { drawn, Peer } from './peer-fixture.js';

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
