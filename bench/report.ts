/** Benchmark results as text: every figure once, then the design's targets beside what was measured. */
import { TARGETS, type Target } from './targets.js';

export type Results = Readonly<Record<string, unknown>>;

/** One line a figure, named by its place in the result. */
export function figuresOf(name: string, result: unknown): string {
  const rows = flatten(result).map(([path, value]): [string, string] => [path.join(' · '), value]);
  const width = Math.max(0, ...rows.map(([label]) => label.length));
  return [name, ...rows.map(([label, value]) => `  ${label.padEnd(width)}  ${value.padStart(12)}`)].join('\n');
}

/** Empty where none of the benchmarks that ran has a target. */
export function targetsOf(results: Results): string {
  const rows = TARGETS.flatMap((target) => {
    const measured = measuredFor(target, results);
    return measured === undefined ? [] : [{ target, measured }];
  });
  if (rows.length === 0) return '';
  const width = Math.max(...rows.map(({ target }) => target.what.length));
  return ['targets', ...rows.map(({ target, measured }) => {
    const wanted = target.atMost === undefined ? `>= ${target.atLeast}` : `<= ${target.atMost}`;
    return `  ${target.what.padEnd(width)}  ${spell(measured).padStart(12)}  ${wanted.padStart(8)}  ${isMet(target, measured) ? 'met' : 'missed'}`;
  })].join('\n');
}

export function isMet({ atMost = Infinity, atLeast = -Infinity }: Target, measured: number): boolean {
  return measured <= atMost && measured >= atLeast;
}

function measuredFor({ bench, path }: Target, results: Results): number | undefined {
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
