/** A report as charts: the same figures as bars or points, and as a table. */
import type { Report, ReportBucket } from '../../engine/index.js';
import type { DASHBOARD } from '../messages/en/dashboard.js';
import { endOf, labelledTimes, type Format } from './format.js';

/** More colours are not told apart. */
const SERIES_MAX = 8;

export interface Series {
  readonly name: string;
  /** 1 to 8, for the custom property `--series-…`. */
  readonly colour: number;
  /** Of the whole time, as text; '' where figures do not add up. */
  readonly total: string;
}

/** From `low` to `high`, over one bucket. */
export interface Bar {
  readonly bucket: number;
  readonly colour: number;
  readonly low: number;
  readonly high: number;
}

export interface Chart {
  readonly id: 'credits' | 'contributors' | 'tasks' | 'verification';
  readonly title: string;
  /** In words, for who does not see it. */
  readonly label: string;
  /** Named where there are several. */
  readonly legend: readonly Series[];
  readonly bars: readonly Bar[];
  /** A share for each bucket; null where there is none. */
  readonly points: readonly (number | null)[];
  readonly isWhole: boolean;
  readonly isEmpty: boolean;
  /** On the axis. @param digits after the point */
  readonly write: (value: number, digits: number) => string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly foot: readonly string[];
  readonly starts: readonly number[];
  readonly end: number;
  readonly labelled: readonly number[];
}

export function chartsOf(report: Report, format: Format): readonly Chart[] {
  return [credits(report, format), contributors(report, format), tasks(report, format), verification(report, format)];
}

type Drawn = Pick<Chart, 'legend' | 'bars' | 'points' | 'isWhole' | 'columns' | 'foot' | 'write'> & { readonly cells: (bucket: ReportBucket) => readonly string[]; readonly summary: string };

function chart(id: Chart['id'], report: Report, format: Format, { cells, summary, ...drawn }: Drawn): Chart {
  const { t } = format;
  const title = t(`dashboard.chart.${id}`);
  const isEmpty = drawn.bars.length === 0 && drawn.points.every((point) => point === null);
  return {
    id, title, isEmpty, ...drawn,
    label: t('dashboard.chart-label', { title, range: format.rangeName, summary: isEmpty ? t('dashboard.nothing') : summary }),
    rows: report.series.map((bucket) => [format.bucket(bucket.at), ...cells(bucket)]),
    starts: report.series.map(({ at }) => at),
    end: endOf(report),
    labelled: labelledTimes(report),
  };
}

function credits(report: Report, format: Format): Chart {
  const { t } = format;
  const { creditsIn, creditsOut } = report.totals;
  const names = [t('dashboard.in'), t('dashboard.out')] as const;
  return chart('credits', report, format, {
    legend: [{ name: names[0], colour: 1, total: format.credits(creditsIn) }, { name: names[1], colour: 2, total: format.credits(creditsOut) }],
    bars: report.series.flatMap((bucket, index) => filled([{ bucket: index, colour: 1, low: 0, high: bucket.creditsIn }, { bucket: index, colour: 2, low: -bucket.creditsOut, high: 0 }])),
    points: [],
    isWhole: false,
    // What goes out hangs below the line; it is no negative amount.
    write: (value, digits) => t.number(Math.abs(value), digits),
    columns: names,
    cells: (bucket) => [format.exactCredits(bucket.creditsIn), format.exactCredits(bucket.creditsOut)],
    foot: [format.exactCredits(creditsIn), format.exactCredits(creditsOut)],
    summary: `${names[0]} ${format.credits(creditsIn)}, ${names[1]} ${format.credits(creditsOut)}.`,
  });
}

function contributors(report: Report, format: Format): Chart {
  const { t } = format;
  const peak = report.series.reduce((most, bucket) => (bucket.contributors > most.contributors ? bucket : most), report.series[0]!);
  return chart('contributors', report, format, {
    legend: [],
    bars: report.series.flatMap((bucket, index) => filled([{ bucket: index, colour: 1, low: 0, high: bucket.contributors }])),
    points: [],
    isWhole: true,
    write: t.number,
    columns: [t('dashboard.contributors')],
    cells: (bucket) => [format.count(bucket.contributors)],
    // One may be in several buckets.
    foot: [],
    summary: t('dashboard.peak', { value: format.count(peak.contributors), time: format.bucket(peak.at) }),
  });
}

function tasks(report: Report, format: Format): Chart {
  const { t } = format;
  const totals = new Map<string, number>();
  for (const bucket of report.series) for (const [kind, n] of Object.entries(bucket.tasks)) totals.set(kind, (totals.get(kind) ?? 0) + n);
  const kinds = [...totals.keys()].sort((left, right) => totals.get(right)! - totals.get(left)! || (left < right ? -1 : 1));
  const drawn = kinds.length > SERIES_MAX ? kinds.slice(0, SERIES_MAX - 1) : kinds;
  const others = kinds.slice(drawn.length);
  const sum = (of: (kind: string) => number, names: readonly string[]) => names.reduce((all, kind) => all + of(kind), 0);
  const groups = [...drawn.map((kind) => ({ name: kindName(kind, format), kinds: [kind] })), ...(others.length > 0 ? [{ name: t('dashboard.other'), kinds: others }] : [])];
  const settled = sum((kind) => totals.get(kind)!, kinds);
  return chart('tasks', report, format, {
    legend: groups.map(({ name, kinds: of }, index) => ({ name, colour: index + 1, total: format.count(sum((kind) => totals.get(kind)!, of)) })),
    bars: report.series.flatMap((bucket, index) => {
      let low = 0;
      return filled(groups.map(({ kinds: of }, at) => ({ bucket: index, colour: at + 1, low, high: (low += sum((kind) => tasksOf(bucket, kind), of)) })));
    }),
    points: [],
    isWhole: true,
    write: t.number,
    columns: [...kinds.map((kind) => kindName(kind, format)), t('dashboard.all-tasks')],
    cells: (bucket) => [...kinds.map((kind) => format.count(tasksOf(bucket, kind))), format.count(bucket.tasksSettled)],
    foot: [...kinds.map((kind) => format.count(totals.get(kind)!)), format.count(settled)],
    summary: groups.map(({ name, kinds: of }) => `${name} ${format.count(sum((kind) => totals.get(kind)!, of))}`).join(', ') + '.',
  });
}

function verification(report: Report, format: Format): Chart {
  const { t } = format;
  const rate = ({ tasksVerified, tasksSettled }: ReportBucket) => (tasksSettled === 0 ? null : tasksVerified / tasksSettled);
  const rated = report.series.filter((bucket) => rate(bucket) !== null);
  const least = rated.reduce<ReportBucket | undefined>((worst, bucket) => (worst && rate(worst)! <= rate(bucket)! ? worst : bucket), undefined);
  const sum = (of: (bucket: ReportBucket) => number) => report.series.reduce((all, bucket) => all + of(bucket), 0);
  const [verified, settled] = [sum(({ tasksVerified }) => tasksVerified), sum(({ tasksSettled }) => tasksSettled)];
  const cells = (ok: number, all: number) => [format.count(ok), format.count(all), all === 0 ? '–' : format.share(ok / all)];
  return chart('verification', report, format, {
    legend: [],
    bars: [],
    points: report.series.map(rate),
    isWhole: false,
    write: (value) => format.share(value),
    columns: [t('dashboard.verified'), t('dashboard.all-tasks'), t('dashboard.rate')],
    cells: ({ tasksVerified, tasksSettled }) => cells(tasksVerified, tasksSettled),
    foot: cells(verified, settled),
    summary: least ? t('dashboard.least', { value: format.share(rate(least)!), time: format.bucket(least.at) }) : '',
  });
}

/** Kinds are strangers' words, and an object has more names than its own. */
function tasksOf({ tasks: counts }: ReportBucket, kind: string): number {
  return Object.hasOwn(counts, kind) ? counts[kind]! : 0;
}

const filled = (bars: readonly Bar[]): readonly Bar[] => bars.filter(({ low, high }) => low !== high);

/** A kind that a newer network has is called what it calls itself. */
function kindName(kind: string, { t }: Format): string {
  const key = `dashboard.kind.${kind}` as keyof typeof DASHBOARD & `dashboard.kind.${string}`;
  const name = t(key);
  return name === key ? kind : name;
}
