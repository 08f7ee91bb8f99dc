/** The public shape of `core/ledger/report.ts`: ranges instead of buckets, credits instead of micro-credits. */
import type { Report, ReportOptions, ReportRange, ReportTotals } from '../api.js';
import type { Ledger } from '../core/ledger/ledger.js';
import { type LedgerReport, type ReportCounts, type ReportTerms, siteReport } from '../core/ledger/report.js';
import type { Id } from '../core/record.js';
import { isSite, SITE_WANTED } from '../core/texts.js';
import { EdgeNetError } from '../error.js';

const MICRO = 1_000_000;
const HOUR_MS = 3_600_000;
/** One million is a reference second. */
const FUEL_PER_HOUR = 3_600_000_000;
/** Kept of one state of the ledger. */
const REPORTS_MAX = 8;

/** Buckets begin at whole multiples of their length since 1970; the last of them holds the present. */
const RANGES: Readonly<Record<ReportRange, { readonly bucketMs: number; readonly buckets: number }>> = {
  '24h': { bucketMs: HOUR_MS, buckets: 24 },
  '7d': { bucketMs: 6 * HOUR_MS, buckets: 28 },
  '30d': { bucketMs: 24 * HOUR_MS, buckets: 30 },
};

/** @throws EdgeNetError `bad-input` for another range or what is no site */
export function readReportOptions({ range, site }: ReportOptions, defaultSite: string): Required<ReportOptions> {
  if (!Object.hasOwn(RANGES, range)) throw new EdgeNetError('bad-input', `A report's range is '24h', '7d' or '30d', not ${JSON.stringify(range)}.`);
  const whose = site ?? defaultSite;
  if (typeof whose !== 'string' || !isSite(whose)) throw new EdgeNetError('bad-input', `A report's site is ${SITE_WANTED}, or '' for the whole network.`);
  return { range, site: whose };
}

/** @param now network time, in milliseconds */
export function makeReport(ledger: Ledger, { range, site }: Required<ReportOptions>, now: number, epochMs: number): Report {
  const { bucketMs, buckets } = RANGES[range];
  const from = (Math.floor(now / bucketMs) - buckets + 1) * bucketMs;
  const { totals, series, latenciesMs, site: account } = folded(ledger, { from, bucketMs, buckets, epochMs, site });
  return {
    range, from, to: now, bucketMs, site: account,
    totals: {
      ...inUnits(totals),
      latencyMs: latenciesMs.length === 0 ? null : { p50: percentile(latenciesMs, 0.5), p95: percentile(latenciesMs, 0.95) },
    },
    series: series.map(({ at, creditsIn, creditsOut, contributors, tasksServed, tasksVerified, fuel, tasks }) => ({
      at, creditsIn: creditsIn / MICRO, creditsOut: creditsOut / MICRO, contributors: contributors.size,
      tasksSettled: tasksServed, tasksVerified, cpuHours: fuel / FUEL_PER_HOUR, tasks: Object.fromEntries([...tasks].sort(([left], [right]) => (left < right ? -1 : 1))),
    })),
  };
}

/** Of the newest records, by their terms: several dashboards ask for one report, and a fold reads the whole ledger. */
const folds = new WeakMap<Ledger, { readonly records: Id; readonly reports: Map<string, LedgerReport> }>();

function folded(ledger: Ledger, terms: ReportTerms): LedgerReport {
  const records = ledger.digestTotal().hash;
  const known = folds.get(ledger);
  const reports = known?.records === records ? known.reports : new Map<string, LedgerReport>();
  folds.set(ledger, { records, reports });
  const name = JSON.stringify(terms);
  const report = reports.get(name) ?? siteReport(ledger, terms);
  // Asked for one site after the other, it would keep a report of each.
  if (reports.size >= REPORTS_MAX) reports.clear();
  reports.set(name, report);
  return report;
}

function inUnits({ creditsIn, creditsOut, fuel, ...counts }: ReportCounts): Omit<ReportTotals, 'latencyMs'> {
  return { creditsIn: creditsIn / MICRO, creditsOut: creditsOut / MICRO, cpuHours: fuel / FUEL_PER_HOUR, ...counts };
}

/** Of values in order, by nearest rank. */
function percentile(values: readonly number[], share: number): number {
  return values[Math.max(0, Math.ceil(values.length * share) - 1)]!;
}
