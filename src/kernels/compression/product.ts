/**
 * Product quantisation: rows are cut into stretches, and each stretch is replaced by the nearest of 256 centroids.
 * Body: f32 centroids, one stretch's after another's; then for each row one byte a stretch.
 * Source: Jégou, Douze, Schmid, Product quantization for nearest neighbor search, https://doi.org/10.1109/TPAMI.2010.57.
 */
import { findNearest, learnCentroids, sampleRows, type Nearest, type Points } from './clusters.js';
import { floatsAt, type CoderFactory, type Pause } from './coder.js';
import { damaged } from './container.js';
import { centroidsOf, type Shape } from './schemes.js';

interface Stretch {
  readonly begin: number;
  readonly width: number;
}

/** As equal as they can be. */
export function stretchesOf(dims: number, subspaces: number): Stretch[] {
  const begin = (s: number): number => Math.floor((s * dims) / subspaces);
  return Array.from({ length: subspaces }, (_, s) => ({ begin: begin(s), width: begin(s + 1) - begin(s) }));
}

function gather(vectors: Float32Array, dims: number, rows: Iterable<number>, count: number, { begin, width }: Stretch): Points {
  const data = new Float64Array(count * width);
  let at = 0;
  for (const row of rows) {
    const from = row * dims + begin;
    for (let i = 0; i < width; i++) data[at++] = vectors[from + i]!;
  }
  return { data, width };
}

function* range(begin: number, end: number): Generator<number> {
  for (let row = begin; row < end; row++) yield row;
}

export const productCoder: CoderFactory = (body, { dims, rows }, subspaces) => {
  const count = centroidsOf(rows);
  const codebook = floatsAt(body, 0, count * dims);
  const codes = body.subarray(codebook.byteLength);
  const stretches = stretchesOf(dims, subspaces);
  const learnt: Points[] = [];
  return {
    async prepare(vectors, pause) {
      const sample = sampleRows(rows);
      for (const stretch of stretches) {
        const data = await learnCentroids(gather(vectors, dims, sample, sample.length, stretch), count, pause);
        codebook.set(data, count * stretch.begin);
        learnt.push({ data, width: stretch.width });
      }
    },
    encode(vectors, begin, end) {
      const found: Nearest = { centroids: new Uint8Array(end - begin), distances: new Float64Array(end - begin) };
      stretches.forEach((stretch, s) => {
        findNearest(gather(vectors, dims, range(begin, end), end - begin, stretch), 0, end - begin, learnt[s]!, found);
        found.centroids.forEach((centroid, i) => {
          codes[(begin + i) * subspaces + s] = centroid;
        });
      });
    },
    decode(vectors, begin, end) {
      for (let row = begin; row < end; row++) {
        stretches.forEach((stretch, s) => {
          const code = codes[row * subspaces + s]!;
          if (code >= count) throw damaged(`row ${row} names a centroid that is not there`);
          const from = count * stretch.begin + code * stretch.width;
          for (let i = 0; i < stretch.width; i++) vectors[row * dims + stretch.begin + i] = codebook[from + i]!;
        });
      }
    },
  };
};

/** Rows that are looked at to rule `pq` out, and how many of them between two breaths. */
const PROBE_ROWS_MAX = 4096;
const PROBE_ROWS_PER_TILE = 256;

/**
 * Whether `pq` might keep every component within `error`: no, if in some stretch more rows than there are centroids
 * lie farther than twice that from one another. Spares learning centroids in vain; a yes is no promise.
 */
export async function mayKeep(vectors: Float32Array, { dims, rows }: Shape, subspaces: number, error: number, pause: Pause): Promise<boolean> {
  const apart = 2 * error * (1 + 2 ** -40);
  for (const { begin, width } of stretchesOf(dims, subspaces)) {
    const strangers: number[] = [];
    for (let row = 0; row < Math.min(rows, PROBE_ROWS_MAX); row++) {
      const from = row * dims + begin;
      const known = strangers.some((other) => {
        for (let i = 0; i < width; i++) if (Math.abs(vectors[from + i]! - vectors[other + i]!) > apart) return false;
        return true;
      });
      if (!known) strangers.push(from);
      if (strangers.length > centroidsOf(rows)) return false;
      if (row % PROBE_ROWS_PER_TILE === 0) await pause();
    }
  }
  return true;
}
