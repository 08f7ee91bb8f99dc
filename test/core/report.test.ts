import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { type LedgerReport, type ReportTerms, siteReport } from '../../src/engine/core/ledger/report.js';
import type { Pay, Rec, SettleRecord } from '../../src/engine/core/record.js';
import { alice, assignment, bob, carol, certified, escrow, grant, idOf, key, name, network, open, parsed, rent, settle, site, transfer, uptime } from './ledger-fixture.js';

const HOUR_MS = 3_600_000;
const { epochMs } = network.parameters;
const accounts = [alice, bob, carol, site];
const account = fc.constantFrom(...accounts);
const amount = fc.integer({ min: 1, max: 10 ** 9 });
const epoch = fc.integer({ min: 0, max: 400 });
const payment: fc.Arbitrary<Pay> = fc.record({ to: account, amount, stake: fc.boolean(), why: fc.constantFrom('work' as const, 'site' as const, 'referral' as const) });
const orders = [1, 2, 3].map((seq) => ({ ...escrow, seq }));
/** In hours after the start. Escrows are certified at the fixture's time, which is before the end of the first hour. */
const at = fc.integer({ min: 0, max: 4 * HOUR_MS });

const openings: Rec[] = [{ ...open, author: bob, site }, { ...open, author: carol, site: 'shop' }, { ...open, author: alice, site: '' }];
const record: fc.Arbitrary<Rec> = fc.oneof(
  fc.constantFrom<Rec>(...openings, ...orders),
  fc.constant<Rec>({ ...name, author: site, seq: 1, name: 'shop' }),
  fc.record({ author: account, seq: fc.integer({ min: 1, max: 4 }), epoch, to: account, amount }).map((own) => ({ ...transfer, ...own })),
  fc.record({ epoch, order: fc.constantFrom(...orders), refund: amount, burn: amount, pay: fc.array(payment, { maxLength: 4 }), fuel: amount, at: fc.option(at, { nil: undefined }) })
    .map(({ order, at: settledAt, ...own }): SettleRecord => ({
      ...settle, ...own, ...(settledAt === undefined ? {} : { at: settledAt }), escrow: idOf(order), mint: [], slash: [],
      amount: own.pay.reduce((sum, pay) => sum + pay.amount, own.refund + own.burn),
      slots: [...new Set(own.pay.map(({ to }) => to))].map((who) => ({ who, ok: true })),
    })),
  fc.record({ epoch, account, hour: fc.nat(3), mint: fc.array(payment, { minLength: 1, maxLength: 1 }) }).map((own) => ({ ...uptime, ...own })),
  fc.record({ epoch, owner: account, period: fc.nat(3), burn: amount, pay: fc.array(payment, { maxLength: 2 }) })
    .map((own) => ({ ...rent, ...own, amount: own.pay.reduce((sum, pay) => sum + pay.amount, own.burn) })),
);
const records = fc.array(record, { maxLength: 30 });
const terms = fc.record({ site: fc.constantFrom('', site, 'shop', alice), buckets: fc.integer({ min: 1, max: 6 }), bucketMs: fc.constantFrom(HOUR_MS / 4, HOUR_MS), from: fc.constantFrom(0, HOUR_MS) });

function fold(set: readonly Rec[]): Ledger {
  const ledger = new Ledger(network);
  const batch = certified(set);
  set.forEach((each, index) => ledger.add(parsed(each), batch[index]!, each.kind === 'escrow' ? assignment : undefined));
  return ledger;
}

function reported(set: readonly Rec[], change: Partial<ReportTerms> = {}): LedgerReport {
  return siteReport(fold(set), { from: 0, bucketMs: HOUR_MS, buckets: 4, epochMs, site, ...change });
}

test('every total is the sum of its series, and every task served has a kind', () => {
  fc.assert(fc.property(records, terms, (set, own) => {
    const { totals, series } = reported(set, own);
    assert.equal(series.length, own.buckets);
    for (const figure of Object.keys(totals) as (keyof typeof totals)[]) {
      assert.equal(totals[figure], series.reduce((sum, bucket) => sum + bucket[figure], 0), figure);
    }
    for (const { tasks, tasksServed, tasksVerified, contributors } of series) {
      assert.equal([...tasks.values()].reduce((sum, count) => sum + count, 0), tasksServed);
      assert.ok(tasksVerified <= tasksServed);
      assert.equal(contributors.size > 0, tasksServed > 0);
    }
  }));
});

test('the same records give the same report in any order', () => {
  const inOrders = records.chain((set) => fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length, maxLength: set.length })));
  const view = ({ series, ...rest }: LedgerReport): unknown => ({
    ...rest,
    series: series.map((bucket) => ({ ...bucket, contributors: [...bucket.contributors].sort(), tasks: [...bucket.tasks].sort() })),
  });
  fc.assert(fc.property(inOrders, terms, ([set, shuffled], own) => {
    assert.deepEqual(view(reported(shuffled, own)), view(reported(set, own)));
  }));
});

test('what came in is what a site holds that never spent', () => {
  const earning = records.map((set) => set.filter((each) => !('author' in each && each.author === site) && !(each.kind === 'settle' && each.submitter === site) && !(each.kind === 'rent' && each.owner === site)));
  fc.assert(fc.property(earning, (set) => {
    const { totals } = reported(set, { buckets: 1, bucketMs: 1_000 * HOUR_MS });
    const { spendable, pending, escrowed, staked } = fold(set).balances(site, 1_000_000);
    assert.deepEqual([totals.creditsIn, totals.creditsOut], [spendable + pending + escrowed + staked, 0]);
  }));
});

test('over the whole network what buyers paid is what others got, and what burned', () => {
  fc.assert(fc.property(records, (set) => {
    const ledger = fold(set);
    const { totals } = siteReport(ledger, { from: 0, bucketMs: 1_000 * HOUR_MS, buckets: 1, epochMs, site: '' });
    const { minted, burned } = ledger.totals(1_000_000);
    assert.equal(totals.creditsIn - minted, totals.creditsOut - burned);
  }));
});

/** Bob's account names the site, carol's nobody. */
const served: Rec[] = [
  { ...open, author: bob, site }, { ...open, author: carol, site: '' }, escrow,
  { ...settle, at: 3_000_700, mint: [], slash: [], slots: [{ who: bob, ok: true }, { who: carol, ok: true }], amount: 1_350,
    pay: [...settle.pay, { to: carol, amount: 300, stake: false, why: 'work' }, { to: carol, amount: 50, stake: true, why: 'work' }], fuel: 2_000_000 },
];

test('a site serves what its visitors are paid for: their share of the work, its share of the pay', () => {
  const { totals, series, latenciesMs } = reported(served);
  assert.deepEqual({ ...totals }, { creditsIn: 200, creditsOut: 0, fuel: 1_000_000, tasksServed: 1, tasksBought: 0, tasksFailed: 0, tasksVerified: 1, visitorsAllowed: 1 });
  assert.deepEqual([...series[0]!.contributors], [bob]);
  assert.deepEqual([...series[0]!.tasks], [['embedding', 1]]);
  assert.deepEqual(latenciesMs, [700]);
});

test('a buyer\'s report has what it ordered, what that cost, and what failed', () => {
  const failed: Rec[] = [orders[1]!, { ...settle, escrow: idOf(orders[1]!), pay: [], mint: [], slash: [], refund: 1_000, burn: 0, amount: 1_000, slots: [] }];
  const { totals, latenciesMs } = reported([...served, ...failed, { ...transfer, author: alice, seq: 4, to: bob, amount: 5 }], { site: alice });
  assert.deepEqual(
    [totals.tasksBought, totals.creditsOut, totals.tasksFailed, totals.tasksServed, totals.creditsIn],
    [2, 1_350 - 500 + 5, 1, 0, 0],
  );
  assert.deepEqual(latenciesMs, [700]);
});

test('the whole network counts everybody, and a transfer within it not at all', () => {
  const { totals, series } = reported([...served, { ...transfer, author: alice, seq: 4, to: bob, amount: 5 }], { site: '' });
  assert.deepEqual([totals.creditsIn, totals.creditsOut, totals.fuel, totals.visitorsAllowed, totals.tasksBought], [800, 850, 2_000_000, 2, 1]);
  assert.deepEqual([...series[0]!.contributors].sort(), [bob, carol].sort());
});

test('a name stands for the account that has it, and for itself until somebody does', () => {
  const visitor: Rec = { ...open, author: carol, site: 'shop' };
  const unnamed = reported([visitor], { site: 'shop' });
  assert.deepEqual([unnamed.site, unnamed.totals.visitorsAllowed], ['shop', 1]);
  const named = reported([visitor, { ...open, author: bob, site }, { ...name, author: site, seq: 1, name: 'shop' }], { site: 'shop' });
  assert.deepEqual([named.site, named.totals.visitorsAllowed], [site, 2]);
});

test('a record outside the time is in no bucket, and one that lost its slot counts no more than for balances', () => {
  assert.equal(reported([{ ...transfer, to: site, epoch: 5 * HOUR_MS / epochMs }], { buckets: 4 }).totals.creditsIn, 0);
  assert.equal(reported([{ ...transfer, to: site, epoch: 10 }], { from: HOUR_MS }).totals.creditsIn, 0);
  const rivals: Rec[] = [1, 2].map((each) => ({ ...transfer, to: site, amount: each }));
  const [first] = [...rivals].sort((left, right) => (idOf(left) < idOf(right) ? -1 : 1));
  assert.equal(reported(rivals).totals.creditsIn, (first as typeof transfer).amount);
});

test('a grant is no income, and pay to somebody else is not the site\'s', () => {
  const { totals } = reported([{ ...grant, account: site }, { ...uptime, mint: [{ to: key('somebody'), amount: 9, stake: false, why: 'uptime' }] }]);
  assert.equal(totals.creditsIn, 0);
});

test('a visitor that leaves all its pay to the site has served as well', () => {
  const settled: Rec = { ...settle, mint: [], slash: [], refund: 550, slots: [{ who: bob, ok: true }], pay: [{ to: site, amount: 400, stake: false, why: 'site' }] };
  const giving = reported([{ ...open, author: bob, site, share: 1_000_000 }, escrow, settled]);
  assert.deepEqual([giving.totals.tasksServed, giving.totals.tasksFailed, giving.totals.fuel, giving.latenciesMs.length], [1, 0, settle.fuel, 0]);
  assert.deepEqual([...giving.series[0]!.contributors], [bob]);
});
