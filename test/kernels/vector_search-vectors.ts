/** Seeded vectors that look like sentence embeddings: clusters on the unit sphere. Shared with the benchmark. */

/** Uniform numbers in [0, 1); mulberry32. */
export function random(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

export interface Clustered {
  readonly vectors: Float32Array;
  /** Drawn from the same clusters, but not in `vectors`. */
  readonly queries: Float32Array;
}

const CLUSTERS = 100;
const SPREAD = 0.5;

export function clusteredUnitVectors(count: number, queryCount: number, dims: number, seed: number): Clustered {
  const uniform = random(seed);
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  const centres = Float32Array.from({ length: CLUSTERS * dims }, normal);
  const draw = (rows: number): Float32Array => {
    const data = new Float32Array(rows * dims);
    for (let row = 0; row < rows; row++) {
      const vector = data.subarray(row * dims, (row + 1) * dims);
      const centre = Math.floor(uniform() * CLUSTERS) * dims;
      for (let i = 0; i < dims; i++) vector[i] = centres[centre + i]! + SPREAD * normal();
      const length = Math.hypot(...vector);
      for (let i = 0; i < dims; i++) vector[i]! /= length;
    }
    return data;
  };
  return { vectors: draw(count), queries: draw(queryCount) };
}

/** Share of the true `k` nearest that were found, over all queries. */
export function recall(truth: readonly (readonly number[])[], found: readonly (readonly number[])[]): number {
  const hits = truth.map((ids, query) => ids.filter((id) => found[query]!.includes(id)).length);
  return hits.reduce((sum, hit) => sum + hit, 0) / truth.flat().length;
}
