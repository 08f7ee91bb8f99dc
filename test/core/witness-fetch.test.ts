/** Asking for a result costs a hundred bytes and brings megabytes: a witness sends it once a second at most. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWitnessState, witnessMachine } from '../../src/engine/core/witness/witness.js';
import { alice, assignment, bob, certified, escrow, idOf, network, parsed, witness as id } from './ledger-fixture.js';

test('results are sent at most once a second, to their submitter alone', () => {
  const witness = createWitnessState({ network, id, session: 'session' });
  const record = { ...escrow, id: idOf(escrow) };
  witness.ledger.add(parsed(escrow), certified([escrow])[0]!, assignment);
  witness.tasks.set(record.id, {
    record, assignment, ciphertext: new Uint8Array(1), boxes: {}, slots: new Map(), results: new Map([[bob, new Uint8Array(1_000)]]), end: undefined, endedAtMs: 0,
  });
  const fetch = (from: string, now: number): number => {
    const { effects } = witnessMachine.step(witness, { on: 'message', from, message: { t: 'fetch', escrow: record.id }, now });
    return effects.filter((effect) => effect.do === 'send' && effect.attachment).length;
  };
  let sent = 0;
  for (let now = 0; now <= 10_000; now += 100) {
    assert.equal(fetch(bob, now), 0);
    sent += fetch(alice, now);
  }
  assert.ok(sent >= 10 && sent <= 12, `${sent} times in ten seconds`);
});
