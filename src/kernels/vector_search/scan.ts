/** Exact search by scanning every row: the SIMD half. `reference.ts` is the same in plain JavaScript. */
import { place, type Native } from './module.js';

export type Metric = 'cos' | 'ip' | 'l2';

/** Codes shared with usearch's file format. */
export const METRIC_CODES: Readonly<Record<Metric, number>> = { cos: 99, ip: 105, l2: 101 };

export interface ScanInput {
  /** Row-major, `dims` numbers a row. */
  readonly queries: Float32Array;
  readonly vectors: Float32Array;
  readonly dims: number;
  readonly k: number;
  readonly metric: Metric;
}

/** The matches of all queries one after another, best first within a query. */
export interface ScanMatches {
  /** Positions in `vectors`. */
  readonly rows: Uint32Array;
  readonly scores: Float32Array;
  /** How many of them belong to each query. */
  readonly counts: Uint32Array;
}

/** Tiles may come in any order of queries, but rows must ascend, and a row's first tile starts at query 0. */
export interface Scanner {
  scan(queryBegin: number, queryEnd: number, rowBegin: number, rowEnd: number): void;
  matches(): ScanMatches;
}

export function simdScanner(native: Native, { queries, vectors, dims, k, metric }: ScanInput): Scanner {
  const queryCount = queries.length / dims;
  const rowCount = vectors.length / dims;
  const depth = Math.min(k, rowCount);
  const failed = native.scan_begin(METRIC_CODES[metric], dims, depth, place(native, queries), queryCount, place(native, vectors), rowCount);
  if (failed) throw new Error('The vector search module ran out of memory.');

  return {
    scan: (queryBegin, queryEnd, rowBegin, rowEnd) => native.scan(queryBegin, queryEnd, rowBegin, rowEnd),
    matches() {
      const counts = new Uint32Array(native.memory.buffer, native.scan_counts(), queryCount).slice();
      // Every row is a candidate of every query, so every list is full: k pairs of (score, row), without gaps.
      const scorePairs = new Float32Array(native.memory.buffer, native.scan_matches(), queryCount * depth * 2);
      const rowPairs = new Uint32Array(native.memory.buffer, native.scan_matches(), queryCount * depth * 2);
      const scores = new Float32Array(queryCount * depth);
      const rows = new Uint32Array(queryCount * depth);
      for (let i = 0; i < rows.length; i++) {
        scores[i] = scorePairs[2 * i]!;
        rows[i] = rowPairs[2 * i + 1]!;
      }
      return { rows, scores, counts };
    },
  };
}
