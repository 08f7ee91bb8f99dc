/**
 * What the tag costs the page it stands on: the demo page on one relay, with the tag contributing at 30 and at 50 % of a
 * core, beside the same page without it. Each round visits every form of the page once, in a drawn order, each time with a
 * new browser profile; what is judged are medians of the differences within rounds (page/gates.ts), and a gate is met only
 * for certain. A page that saturates both cores with workers of its own is the control: if it passes, the measurement is blind.
 *
 * Contributing is real: a buyer in this process keeps the page's node busy with spiking networks through the relay. Both are
 * there for those visits only, and share the machine's cores with the page, so that what they take counts against the tag; the
 * result says how much that is. The processor is slowed four times on the main thread, not in workers.
 *
 * The gates on what is left behind, and on the way back to a page, are held by tests (test/pages/leaks.test.ts, back.test.ts).
 *
 *     npm run build && npm run bench -- page [--pairs=21] [--json]
 */
import { parseArgs } from 'node:util';
import { ARMS, contributes, type Arm } from './page/arms.js';
import { beforeConsent, type BeforeConsent } from './page/before-consent.js';
import { FELT, GATES, judge, noiseOf, type GateResults, type Verdict } from './page/gates.js';
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
  readonly work: Readonly<Record<Arm, { readonly share: number; readonly othersShare: number; readonly atWorkMs: number; readonly transferredKb: number }>>;
  readonly beforeConsent: BeforeConsent;
  /** Gates that the tag does not meet for certain; and those that the control misses for certain, one at least. */
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
    const notMet = ARMS.filter(contributes).flatMap((arm) => namesOf(gates[arm as Tagged], 'unclear', 'missed').map((name) => `${arm} ${name}`));
    const missed = [...notMet, ...(before.isMet ? [] : ['before consent'])];
    const controlMissed = namesOf(gates.saturated, 'missed').filter((name) => FELT.includes(name));
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
  const of = (name: 'share' | 'othersShare' | 'atWorkMs' | 'transferredKb', digits: number): number => round(middle(visits.map((visited) => visited[name])), digits);
  return { share: of('share', 3), othersShare: of('othersShare', 3), atWorkMs: of('atWorkMs', 0), transferredKb: of('transferredKb', 1) };
}

function namesOf(results: GateResults, ...verdicts: readonly Verdict[]): (keyof Figures)[] {
  return (Object.keys(results) as (keyof Figures)[]).filter((name) => verdicts.includes(results[name].verdict));
}

/** What people read. */
export function table({ pairs, minutes, gates, noise, work, beforeConsent: before, controlMissed }: PageBench): string {
  const names = Object.keys(GATES) as (keyof Figures)[];
  const rows = (Object.keys(gates) as Tagged[]).flatMap((arm) => names.map((name) => {
    const { plain, tagged, difference, atLeast95, atMost95, gate, verdict } = gates[arm][name];
    return [arm, name, ...[plain, tagged, difference, atLeast95, atMost95, gate, noise[name]].map(String), verdict];
  }));
  const lines = [['', '', 'plain', 'tagged', 'difference', 'at least', 'at most', 'gate', 'noise', ''], ...rows];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return [
    `page: ${pairs} pairs in ${minutes} minutes; differences with 95 % certainty`,
    ...lines.map((line) => `  ${line.map((text, column) => (column < 2 || column === 9 ? text.padEnd(widths[column]!) : text.padStart(widths[column]!))).join('  ')}`.trimEnd()),
    ...ARMS.map((arm) => `  ${arm} gives ${round(work[arm].share * 100, 1)} % of a core to others, relay and buyer take ${round(work[arm].othersShare * 100, 1)} %, the page loads ${work[arm].transferredKb} KB${contributes(arm) ? `, first task done after ${work[arm].atWorkMs} ms` : ''}`),
    `  before consent: entry ${before.entryGzipBytes} bytes gzipped, ${before.traces.length === 0 ? 'no worker, socket, storage key or frame' : before.traces.join(', ')}: ${before.isMet ? 'met' : 'missed'}`,
    controlMissed.length > 0 ? `  the control misses ${controlMissed.join(', ')}, as it has to` : '  THE MEASUREMENT IS BLIND: two saturated workers passed',
  ].join('\n');
}
