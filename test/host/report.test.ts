import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { makeReport, readReportOptions } from '../../src/engine/host/report.js';
import { assignment, bob, certified, escrow, idOf, network, open, parsed, settle, site } from '../core/ledger-fixture.js';

const HOUR_MS = 3_600_000;
const { epochMs } = network.parameters;

test('ranges are cut into whole hours, quarters of a day and days, the present in the last', () => {
  const ledger = new Ledger(network);
  const now = 100 * 24 * HOUR_MS + 5.5 * HOUR_MS;
  for (const [range, bucketMs, buckets] of [['24h', HOUR_MS, 24], ['7d', 6 * HOUR_MS, 28], ['30d', 24 * HOUR_MS, 30]] as const) {
    const report = makeReport(ledger, { range, site: '' }, now, epochMs);
    assert.deepEqual([report.bucketMs, report.series.length, report.from, report.to], [bucketMs, buckets, report.series[0]!.at, now]);
    const last = report.series.at(-1)!.at;
    assert.ok(last <= now && now < last + bucketMs && last % bucketMs === 0);
    assert.equal(report.totals.latencyMs, null);
  }
});

test('amounts are credits, work is hours, and latency is by nearest rank', () => {
  const ledger = new Ledger(network);
  const orders = [100, 200, 300, 400].map((latency, index) => ({ escrow: { ...escrow, seq: index + 1 }, latency }));
  const records = [{ ...open, author: bob, site }, ...orders.flatMap(({ escrow: order, latency }) => [order, { ...settle, escrow: idOf(order), at: assignment.at + latency, fuel: 3_600_000_000 }])];
  const batch = certified(records);
  records.forEach((record, index) => ledger.add(parsed(record), batch[index]!, record.kind === 'escrow' ? assignment : undefined));
  const { totals, series } = makeReport(ledger, { range: '24h', site }, assignment.at + HOUR_MS, epochMs);
  assert.deepEqual([totals.creditsIn, totals.cpuHours, totals.tasksServed, totals.latencyMs], [0.0008, 4, 4, { p50: 200, p95: 400 }]);
  const busy = series.filter(({ tasksSettled }) => tasksSettled > 0);
  assert.deepEqual(busy.map(({ tasks, contributors }) => [tasks, contributors]), [[{ embedding: 4 }, 1]]);
});

test('a range that is none and a site that is none are refused, an omitted site is the engine\'s', () => {
  assert.throws(() => readReportOptions({ range: '1h' as '24h' }, ''), { code: 'bad-input' });
  assert.throws(() => readReportOptions({ range: '24h', site: 'Not A Name' }, ''), { code: 'bad-input' });
  assert.deepEqual(readReportOptions({ range: '7d' }, 'shop'), { range: '7d', site: 'shop' });
  assert.deepEqual(readReportOptions({ range: '7d', site: '' }, 'shop'), { range: '7d', site: '' });
});

test('the ledger is read once as long as no record comes, and again with the next one', () => {
  const ledger = new Ledger(network);
  let reads = 0;
  const { entries } = ledger;
  ledger.entries = () => (reads++, entries.call(ledger));
  const [certificate] = certified([escrow]);
  const bought = (own: string, now: number): number => makeReport(ledger, { range: '24h', site: own }, assignment.at + now, epochMs).totals.tasksBought;
  assert.deepEqual([bought('', 1), bought('', 2), bought(site, 3), reads], [0, 0, 0, 2]);
  ledger.add(parsed(escrow), certificate!, assignment);
  assert.deepEqual([bought('', 4), bought('', 5), bought('', 5 * HOUR_MS), reads], [1, 1, 1, 4]);
});
