import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { escrowAmount, refundAll, settlement, type SettlementInput, type Split } from '../../src/engine/core/assignment/price.js';
import { AMOUNT_MAX } from '../../src/engine/core/ledger/record-shapes.js';
import { parseRecord } from '../../src/engine/core/ledger/parse.js';
import { alice, bob, carol, founder as referrer, key, network, settle, sign, site } from './ledger-fixture.js';

const dave = key('dave');
const ranks = [bob, carol, dave].map((node) => ({ node, box: node }));
const base: SettlementInput = {
  escrow: { amount: 1_001, k: 2 },
  assignment: { k: 2, ranks },
  okWorkers: [bob, carol],
  feePpm: 100_000,
  shares: () => ({ site: '', sharePpm: 500_000, referrer: '' }),
  stakeRoom: () => 0,
};
const paid = (split: Split): [string, number, boolean, string][] => split.pay.map(({ to, amount, stake, why }) => [to, amount, stake, why]);

test('an escrow is k x price x priority, rounded up, with the minimum for each replica', () => {
  const table: readonly (readonly [Parameters<typeof escrowAmount>, number])[] = [
    [[5_001, 1, 'normal', 1_000], 5_001],
    [[5_001, 3, 'normal', 1_000], 15_003],
    [[5_001, 2, 'high', 1_000], 20_004],
    [[5_001, 1, 'low', 1_000], 2_501],
    [[5_001, 3, 'low', 1_000], 7_502],
    [[5_001, 0, 'normal', 1_000], 10_002],
    [[10, 2, 'high', 1_000], 2_000],
    [[0, 0, 'low', 1_000], 2_000],
  ];
  for (const [input, amount] of table) assert.equal(escrowAmount(...input), amount, input.join(' '));
});

test('agreeing workers share alike, the fee burns, and so does what division leaves', () => {
  const split = settlement(base);
  assert.deepEqual(paid(split), [[bob, 450, false, 'work'], [carol, 450, false, 'work']]);
  assert.equal(split.refund, 0);
  assert.equal(split.burn, 101);
});

test('the site has its share, stake fills first from the worker\'s own part, the fee goes to the referrer', () => {
  const split = settlement({
    ...base,
    shares: (worker) => ({ site: worker === bob ? site : '', sharePpm: 250_000, referrer: worker === bob ? referrer : '' }),
    stakeRoom: (worker) => (worker === bob ? 100 : 1_000_000),
  });
  assert.deepEqual(paid(split), [
    [bob, 238, false, 'work'], [bob, 100, true, 'work'], [site, 112, false, 'site'], [referrer, 50, false, 'referral'], [carol, 450, true, 'work'],
  ]);
  assert.equal(split.burn, 51);
});

test('a replica nobody is paid for is refunded; a reserve steps in by rank', () => {
  const one = settlement({ ...base, okWorkers: [carol] });
  assert.deepEqual([paid(one), one.refund, one.burn], [[[carol, 450, false, 'work']], 500, 51]);
  const reserve = settlement({ ...base, okWorkers: [dave, bob] });
  assert.deepEqual(reserve.pay.map(({ to }) => to), [bob, dave]);
  const crowd = settlement({ ...base, okWorkers: [dave, carol, bob] });
  assert.deepEqual(crowd.pay.map(({ to }) => to), [bob, carol]);
});

test('a k of 0 reserves for two: with one chosen, half comes back', () => {
  const split = settlement({ ...base, escrow: { amount: 1_000, k: 0 }, assignment: { k: 1, ranks }, okWorkers: [bob] });
  assert.deepEqual([paid(split), split.refund, split.burn], [[[bob, 450, false, 'work']], 500, 50]);
});

test('nobody agreed, or nobody that was assigned: all comes back', () => {
  assert.deepEqual(settlement({ ...base, okWorkers: [] }), { pay: [], refund: 1_001, burn: 0 });
  assert.deepEqual(settlement({ ...base, okWorkers: [alice] }), { pay: [], refund: 1_001, burn: 0 });
  assert.deepEqual(refundAll(base), { pay: [], refund: 1_001, burn: 0 });
});

test('whatever the amounts, a settlement adds up to the micro-credit and makes a valid record', () => {
  const ppm = fc.integer({ min: 0, max: 1_000_000 });
  fc.assert(
    fc.property(
      fc.record({
        amount: fc.integer({ min: 1, max: AMOUNT_MAX }), k: fc.constantFrom(0 as const, 1 as const, 2 as const, 3 as const), feePpm: ppm, sharePpm: ppm,
        site: fc.constantFrom('', site), referrer: fc.constantFrom('', referrer), room: fc.integer({ min: -5, max: AMOUNT_MAX }),
        okWorkers: fc.subarray([bob, carol, dave]),
      }),
      ({ amount, k, feePpm, sharePpm, site: own, referrer: by, room, okWorkers }) => {
        const split = settlement({
          ...base, escrow: { amount, k }, assignment: { k: k || 2, ranks }, okWorkers, feePpm,
          shares: () => ({ site: own, sharePpm, referrer: by }), stakeRoom: () => room,
        });
        assert.equal(split.pay.reduce((sum, each) => sum + each.amount, split.refund + split.burn), amount);
        assert.ok([split.refund, split.burn, ...split.pay.map((each) => each.amount)].every((each) => Number.isSafeInteger(each) && each >= 0));
        // To each replica exactly floor(amount (1 - fee) / k), however large the numbers.
        const net = Number((BigInt(amount) * BigInt(1_000_000 - feePpm)) / (1_000_000n * BigInt(k || 2)));
        const forWork = split.pay.filter(({ why }) => why !== 'referral').reduce((sum, each) => sum + each.amount, 0);
        assert.equal(forWork, net * Math.min(okWorkers.length, k || 2));
        assert.ok(parseRecord(sign({ ...settle, amount, ...split }), network).ok);
      },
    ),
  );
});
