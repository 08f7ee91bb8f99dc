/** Collections as the ledger tells of them. That the order of records does not matter is shown in ledger.test.ts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { guardChecks, parseRecord } from '../../src/engine/core/ledger/parse.js';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import type { Assignment, CollectionRecord, EscrowRecord, Rec } from '../../src/engine/core/record.js';
import { alice, assignment, bob, carol, certified, collection, escrow, hold, idOf, key, network, parsed, release, rent, sign, SIGNATURE, witness } from './ledger-fixture.js';

const id = idOf(collection);
const later: CollectionRecord = { ...collection, collection: id, seq: 7, prev: id, amount: 50, shards: [{ hash: idOf({}), size: 9, rows: 2 }] };

function ledgerOf(...records: readonly Rec[]): Ledger {
  const ledger = new Ledger(network);
  for (const record of records) ledger.add(parsed(record), certified([record])[0]!);
  return ledger;
}

test('the latest record of its owner\'s chain is what a collection is', () => {
  const ledger = ledgerOf(later, collection);
  const view = ledger.collection(id)!;
  assert.equal(view.record.id, idOf(later));
  assert.equal(view.owner, alice);
  assert.equal(view.deposit, 950);
  assert.deepEqual(ledger.collections(alice), [view]);
  assert.deepEqual(ledger.collections(bob), []);
});

test('a stranger that claims to continue it changes nothing, and pays into nothing', () => {
  const ledger = ledgerOf(collection, { ...later, author: bob, seq: 9, amount: 7 });
  assert.equal(ledger.collection(id)!.record.id, id);
  assert.equal(ledger.collection(id)!.deposit, 900);
});

test('until its first record is known there is no collection', () => {
  assert.equal(ledgerOf(later, hold).collection(id), undefined);
  assert.deepEqual(ledgerOf(later, hold).collections(), []);
});

test('the latest turn holds a shard, whatever came last, and earlier holders are remembered', () => {
  const next = { ...hold, turn: 1, holders: [carol] };
  const view = ledgerOf(collection, next, hold, { ...hold, shard: 1, turn: 5, holders: [alice] }).collection(id)!;
  assert.deepEqual(view.holders(0), parsed(next));
  assert.deepEqual([bob, carol, alice].map((node) => view.wasHolder(0, node)), [true, true, false]);
  assert.equal(view.holders(2), undefined);
});

test('rents and what goes back come out of the deposit', () => {
  const view = ledgerOf(collection, rent, { ...rent, period: 8 }, release).collection(id)!;
  assert.equal(view.deposit, 900 - 2 * 100 - 800);
  assert.equal(view.released, 'closed');
});

test('holders earn their rent', () => {
  const ledger = ledgerOf(collection, rent);
  assert.equal(ledger.earned(bob), 45);
  assert.equal(ledger.balances(carol, 102).staked, 45);
});

test('rules beyond one field', () => {
  const refused: readonly (readonly [string, object])[] = [
    ['closed and yet with shards', { ...collection, closed: true }],
    ['closed: false', { ...collection, shards: [], closed: false }],
    ['vectors in an empty shard', { ...collection, shards: [{ hash: '', size: 0, rows: 1 }] }],
    ['content without bytes', { ...collection, shards: [{ hash: id, size: 0, rows: 0 }] }],
    ['too many shards', { ...collection, shards: Array(65).fill({ hash: '', size: 0, rows: 0 }) }],
    ['a holder twice', { ...hold, holders: [bob, bob] }],
    ['no holder', { ...hold, holders: [] }],
    ['a rent that does not add up', { ...rent, burn: 11 }],
    ['a shard beyond the last', { ...hold, shard: 64 }],
  ];
  for (const [name, record] of refused) assert.equal(parseRecord(sign(record), network).ok, false, name);
  assert.equal(parseRecord(sign({ ...collection, shards: [], closed: true }), network).ok, true);
});

test('a task on a shard is a search or an insert, and is assigned among the holders', () => {
  const onShard: EscrowRecord = { ...escrow, type: 'vector_search', on: { collection: id, shard: 0, hash: '' } };
  const guarded = (record: EscrowRecord, draw: Assignment): string => {
    const x = JSON.stringify(draw);
    const { certificates: [certificate] } = certify(network.net, [{ id: idOf(record), x }]);
    const result = guardChecks(network, { ...sign(record), c: { ...certificate!, sigs: [{ by: witness, s: SIGNATURE }] } });
    return result.ok ? 'ok' : result.message;
  };
  assert.equal(guarded(onShard, { ...assignment, among: [carol, bob, key('dave')] }), 'ok');
  assert.match(guarded({ ...onShard, type: 'embedding' }, { ...assignment, among: [bob, carol] }), /nothing to do on a shard/);
  assert.match(guarded(onShard, assignment), /among its holders/);
  assert.match(guarded(onShard, { ...assignment, among: [bob] }), /among its holders/);
  assert.match(guarded(escrow, { ...assignment, among: [bob, carol] }), /among its holders/);
});
