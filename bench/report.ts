/** Benchmark results as text: every figure once, then the design's targets beside what was measured. */
import { TARGETS, type Target } from './targets.js';

export type Results = Readonly<Record<string, unknown>>;

/** One line a figure, named by its place in the result. */
export function figuresOf(name: string, result: unknown): string {
  const rows = flatten(result).map(([path, value]): [string, string] => [path.join(' · '), value]);
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return [name, ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value.padStart(12)}`)].join('\n');
}

export interface Measured extends Omit<Target, 'bench' | 'path'> {
  readonly measured: number;
  /** Absent where the design set no figure. */
  readonly isMet?: boolean;
}

/** Those whose benchmark ran. */
export function measuredTargets(results: Results): Measured[] {
  return TARGETS.flatMap(({ bench, path, ...target }) => {
    const measured = measuredFor({ bench, path }, results);
    if (measured === undefined) return [];
    const { atMost, atLeast } = target;
    return [{ ...target, measured, ...(atMost === undefined && atLeast === undefined ? {} : { isMet: measured <= (atMost ?? Infinity) && measured >= (atLeast ?? -Infinity) }) }];
  });
}

export function targetsOf(targets: readonly Measured[]): string {
  const width = Math.max(...targets.map(({ what }) => what.length));
  return ['targets', ...targets.map(({ what, measured, atMost, atLeast, isMet }) => {
    const wanted = atMost !== undefined ? `<= ${atMost}` : atLeast !== undefined ? `>= ${atLeast}` : '';
    const verdict = isMet === undefined ? '' : isMet ? 'met' : 'missed';
    return `  ${what.padEnd(width)}  ${spell(measured).padStart(12)}  ${wanted.padStart(8)}  ${verdict}`.trimEnd();
  })].join('\n');
}

function measuredFor({ bench, path }: Pick<Target, 'bench' | 'path'>, results: Results): number | undefined {
  const value = path.reduce<unknown>((inner, step) => (inner as Results | undefined)?.[step], results[bench]);
  return typeof value === 'number' ? value : undefined;
}

function flatten(value: unknown, path: readonly string[] = []): [readonly string[], string][] {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => flatten(inner, [...path, key]));
  return [[path, typeof value === 'number' ? spell(value) : String(value)]];
}

/** Three significant digits, or the whole number. */
function spell(value: number): string {
  return Math.abs(value) >= 1_000 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)));
}
