/** Whatever a relay or a peer puts into a message, a store or a signed text, no machine falls over it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { verifyRoster } from '../../src/engine/core/assignment/roster.js';
import { toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { Effect } from '../../src/engine/core/effect.js';
import type { Happening } from '../../src/engine/core/event.js';
import type { Message, Presence, RosterHeader } from '../../src/engine/core/message.js';
import { createPeerState, peerMachine } from '../../src/engine/core/peer/peer.js';
import { createWitnessState, witnessMachine } from '../../src/engine/core/witness/witness.js';
import type { Machine } from '../../src/engine/ports/machine.js';
import { alice, bob, certified, carol, collection, escrow, grant, hold, idOf, key, network, open, SIGNATURE, sign, witness } from './ledger-fixture.js';

const NOW = escrow.epoch * network.parameters.epochMs;
const [openId, escrowId] = [idOf(open), idOf({ ...escrow, prev: idOf(open) })];
const chained = { ...escrow, prev: openId };
const owned = { ...collection, seq: 2, prev: escrowId };
const SHARD = { collection: idOf(owned), shard: 0 } as const;
const holding = { ...hold, collection: idOf(owned), holders: [alice, bob] };
const stored = [open, grant, chained, owned, holding].map((record) => [`rec/${idOf(record)}`, JSON.stringify(certified([record])[0])] as const);

interface Node {
  feed(event: Happening): readonly Effect[];
}

function start<State>(machine: Machine<State>, state: State, store: readonly (readonly [string, string | Uint8Array])[] = stored, vault: readonly (readonly [string, string | Uint8Array])[] = []): Node {
  let current = state;
  const feed = (event: Happening): readonly Effect[] => {
    const step = machine.step(current, { ...event, now: NOW });
    current = step.state;
    return step.effects;
  };
  feed({ on: 'start', store, vault });
  return { feed };
}

const newPeer = (store?: typeof stored): Node => {
  const peer = start(peerMachine, createPeerState({ network, id: alice, boxKey: key('alice box'), session: 'session', site: '', sharePpm: 0, ref: '' }), store);
  peer.feed({ on: 'link-up', mode: 'direct' });
  return peer;
};

const newWitness = (store?: typeof stored, vault?: typeof stored): Node => {
  const node = start(witnessMachine, createWitnessState({ network, id: witness, session: 'session' }), store, vault);
  const epoch = Math.floor(NOW / network.parameters.epochMs);
  node.feed({ on: 'random', as: { how: 'secret', epoch }, bytes: new Uint8Array(32) });
  node.feed({ on: 'timer', name: `enter/${epoch}` });
  return node;
};

/** Values that pass some tests and fail others, beside any JSON at all. */
const value = fc.oneof(
  fc.constantFrom(alice, bob, witness, openId, escrowId, SIGNATURE, 'settled', 'session', '', 0, 1, -1, 2 ** 53, null, true, [], {}),
  fc.constantFrom<unknown>(sign(open), sign({ kind: 'reject' }), certified([open])[0], certified([chained])[0], { b: 'null', s: '' }, { [bob]: 'box' }, { length: 1e9 }, [null], [escrowId], SHARD.collection, [[0, 1]], [{ node: bob, box: '' }], { node: bob, box: bob }),
  fc.jsonValue({ maxDepth: 3 }),
);
const TYPES = [
  'have', 'want', 'records', 'digest', 'hello', 'present', 'alive', 'record', 'escrow', 'boxes', 'result', 'beat', 'reject', 'cancel', 'fetch', 'roster-want',
  'shard-keys', 'kept', 'shard', 'proof', 'shard-want', 'keys-wanted', 'keep', 'supply', 'prove',
  'welcome', 'superseded', 'present-wanted', 'certified', 'refused', 'assign', 'key', 'ended', 'roster', 'toString', '__proto__',
];
const FIELDS = ['bucket', 'ids', 'records', 'digest', 'session', 'head', 'p', 'r', 'escrow', 'boxes', 'receipt', 'ratio', 'hash', 'now', 'worker', 'code', 'members', 'box', 'collection', 'shard', 'to', 'period', 'sealed', 'nonce', 'ranges'];
const message = fc.tuple(fc.constantFrom(...TYPES), fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 6 })).map(([t, fields]) => ({ ...fields, t }) as unknown as Message);
const received = fc.record({ message, attachment: fc.option(fc.uint8Array({ maxLength: 8 }), { nil: undefined }) });

for (const [name, make, from] of [['a witness', newWitness, alice], ['a peer', newPeer, witness]] as const) {
  test(`${name} takes any message without a fault`, () => {
    fc.assert(fc.property(fc.array(received, { minLength: 1, maxLength: 20 }), (messages) => {
      const node = make();
      for (const event of messages) node.feed({ on: 'message', from, ...event });
    }), { numRuns: 500 });
  });

  test(`${name} takes any one field of a good message in any form`, () => {
    const good = [
      { t: 'have', bucket: 0, span: 1, from: '', to: '', ids: [openId] }, { t: 'want', ids: [openId] }, { t: 'records', records: certified([open]) }, { t: 'digest', digest: [{ bucket: 0, span: 1, count: 1, hash: openId }] },
      { t: 'hello', session: 's', head: null, digest: [] }, { t: 'present', p: sign({}) }, { t: 'alive', at: NOW }, { t: 'present-wanted' }, { t: 'record', r: sign(open) }, { t: 'escrow', r: sign(chained) }, { t: 'boxes', escrow: escrowId, boxes: { [bob]: 'box' } },
      { t: 'result', escrow: escrowId, receipt: 'AA' }, { t: 'beat', escrow: escrowId, ratio: 0.5 }, { t: 'reject', p: sign({}) }, { t: 'cancel', escrow: escrowId }, { t: 'fetch', escrow: escrowId }, { t: 'roster-want', hash: openId },
      { t: 'welcome', now: NOW, session: 's', head: null, digest: [] }, { t: 'superseded', session: 'x' }, { t: 'certified', r: certified([open])[0] }, { t: 'refused', p: sign({}) }, { t: 'assign', r: certified([chained])[0] },
      { t: 'key', escrow: escrowId, box: 'box' }, { t: 'result', escrow: escrowId, worker: bob }, { t: 'beat', escrow: escrowId, worker: bob, ratio: 1 }, { t: 'ended', escrow: escrowId, code: 'settled' }, { t: 'roster', hash: openId, members: [] },
      { t: 'shard-keys', ...SHARD, boxes: { [bob]: 'box' } }, { t: 'kept', ...SHARD, hash: openId, size: 1 }, { t: 'shard', ...SHARD, hash: openId, to: bob, box: 'box' }, { t: 'proof', ...SHARD, period: 1, sealed: 'AA' },
      { t: 'shard-want', ...SHARD }, { t: 'keys-wanted', ...SHARD, to: [{ node: bob, box: '' }] }, { t: 'keep', ...SHARD, hash: '', box: 'box', turn: 0 }, { t: 'supply', ...SHARD, hash: openId, to: { node: bob, box: '' } },
      { t: 'prove', ...SHARD, hash: openId, period: 1, nonce: openId, ranges: [[0, 1]] }, { t: 'shard', ...SHARD, hash: openId },
    ] as const;
    const altered = fc.tuple(fc.constantFrom(...good), fc.nat(), value).map(([original, at, other]) => {
      const fields = Object.keys(original).filter((field) => field !== 't');
      return (fields.length === 0 ? original : { ...original, [fields[at % fields.length]!]: other }) as unknown as Message;
    });
    fc.assert(fc.property(altered, (hostile) => {
      make().feed({ on: 'message', from, message: hostile, attachment: new Uint8Array(3) });
    }), { numRuns: 2_000 });
  });

  test(`${name} starts from any store`, () => {
    const paths = fc.oneof(fc.constantFrom(`rec/${openId}`, 'chain', 'task/AAAA', 'checkpoint', `in/${escrowId}`, `boxes/${escrowId}`, `receipt/${escrowId}/${bob}`, `out/${escrowId}/${bob}`, `log/${alice}:0`, 'secret/0', 'secret/x'), fc.string());
    const text = fc.oneof(fc.string(), fc.json(), fc.constant('{'), fc.uint8Array());
    fc.assert(fc.property(fc.array(fc.tuple(paths, text)), fc.array(fc.tuple(paths, text)), (store, vault) => {
      make([...stored, ...store] as typeof stored, vault as unknown as typeof stored);
    }), { numRuns: 500 });
  });
}

test('a presence is taken only if the roster with it in is one that peers believe', () => {
  const proper: Presence = { kind: 'presence', net: network.net, node: alice, session: 's', box: key('alice box'), kernels: { embedding: 1 }, capacity: 1, at: NOW };
  const field = fc.constantFrom(...Object.keys(proper) as (keyof Presence)[]);
  const odd = fc.oneof(value, fc.constantFrom<unknown>({ 'No Kind': 1 }, { embedding: -1 }, { embedding: 1.5 }, 'A'.repeat(42) + 'B', 1_025));
  fc.assert(fc.property(fc.option(fc.tuple(field, odd)), (change) => {
    const node = newWitness();
    const presence = change ? { ...proper, [change[0]]: change[1] } : proper;
    const [verify] = node.feed({ on: 'message', from: alice, message: { t: 'present', p: { b: JSON.stringify(presence), s: SIGNATURE } } });
    if (verify?.do === 'verify') node.feed({ on: 'verified', as: verify.as, ok: true });
    const [issued] = node.feed({ on: 'timer', name: 'roster' }).filter((effect) => effect.do === 'sign');
    const header = JSON.parse((issued as Effect & { do: 'sign' }).body) as RosterHeader;
    const [sent] = node.feed({ on: 'message', from: carol, message: { t: 'roster-want', hash: header.roster } });
    const { members } = (sent as Effect & { do: 'send' }).message as Extract<Message, { t: 'roster' }>;
    assert.equal(verifyRoster(members, header), true, JSON.stringify(members));
    assert.equal(members.length, verify === undefined ? 0 : change?.[0] === 'capacity' && change[1] === 0 ? 0 : 1);
  }), { numRuns: 500 });
});

test('a witness whose signing log is damaged says so and signs nothing', () => {
  for (const text of ['{', 'null', '[]', '{"id":1}', JSON.stringify({ id: openId, author: alice, b: 5 })]) {
    const state = createWitnessState({ network, id: witness, session: 'session' });
    const effects = witnessMachine.step(state, { on: 'start', store: [], vault: [[`log/${alice}:0`, text]], now: NOW }).effects;
    assert.deepEqual(effects.flatMap((effect) => (effect.do === 'notify' && effect.notice.note === 'trouble' ? [effect.notice.code] : [])), ['storage-corrupt'], text);
    const verify = { how: 'authored', record: { ...open, id: openId }, signed: sign(open), from: alice, ciphertext: undefined };
    const answers = witnessMachine.step(state, { on: 'verified', as: verify, ok: true, now: NOW }).effects;
    assert.equal(answers.some((effect) => effect.do === 'save'), false, 'nothing enters the log');
    assert.match(JSON.stringify(answers), /relay-rejected/);
  }
});

test('text of any kind in a signed body is no fault', () => {
  fc.assert(fc.property(fc.oneof(fc.json(), fc.string(), fc.constant(JSON.stringify({ kind: 'reject', escrow: escrowId, worker: alice, why: toBase64url(utf8('x')) }))), (b) => {
    for (const t of ['present', 'reject', 'refused'] as const) {
      newWitness().feed({ on: 'message', from: alice, message: { t, p: { b, s: SIGNATURE } } as Message });
      newPeer().feed({ on: 'message', from: witness, message: { t, p: { b, s: SIGNATURE } } as Message });
    }
  }), { numRuns: 300 });
});
