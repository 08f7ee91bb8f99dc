/** Who gets a seat in the roster. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { Presence } from '../../src/engine/core/message.js';
import { alice, bob, key, network, SIGNATURE } from './ledger-fixture.js';
import { createBench, type Bench } from './witness-fixture.js';

function present(bench: Bench, node: string, offer: Partial<Presence> = {}): void {
  const presence: Presence = { kind: 'presence', net: network.net, node, session: 'tab', box: key(`box of ${node}`), kernels: { embedding: 1 }, capacity: 1, at: bench.now, ...offer };
  bench.say(node, { t: 'present', p: { b: JSON.stringify(presence), s: SIGNATURE } });
}

const seated = ({ state }: Bench): string[] => state.roster.members.map(({ node }) => node);

test('a node is seated once its account is certified', () => {
  const bench = createBench();
  present(bench, alice);
  bench.pass(500);
  assert.deepEqual(seated(bench), []);
  bench.opens(alice);
  assert.deepEqual(seated(bench), [alice]);
});

test('a roster names the network\'s kernels and no others', () => {
  const bench = createBench();
  bench.join(alice, { kernels: Object.fromEntries([['embedding', 1], ...Array.from({ length: 60 }, (_, nth) => [`kernel_${nth}`, 1])]) as Record<string, number> });
  assert.deepEqual(bench.state.roster.members[0]?.kernels, { embedding: 1 });
});

test('those who came first keep their seats, whatever key a newcomer ground', () => {
  const bench = createBench({ parameters: { faucet: 0 } });
  const nodes = Array.from({ length: 257 }, (_, nth) => key(`node ${nth}`)).sort().reverse();
  for (const node of nodes) bench.opens(node);
  for (const node of nodes) present(bench, node);
  bench.pass(500);
  assert.deepEqual(seated(bench), nodes.slice(0, 256).reverse());
});

test('presences without an account are bounded, and keep out nobody who has one', () => {
  const bench = createBench();
  for (let nth = 0; nth < 1_500; nth++) present(bench, key(`stranger ${nth}`));
  assert.equal(bench.state.seats.size, 1_024);
  bench.join(bob);
  assert.deepEqual([bench.state.seats.size, seated(bench)], [1_024, [bob]]);
});

test('sessions are bounded', () => {
  const bench = createBench();
  for (let nth = 0; nth < 5_000; nth++) bench.say(key(`stranger ${nth}`), { t: 'hello', session: 'tab', head: null, digest: [] });
  assert.equal(bench.state.sessions.size, 4_096);
});

test('a session that was replaced hears so when it offers work, and takes no seat back', () => {
  const bench = createBench();
  bench.join(alice, { session: 'old' });
  bench.join(alice, { session: 'new', box: key('new box') });
  bench.sent.length = 0;
  present(bench, alice, { session: 'old' });
  bench.pass(500);
  assert.deepEqual(bench.sent.map(({ message }) => message), [{ t: 'superseded', session: 'old' }]);
  assert.deepEqual(bench.state.roster.members.map(({ box }) => box), [key('new box')]);
});

test('nobody is seated whom nothing can be sealed to', () => {
  const bench = createBench();
  bench.join(alice, { box: toBase64url(new Uint8Array(32)) });
  assert.deepEqual(seated(bench), []);
});

test('a presence that is not the one a node says it sent is asked for, and no other', () => {
  const bench = createBench();
  bench.join(alice);
  const asked = (from: string, at: number): boolean => {
    const before = bench.sent.length;
    bench.say(from, { t: 'alive', at });
    return bench.sent.slice(before).some(({ to, message }) => to === from && message.t === 'present-wanted');
  };
  const { at } = bench.state.seats.get(alice)!.presence;
  assert.deepEqual([asked(alice, at), asked(bob, 0)], [false, false]);
  assert.deepEqual([asked(alice, at + 1), asked(alice, 0), asked(bob, at)], [true, true, true]);
});
