export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}
export function countsLine(counts: Counts): string;
export function readCounts(output: string): Counts | undefined;
