/** Ranks vectors by their cosine with one of them all, in a fixed order of operations: every engine gives the same bits. */

export interface Ranked {
  /** Of the candidate. */
  readonly position: number;
  /** From -1 to 1, a float32. */
  readonly score: number;
}

/**
 * Products and their sum are taken in double precision from the first component to the last, and rounded to float32
 * once, at the end.
 *
 * @param a unit vector, or zeros
 * @param b of the same length
 */
function cosine(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  // Rounding may leave the range of a cosine; adding zero turns a -0 into 0.
  return Math.min(1, Math.max(-1, Math.fround(sum))) + 0;
}

/** @returns every candidate, best first, equal ones by position */
export function rank(query: Float32Array, candidates: readonly Float32Array[]): Ranked[] {
  return candidates.map((vector, position) => ({ position, score: cosine(query, vector) })).sort((a, b) => b.score - a.score || a.position - b.position);
}
