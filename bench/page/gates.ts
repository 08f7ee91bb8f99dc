/** What a page may lose by having the tag, and whether it does. */
import { round } from '../statistics.js';
import { medianOf, middle, seeded } from './paired.js';
import type { Figures } from './visit.js';

/** The most that the tag may add; of scripts, the longest that it may have at all. */
export const GATES: Readonly<Record<keyof Figures, number>> = { tbtMs: 10, inpMs: 8, fcpMs: 25, lcpMs: 25, cls: 0, longTasks: 0, ownScriptMs: 49.9, heapMb: 2 };

/** What shows that a machine is at its end; the others are of code, which the control has none of. */
export const FELT: readonly (keyof Figures)[] = ['tbtMs', 'inpMs', 'fcpMs', 'lcpMs'];

/** Unclear is not met: more pairs or a quieter machine would tell. */
export type Verdict = 'met' | 'unclear' | 'missed';

const SEED = 21;
const DIGITS = 3;

export interface GateResult {
  readonly plain: number;
  readonly tagged: number;
  readonly difference: number;
  readonly atLeast95: number;
  readonly atMost95: number;
  readonly gate: number;
  readonly verdict: Verdict;
}

export type GateResults = Readonly<Record<keyof Figures, GateResult>>;

/** @param plain and `tagged` of the same rounds, in order */
export function judge(plain: readonly Figures[], tagged: readonly Figures[]): GateResults {
  const results = (Object.keys(GATES) as (keyof Figures)[]).map((name): [keyof Figures, GateResult] => {
    const { median, atLeast95, atMost95 } = medianOf(tagged.map((figures, i) => figures[name] - plain[i]![name]), seeded(SEED));
    const [before, after] = [plain, tagged].map((visits) => middle(visits.map((figures) => figures[name])));
    const gate = GATES[name];
    const verdict = atMost95 <= gate ? 'met' : atLeast95 <= gate ? 'unclear' : 'missed';
    return [name, {
      plain: round(before!, DIGITS), tagged: round(after!, DIGITS),
      difference: round(median, DIGITS), atLeast95: round(atLeast95, DIGITS), atMost95: round(atMost95, DIGITS), gate, verdict,
    }];
  });
  return Object.fromEntries(results) as unknown as GateResults;
}

/** What the same page may differ from itself by, from round to round: the upper bound of a difference that is none. */
export function noiseOf(plain: readonly Figures[]): Readonly<Record<keyof Figures, number>> {
  const again = judge(plain.slice(0, -1), plain.slice(1));
  return Object.fromEntries(Object.entries(again).map(([name, { atMost95 }]) => [name, atMost95])) as unknown as Record<keyof Figures, number>;
}
