import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { type Entry, recordKey } from '../../src/engine/core/ledger/entry.js';
import { Ledger, OVERFLOW } from '../../src/engine/core/ledger/ledger.js';
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import type { Rec, RentRecord, SettleRecord, TransferRecord } from '../../src/engine/core/record.js';
import { alice, assignment, bob, bond, carol, certified, collection, escrow, grant, hold, idOf, name, network, open, parsed, records, release, rent, settle, site, transfer } from './ledger-fixture.js';

const accounts = [alice, bob, carol, site];
const account = fc.constantFrom(...accounts);
const amount = fc.integer({ min: 1, max: 10 ** 9 });
const epoch = fc.integer({ min: 0, max: 300 });
const seq = fc.integer({ min: 1, max: 4 });
const payment = fc.record({ to: account, amount, stake: fc.boolean(), why: fc.constant('work' as const) });
const first = { ...collection, seq: 1 };
const collectionIds = [idOf(first), sha256Id('a collection that never came')];
const escrowIds = [idOf(escrow), sha256Id('an escrow that never came')];

/** Good and bad alike: chains with gaps, rivals for a slot, settlements of unknown escrows, spending of what is not there. */
const record: fc.Arbitrary<Rec> = fc.oneof(
  fc.constantFrom(...chains()),
  fc.record({ author: account, epoch, pow: fc.nat(3) }).map((own) => ({ ...open, ...own })),
  fc.record({ author: account, seq, epoch, to: account, amount }).map((own) => ({ ...transfer, ...own })),
  fc.record({ author: account, seq, epoch, amount, kind: fc.constantFrom('bond' as const, 'unbond' as const) }).map((own) => ({ ...bond, ...own })),
  fc.record({ author: account, seq, amount }).map((own) => ({ ...escrow, ...own })),
  fc.record({ author: account, seq, epoch, name: fc.constantFrom('a', 'b') }).map((own) => ({ ...name, ...own })),
  fc.record({ account, amount }).map((own) => ({ ...grant, ...own })),
  fc
    .record({
      epoch, escrow: fc.constantFrom(...escrowIds), submitter: account, refund: amount, burn: amount, pay: fc.array(payment, { maxLength: 4 }),
      mint: fc.array(payment, { maxLength: 2 }), slash: fc.array(fc.record({ who: account, amount }), { maxLength: 2 }), fuel: amount,
      slots: fc.array(fc.record({ who: account, ok: fc.boolean() }), { maxLength: 2 }),
    })
    .map((own): SettleRecord => ({ ...settle, ...own, amount: own.pay.reduce((sum, pay) => sum + pay.amount, own.refund + own.burn) })),
  fc.constantFrom(first),
  fc.record({ author: account, seq, epoch, amount, collection: fc.constantFrom(...collectionIds), closed: fc.constantFrom({}, { closed: true as const, shards: [] }) })
    .map(({ closed, ...own }) => ({ ...collection, ...own, ...closed })),
  fc.record({ collection: fc.constantFrom(...collectionIds), shard: fc.nat(1), turn: fc.nat(3), holders: fc.subarray([...accounts], { minLength: 1 }) }).map((own) => ({ ...hold, ...own })),
  fc.record({ collection: fc.constantFrom(...collectionIds), period: fc.nat(3), owner: account, burn: amount, pay: fc.array(payment, { maxLength: 3 }) })
    .map((own): RentRecord => ({ ...rent, ...own, amount: own.pay.reduce((sum, pay) => sum + pay.amount, own.burn) })),
  fc.record({ collection: fc.constantFrom(...collectionIds), owner: account, amount, why: fc.constantFrom('closed' as const, 'unpaid' as const) }).map((own) => ({ ...release, ...own })),
);
const recordsInOrders = fc
  .array(record, { maxLength: 30 })
  .chain((set) => fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length, maxLength: set.length })));

/** Two chains of one author that part after the open record. */
function chains(): Rec[] {
  const chain = (amounts: readonly number[]): Rec[] =>
    amounts.reduce<Rec[]>((links, each, at) => [...links, { ...transfer, seq: at + 1, prev: idOf(links.at(-1)!), amount: each }], [open]);
  return [...chain([1, 2, 3]), ...chain([4, 5, 6]).slice(1)];
}

function fold(set: readonly Rec[]): Ledger {
  const ledger = new Ledger(network);
  const batch = certified(set);
  set.forEach((each, at) => ledger.add(parsed(each), batch[at]!, each.kind === 'escrow' ? assignment : undefined));
  return ledger;
}

/** Everything that can be asked of a ledger, at several epochs. */
function view(ledger: Ledger): unknown {
  const ids = ([...ledger.entries()] as Entry[]).map((entry) => entry.record.id).sort();
  return {
    hash: stateHash(ledger),
    at: [0, 100, 101, 102, 250, 5_000].map((now) => [ledger.totals(now), accounts.map((who) => ledger.balances(who, now))]),
    accounts: accounts.map((who) => [
      ledger.head(who), ledger.opened(who)?.id, ledger.granted(who), ledger.reputation(who), ledger.earned(who), ledger.tasksOf(who),
      ledger.openEscrows(who).map((entry) => entry.record.id).sort(),
    ]),
    slots: ids.map((id) => ledger.bySlot(recordKey(ledger.get(id)!.record))!.record.id),
    open: ledger.openEscrows().map((entry) => entry.record.id).sort(),
    settled: escrowIds.map((id) => ledger.settlementOf(id)?.record.id),
    collections: [...collectionIds.map((id) => ledger.collection(id)), ...ledger.collections()].map((view) => view && {
      ...view, holders: [0, 1].map((shard) => view.holders(shard)), wasHolder: accounts.map((who) => [0, 1].map((shard) => view.wasHolder(shard, who))),
    }),
    names: ['a', 'b'].map((each) => ledger.nameOwner(each)),
    called: accounts.map((who) => ledger.nameOf(who)?.id),
    flags: [[...ledger.forked].sort(), [...ledger.broken].sort()],
    digest: [ledger.digest(), ledger.digestTotal(), ledger.digest().map((span) => ledger.idsIn(span))],
    counts: [ledger.size, ledger.workSeconds],
  };
}

test('the same records give the same ledger in any order', () => {
  fc.assert(fc.property(recordsInOrders, ([set, shuffled]) => assert.deepEqual(view(fold(shuffled)), view(fold(set)))));
});

test('adding again changes nothing', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), (set) => {
      const ledger = fold(set);
      const before = view(ledger);
      const batch = certified(set);
      set.forEach((each, at) => assert.equal(ledger.add(parsed(each), batch[at]!), 'known'));
      assert.deepEqual(view(ledger), before);
    }),
  );
});

test('value is conserved after every record, at every epoch', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 30 }), fc.integer({ min: 0, max: 4_000 }), (set, now) => {
      const ledger = new Ledger(network);
      const batch = certified(set);
      set.forEach((each, at) => {
        ledger.add(parsed(each), batch[at]!);
        const { granted, minted, spendable, pending, escrowed, staked, burned } = ledger.totals(now);
        assert.equal(granted + minted, spendable + pending + escrowed + staked + burned);
        const sums = accounts.map((who) => ledger.balances(who, now));
        assert.equal(sums.reduce((sum, own) => sum + own.spendable, 0), spendable);
        assert.equal(sums.reduce((sum, own) => sum + own.pending, 0), pending);
        assert.equal(sums.reduce((sum, own) => sum + own.staked, 0), staked);
      });
    }),
  );
});

test('of rivals for a slot the smallest id counts, whoever came first, and the evidence stays', () => {
  const rivals = [1, 2, 3].map((each): TransferRecord => ({ ...transfer, amount: each }));
  const [smallest] = [...rivals].sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
  const alone = fold([smallest!]);
  for (const order of [rivals, [...rivals].reverse()]) {
    const ledger = fold(order);
    assert.equal(ledger.bySlot(`${alice}:2`)?.record.id, idOf(smallest!));
    assert.equal(stateHash(ledger), stateHash(alone));
    assert.deepEqual([...ledger.forked], [alice]);
    assert.deepEqual([...ledger.broken], [`${alice}:2`]);
    assert.equal(ledger.size, 3);
  }
});

test('what add answers', () => {
  const ledger = new Ledger(network);
  const add = (each: Rec): string => ledger.add(parsed(each), certified([each])[0]!);
  assert.equal(add(open), 'added');
  assert.equal(add(open), 'known');
  assert.equal(add({ ...open, pow: 7 }), 'forked');
  assert.equal(add(settle), 'added');
  assert.equal(add({ ...settle, fuel: 0 }), 'broken');
  assert.ok(!ledger.forked.has(bob));
});

test('pay is pending until it matures, and any epoch can be asked for', () => {
  const ledger = fold(records);
  assert.deepEqual(ledger.balances(bob, 99), { spendable: 5_000, pending: 565, escrowed: 0, staked: 25 });
  assert.deepEqual(ledger.balances(bob, 100), { spendable: 5_300, pending: 265, escrowed: 0, staked: 25 });
  assert.deepEqual(ledger.balances(bob, 102), { spendable: 5_565, pending: 0, escrowed: 0, staked: 25 });
  assert.deepEqual(ledger.balances('nobody', 0), { spendable: 0, pending: 0, escrowed: 0, staked: 0 });
});

test('a head is the end of an unbroken chain, whatever lies beyond a gap', () => {
  const second: Rec = { ...transfer, seq: 1, prev: idOf(open) };
  const third: Rec = { ...transfer, seq: 2, prev: idOf(second) };
  const stranger: Rec = { ...transfer, seq: 3, prev: sha256Id('not the third') };
  const ledger = new Ledger(network);
  const add = (each: Rec): unknown => ledger.add(parsed(each), certified([each])[0]!) && ledger.head(alice);
  assert.equal(add(third), null);
  assert.deepEqual(add(open), { seq: 0, id: idOf(open) });
  assert.deepEqual(add(second), { seq: 2, id: idOf(third) });
  assert.deepEqual(add(stranger), { seq: 2, id: idOf(third) });
});

test('an escrow is open from its certificate to its settlement, whichever arrives first', () => {
  const [escrowFirst, settleFirst] = [fold([escrow]), fold([settle])];
  assert.deepEqual(escrowFirst.openEscrows(alice).map((entry) => entry.assignment), [assignment]);
  escrowFirst.add(parsed(settle), certified([settle])[0]!);
  settleFirst.add(parsed(escrow), certified([escrow])[0]!, assignment);
  for (const ledger of [escrowFirst, settleFirst]) {
    assert.deepEqual(ledger.openEscrows(), []);
    assert.equal(ledger.settlementOf(idOf(escrow))?.record.id, idOf(settle));
  }
});

test('reputation counts the slots since the last that was not ok', () => {
  const slot = (at: number, ok: boolean): Rec => ({ ...settle, escrow: sha256Id(`${at} ${ok}`), epoch: at, slots: [{ who: bob, ok }] });
  const history = [slot(1, true), slot(2, true), slot(3, false), slot(4, true), slot(5, true), slot(6, true), slot(7, true)];
  assert.deepEqual(fold(history).reputation(bob), { cv: 4, shown: 0.75 });
  assert.equal(fold(history).tasksOf(bob), 6);
  assert.deepEqual(fold([]).reputation(bob), { cv: 0, shown: 0 });
});

test('the genesis grants are there from the start, and no other grant counts as theirs', () => {
  const ledger = new Ledger(network);
  assert.equal(ledger.totals(0).granted, 1_000_000_000);
  assert.equal(ledger.balances(alice, 0).spendable, 1_000_000_000);
  assert.ok(ledger.granted(alice));
  assert.ok(!ledger.granted(bob));
  assert.equal(ledger.size, 0);
});

test('a sum that leaves the safe integers raises the alarm', () => {
  const huge = Array.from({ length: 10 }, (_, at): Rec => ({ ...transfer, seq: at + 1, to: bob, amount: 10 ** 15 }));
  assert.ok(!fold(huge.slice(0, 8)).broken.has(OVERFLOW));
  assert.ok(fold(huge).broken.has(OVERFLOW));
});

test('the state hash knows no now, and every amount', () => {
  const ledger = fold(records);
  const hash = stateHash(ledger);
  ledger.balances(bob, 5_000);
  assert.equal(stateHash(ledger), hash);
  const richer = records.map((each) => (each.kind === 'grant' ? { ...each, amount: each.amount + 1 } : each));
  assert.notEqual(stateHash(fold(richer)), hash);
});

test('an account is called by the last of its names that nobody took before it', () => {
  const claim = (author: string, seq: number, called: string, at: number): Rec => ({ ...name, author, seq, name: called, epoch: at });
  const claims = [claim(alice, 1, 'first', 1), claim(bob, 1, 'second', 1), claim(alice, 2, 'second', 2)];
  const called = (set: readonly Rec[]): (string | undefined)[] => [alice, bob, carol].map((who) => fold(set).nameOf(who)?.name);
  assert.deepEqual(called(claims), ['first', 'second', undefined]);
  const changed = [...claims, claim(alice, 3, 'third', 3)];
  assert.deepEqual(called(changed), ['third', 'second', undefined]);
  assert.deepEqual(called([...changed, claim(alice, 4, 'first', 4)].reverse()), ['first', 'second', undefined], 'a name is kept, and can be taken up again');
});

test('a name is whose record is oldest, whenever it arrives', () => {
  const claim = (author: string, at: number): Rec => ({ ...name, author, epoch: at });
  const claims = [claim(bob, 7), claim(alice, 5), claim(carol, 6)];
  assert.equal(fold(claims).nameOwner('example.org'), alice);
  assert.equal(fold(claims).nameOwner('example.com'), undefined);
  const [one, other] = [claim(bob, 7), claim(carol, 7)].sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1)) as [Rec, Rec];
  assert.equal(fold([other, one]).nameOwner('example.org'), 'author' in one && one.author);
});

test('the digest is count and XOR of the ids of each hour, rivals included', () => {
  const hourEpochs = 3_600_000 / network.parameters.epochMs;
  const set: Rec[] = Array.from({ length: 12 }, (_, at) => ({ ...transfer, epoch: Math.floor(at / 5) * hourEpochs, amount: at + 1 }));
  const xor = (ids: readonly string[]): string =>
    ids.map((id) => Buffer.from(id, 'base64url')).reduce((sum, id) => Buffer.from(sum.map((byte, at) => byte ^ id[at]!)), Buffer.alloc(32)).toString('base64url');
  const hours = [set.slice(0, 5), set.slice(5, 10), set.slice(10)].map((each) => each.map(idOf));
  const ledger = fold([...set].reverse());
  assert.deepEqual(ledger.digest().slice(0, 3), hours.map((ids, bucket) => ({ bucket, span: 1, count: ids.length, hash: xor(ids) })));
  assert.deepEqual(ledger.digest().slice(3).map(({ bucket, count }) => ({ bucket, count })), [{ bucket: 3, count: 0 }]);
  assert.deepEqual(ledger.digestTotal(), { count: 12, hash: xor(hours.flat()) });
  assert.deepEqual(ledger.idsIn({ bucket: 1, span: 1 }), [...hours[1]!].sort());
  assert.deepEqual(ledger.idsIn({ bucket: 0, span: 2 }), [...hours[0]!, ...hours[1]!].sort());
  assert.deepEqual(ledger.idsIn({ bucket: 9, span: 1 }), []);
});
