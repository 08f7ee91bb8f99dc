/**
 * The slow, plain version of the scan, and its fallback where WebAssembly has no SIMD. It adds in the order of
 * native/simd.hpp and rounds every step to 32 bits, so the two give the same bytes.
 */
import type { Metric, ScanInput, ScanMatches, Scanner } from './scan.js';

const LANES = 16;

type Term = (a: number, b: number) => number;

const product: Term = (a, b) => Math.fround(a * b);
const squaredDifference: Term = (a, b) => {
  const difference = Math.fround(a - b);
  return Math.fround(difference * difference);
};

/** Sixteen running sums, then a tree over them, then what is left over, one by one. */
function sum(term: Term, a: Float32Array, b: Float32Array): number {
  const lanes = new Float32Array(LANES);
  const whole = a.length - (a.length % LANES);
  for (let i = 0; i < whole; i++) lanes[i % LANES]! += term(a[i]!, b[i]!);

  const four = new Float32Array(4);
  for (let i = 0; i < 4; i++) {
    four[i] = Math.fround(lanes[i]! + lanes[i + 4]!) + Math.fround(lanes[i + 8]! + lanes[i + 12]!);
  }
  let total = Math.fround(Math.fround(four[0]! + four[1]!) + Math.fround(four[2]! + four[3]!));
  for (let i = whole; i < a.length; i++) total = Math.fround(total + term(a[i]!, b[i]!));
  return total;
}

const norm = (a: Float32Array): number => Math.sqrt(sum(product, a, a));

const SCORES: Readonly<Record<Metric, (a: Float32Array, b: Float32Array) => number>> = {
  cos(a, b) {
    const lengths = norm(a) * norm(b);
    if (lengths === 0) return 0;
    // Rounding may leave the range of a cosine; adding zero turns a -0 into 0.
    return Math.min(1, Math.max(-1, Math.fround(sum(product, a, b) / lengths))) + 0;
  },
  ip: (a, b) => sum(product, a, b),
  l2: (a, b) => 0 - sum(squaredDifference, a, b),
};

interface Match {
  readonly row: number;
  readonly score: number;
}

export function referenceScanner({ queries, vectors, dims, k, metric }: ScanInput): Scanner {
  const best: Match[][] = Array.from({ length: queries.length / dims }, () => []);
  const vector = (of: Float32Array, i: number): Float32Array => of.subarray(i * dims, (i + 1) * dims);

  return {
    scan(queryBegin, queryEnd, rowBegin, rowEnd) {
      for (let query = queryBegin; query < queryEnd; query++) {
        const matches = best[query]!;
        for (let row = rowBegin; row < rowEnd; row++) {
          const score = SCORES[metric](vector(queries, query), vector(vectors, row));
          const place = matches.findLastIndex((other) => other.score >= score) + 1;
          if (place < k) matches.splice(place, 0, { row, score });
          if (matches.length > k) matches.pop();
        }
      }
    },
    matches: () => ({
      rows: Uint32Array.from(best.flat(), ({ row }) => row),
      scores: Float32Array.from(best.flat(), ({ score }) => score),
      counts: Uint32Array.from(best, ({ length }) => length),
    }),
  };
}

/** The whole scan in one go. */
export function referenceSearch(input: ScanInput): ScanMatches {
  const scanner = referenceScanner(input);
  scanner.scan(0, input.queries.length / input.dims, 0, input.vectors.length / input.dims);
  return scanner.matches();
}
