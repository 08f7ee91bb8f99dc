/** Behind a stock relay no link breaks when the witness does: only its header tells of another life. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Effect } from '../../src/engine/core/effect.js';
import type { Happening } from '../../src/engine/core/event.js';
import type { RosterHeader } from '../../src/engine/core/message.js';
import { createPeerState, peerMachine } from '../../src/engine/core/peer/peer.js';
import { createWitnessState, witnessMachine } from '../../src/engine/core/witness/witness.js';
import { bob, certified, idOf, key, network, open, SIGNATURE, witness } from './ledger-fixture.js';

const NOW = open.epoch * network.parameters.epochMs;

test('a worker takes its seat again when the witness comes back in another session', () => {
  const state = createPeerState({ network, id: bob, boxKey: key('bob box'), session: 'mine', site: '', sharePpm: 0, ref: '' });
  const feed = (event: Happening): readonly Effect[] => peerMachine.step(state, { ...event, now: NOW }).effects;
  const announced = (effects: readonly Effect[]): number => effects.filter((effect) => effect.do === 'sign' && effect.body.includes('"presence"')).length;
  const welcome = (session: string): readonly Effect[] => feed({ on: 'message', from: witness, message: { t: 'welcome', now: NOW, session, head: null, digest: [] } });
  const header = (session: string): readonly Effect[] => {
    const body: RosterHeader = { kind: 'roster', net: network.net, witness, session, epoch: open.epoch, at: NOW, roster: idOf(open), size: 0, secretHash: idOf(open), revealed: null, ledger: { count: 0, hash: 'A'.repeat(43) } };
    return feed({ on: 'graph', value: { topic: 'roster', signed: { b: JSON.stringify(body), s: SIGNATURE } } });
  };
  const hellos = (effects: readonly Effect[]): number => effects.filter((effect) => effect.do === 'send' && effect.message.t === 'hello').length;
  feed({ on: 'start', store: [[`rec/${idOf(open)}`, JSON.stringify(certified([open])[0])]], vault: [] });
  feed({ on: 'contribute', capacity: 1, kinds: { embedding: 1 } });
  assert.equal(hellos(feed({ on: 'link-up', mode: 'mailbox' })), 1);
  assert.equal(announced(welcome('first')), 1);
  assert.deepEqual([hellos(header('first')), announced(welcome('first'))], [0, 0], 'once a session');
  assert.equal(hellos(header('second')), 1);
  assert.equal(announced(welcome('second')), 1);
});

test('a witness that finds its relay tells that it is there', () => {
  const state = createWitnessState({ network, id: witness, session: 'second' });
  const feed = (event: Happening): readonly Effect[] => witnessMachine.step(state, { ...event, now: NOW }).effects;
  feed({ on: 'start', store: [], vault: [[`secret/${open.epoch}`, new Uint8Array(32)]] });
  feed({ on: 'timer', name: 'roster' });
  const [timer] = feed({ on: 'link-up', mode: 'mailbox' });
  assert.ok(timer?.do === 'timer');
  const headers = feed({ on: 'timer', name: timer.name }).flatMap((effect) => (effect.do === 'sign' ? [JSON.parse(effect.body) as RosterHeader] : []));
  assert.deepEqual(headers.map(({ kind, session }) => [kind, session]), [['roster', 'second']]);
});
