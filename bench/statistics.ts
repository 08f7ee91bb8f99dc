/** What the benchmarks say of their samples. */

/** The value that `share` of the samples do not exceed (nearest rank). */
export function quantile(samples: readonly number[], share: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? Number.NaN;
}

export function round(value: number, digits = 2): number {
  return Number(value.toFixed(digits));
}

export interface Latency {
  readonly p50: number;
  readonly p95: number;
}

/** @param samples milliseconds */
export function latencyMs(samples: readonly number[]): Latency {
  return { p50: round(quantile(samples, 0.5)), p95: round(quantile(samples, 0.95)) };
}
