/** Medians of paired differences, and how sure they are: gates look at medians, never at single visits. */
import { quantile } from '../statistics.js';

const RESAMPLES = 10_000;

/** The median, with 95 % certainty at least the one and at most the other: percentile bootstrap, Efron & Tibshirani 1993, chapter 13. */
export interface Difference {
  readonly median: number;
  readonly atLeast95: number;
  readonly atMost95: number;
}

/** @param random in [0, 1), seeded, so that the same visits give the same verdict */
export function medianOf(differences: readonly number[], random: () => number): Difference {
  const resample = (): number => middle(differences.map(() => differences[Math.floor(random() * differences.length)]!));
  const resampled = Array.from({ length: RESAMPLES }, resample);
  return { median: middle(differences), atLeast95: quantile(resampled, 0.05), atMost95: quantile(resampled, 0.95) };
}

export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** Tommy Ettinger's mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
