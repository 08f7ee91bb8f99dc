/**
 * What the tag costs the page it stands on: the demo page on one relay, with the node contributing at 30 and at 50 % of a
 * core, beside the same page without it. Each round visits every form of the page once, in a drawn order, each time with a
 * new browser profile; what is judged are medians of the differences within rounds (page/gates.ts). A page that saturates
 * both cores with workers of its own is the control: if it passes, the measurement is blind.
 *
 * Contributing is real: a buyer in this process keeps the page's node busy with spiking networks through the relay. Both are there
 * for those visits only, and share the machine's cores with the page, so that what they take counts against the tag; the
 * result says how much that is. The processor is slowed four times on the main thread, not in workers.
 *
 *     npm run build && npm run bench -- page [--pairs=21] [--json]
 */
import { parseArgs } from 'node:util';
import { ARMS, contributes, type Arm } from './page/arms.js';
import { beforeConsent, type BeforeConsent } from './page/before-consent.js';
import { FELT, GATES, judge, noiseOf, type GateResults } from './page/gates.js';
import { middle, seeded } from './page/paired.js';
import { openStage, type Stage, type Visited } from './page/stage.js';
import type { Figures } from './page/visit.js';
import { round } from './statistics.js';

const PAIRS = 21;
const SEED = 7;

type Tagged = Exclude<Arm, 'plain'>;

export interface PageBench {
  readonly pairs: number;
  readonly minutes: number;
  readonly gates: Readonly<Record<Tagged, GateResults>>;
  /** Of the page without the tag against itself: the upper bound for a difference that is none. */
  readonly noise: Readonly<Record<keyof Figures, number>>;
  /** Medians: share of a core that the page gave while it was clicked, that relay and buyer took, and the way to the first task done. */
  readonly work: Readonly<Record<Arm, { readonly share: number; readonly othersShare: number; readonly atWorkMs: number }>>;
  readonly beforeConsent: BeforeConsent;
  /** Gates that the tag misses, of all that there are; and those that the control misses, one at least. */
  readonly missed: readonly string[];
  readonly missedCount: number;
  readonly controlMissed: readonly string[];
  readonly controlMissedCount: number;
}

export async function bench(): Promise<PageBench> {
  const { values } = parseArgs({ options: { pairs: { type: 'string', default: String(PAIRS) } }, strict: false });
  const pairs = Number(values.pairs);
  if (!Number.isSafeInteger(pairs) || pairs < 2) throw new Error(`--pairs=${String(values.pairs)} cannot be used: write a whole number from 2 on.`);
  const startMs = performance.now();
  const stage = await openStage();
  try {
    const before = await beforeConsent(stage);
    const visits = await visitAll(stage, pairs);
    const gates = Object.fromEntries(ARMS.filter((arm) => arm !== 'plain').map((arm) => [arm, judge(figuresOf(visits.plain), figuresOf(visits[arm]))])) as PageBench['gates'];
    const missed = [...ARMS.filter(contributes).flatMap((arm) => missedIn(gates[arm as Tagged]).map((name) => `${arm} ${name}`)), ...(before.isMet ? [] : ['before consent'])];
    const controlMissed = missedIn(gates.saturated).filter((name) => FELT.includes(name));
    if (missed.length > 0 || controlMissed.length === 0) process.exitCode = 1;
    return {
      pairs, minutes: round((performance.now() - startMs) / 60_000, 1), gates, noise: noiseOf(figuresOf(visits.plain)),
      work: Object.fromEntries(ARMS.map((arm) => [arm, workOf(visits[arm])])) as PageBench['work'],
      beforeConsent: before, missed, missedCount: missed.length, controlMissed, controlMissedCount: controlMissed.length,
    };
  } finally {
    await stage.close();
  }
}

async function visitAll(stage: Stage, pairs: number): Promise<Readonly<Record<Arm, readonly Visited[]>>> {
  const random = seeded(SEED);
  const visits: Record<Arm, Visited[]> = { plain: [], at30: [], at50: [], saturated: [] };
  // The first of each finds a colder browser.
  for (const arm of ARMS) await stage.visit(arm, random);
  for (let pair = 1; pair <= pairs; pair++) {
    for (const arm of shuffled(ARMS, random)) visits[arm].push(await stage.visit(arm, random));
    console.error(`pair ${pair} of ${pairs}`);
  }
  return visits;
}

function shuffled(arms: readonly Arm[], random: () => number): Arm[] {
  const order = arms.map((arm) => [random(), arm] as const);
  return order.sort(([a], [b]) => a - b).map(([, arm]) => arm);
}

function figuresOf(visits: readonly Visited[]): Figures[] {
  return visits.map(({ figures }) => figures);
}

function workOf(visits: readonly Visited[]): PageBench['work'][Arm] {
  const of = (name: 'share' | 'othersShare' | 'atWorkMs', digits: number): number => round(middle(visits.map((visited) => visited[name])), digits);
  return { share: of('share', 3), othersShare: of('othersShare', 3), atWorkMs: of('atWorkMs', 0) };
}

function missedIn(results: GateResults): (keyof Figures)[] {
  return (Object.keys(results) as (keyof Figures)[]).filter((name) => !results[name].isMet);
}

/** What people read. */
export function table({ pairs, minutes, gates, noise, work, beforeConsent: before, controlMissed }: PageBench): string {
  const names = Object.keys(GATES) as (keyof Figures)[];
  const rows = (Object.keys(gates) as Tagged[]).flatMap((arm) => names.map((name) => {
    const { plain, tagged, difference, upper95, atMost, isMet } = gates[arm][name];
    const verdict = isMet ? 'met' : noise[name] > atMost ? 'missed, as noise alone would' : 'missed';
    return [arm, name, ...[plain, tagged, difference, upper95, atMost, noise[name]].map((value) => String(round(value, 3))), verdict];
  }));
  const lines = [['', '', 'plain', 'tagged', 'difference', '95 % at most', 'gate', 'noise', ''], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return [
    `page: ${pairs} pairs in ${minutes} minutes`,
    ...lines.map((line) => `  ${line.map((text, column) => (column < 2 || column === 8 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  ')}`.trimEnd()),
    ...ARMS.map((arm) => `  ${arm} gives ${round(work[arm].share * 100, 1)} % of a core to others, relay and buyer take ${round(work[arm].othersShare * 100, 1)} %${contributes(arm) ? `, first task done after ${work[arm].atWorkMs} ms` : ''}`),
    `  before consent: entry ${before.entryGzipBytes} bytes gzipped, ${before.traces.length === 0 ? 'no worker, socket, storage key or frame' : before.traces.join(', ')}: ${before.isMet ? 'met' : 'missed'}`,
    controlMissed.length > 0 ? `  the control misses ${controlMissed.join(', ')}, as it has to` : '  THE MEASUREMENT IS BLIND: two saturated workers passed',
  ].join('\n');
}
