/** How the dashboard writes figures and times, in the language that it speaks. */
import type { Report, ReportRange } from '../../engine/index.js';
import type { DASHBOARD } from '../messages/en/dashboard.js';
import type { Words } from '../shared/wording.js';

export type DashboardWords = Words<typeof DASHBOARD>;

const DAY_MS = 86_400_000;
/** A micro-credit, below which there is nothing. */
const CREDIT_DIGITS = 6;

/** Buckets of a month are days of UTC; shorter ones are given in the time of who looks. */
const BUCKET: Readonly<Record<ReportRange, Intl.DateTimeFormatOptions>> = {
  '24h': { weekday: 'short', hour: 'numeric', minute: '2-digit' },
  '7d': { weekday: 'short', day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' },
  '30d': { day: 'numeric', month: 'short', timeZone: 'UTC' },
};
const TICK: Readonly<Record<ReportRange, Intl.DateTimeFormatOptions>> = {
  '24h': { hour: 'numeric', minute: '2-digit' },
  '7d': { weekday: 'short', day: 'numeric' },
  '30d': { day: 'numeric', month: 'short', timeZone: 'UTC' },
};

export class Format {
  readonly #bucket: Intl.DateTimeFormat;
  readonly #tick: Intl.DateTimeFormat;
  readonly #moment: Intl.DateTimeFormat;
  readonly #share: Intl.NumberFormat;

  constructor(readonly t: DashboardWords, readonly range: ReportRange) {
    this.#bucket = new Intl.DateTimeFormat(t.lang, BUCKET[range]);
    this.#tick = new Intl.DateTimeFormat(t.lang, TICK[range]);
    this.#moment = new Intl.DateTimeFormat(t.lang, { dateStyle: 'medium', timeStyle: 'short' });
    this.#share = new Intl.NumberFormat(t.lang, { style: 'percent', maximumFractionDigits: 1 });
  }

  get rangeName(): string {
    return this.t(`dashboard.range.${this.range}`);
  }

  /** To the last micro-credit. */
  exactCredits = (amount: number): string => this.t.number(amount, CREDIT_DIGITS);

  /** As many digits as a glance takes in. */
  credits(amount: number): string {
    return this.t.number(amount, Math.abs(amount) < 1 ? 3 : Math.abs(amount) < 1_000 ? 2 : 0);
  }

  count = (amount: number): string => this.t.number(amount);

  share = (share: number): string => this.#share.format(share);

  hours(hours: number): string {
    return this.t.number(hours, hours < 1 ? 3 : hours < 100 ? 1 : 0);
  }

  duration(ms: number): string {
    return ms < 1_000 ? this.t('dashboard.ms', { n: this.t.number(ms) }) : this.t('dashboard.s', { n: this.t.number(ms / 1_000, 1) });
  }

  /** When a bucket began. */
  bucket = (at: number): string => this.#bucket.format(at);

  tick = (at: number): string => this.#tick.format(at);

  moment(at: number): string {
    return this.#moment.format(at);
  }
}

/** Where a report's last bucket ends. */
export function endOf({ from, bucketMs, series }: Report): number {
  return from + bucketMs * series.length;
}

/** Times that are worth a label: full hours, local midnights, days. */
export function labelledTimes(report: Report): readonly number[] {
  if (report.range !== '7d') return report.series.map(({ at }) => at);
  const midnight = new Date(report.from);
  midnight.setHours(0, 0, 0, 0);
  // Noon of a day is on that day however long the days around it are.
  const days = Array.from({ length: 9 }, (_, day) => new Date(midnight.getTime() + day * DAY_MS + DAY_MS / 2).setHours(0, 0, 0, 0));
  return days.filter((at) => at >= report.from && at < endOf(report));
}

/** Every so many of them, so that each has room. @param room for how many there is room */
export function thinned(times: readonly number[], room: number): readonly number[] {
  const every = Math.max(1, Math.ceil(times.length / Math.max(1, room)));
  return times.filter((_, index) => index % every === 0);
}

/** Round numbers from at most `min` to at least `max`, which include zero. */
export function roundSteps(min: number, max: number, { steps = 4, isWhole = false } = {}): readonly number[] {
  const rough = (max - min) / steps || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= rough * 0.999) ?? 10;
  const step = isWhole ? Math.max(1, factor * power) : factor * power;
  const [first, last] = [Math.floor(min / step), Math.ceil(max / step)];
  // Multiplied and rounded, since added tenths drift.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}
