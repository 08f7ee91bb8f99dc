/**
 * k-means over one stretch of the components, the same on every machine: seeded, a fixed number of rounds, sums of
 * 64-bit floats in a fixed order.
 * Source: Lloyd, Least squares quantization in PCM, https://doi.org/10.1109/TIT.1982.1056489.
 */
import type { Pause } from './coder.js';
import { ROUNDS, SAMPLE_ROWS_MAX } from './schemes.js';

const SEED = 0x70716b6d;
/** Products (a difference, squared and added) between two breaths: about four milliseconds. */
const PRODUCTS_PER_TILE = 3_000_000;

/** `width` numbers a point, widened to 64 bits. */
export interface Points {
  readonly data: Float64Array;
  readonly width: number;
}

export interface Nearest {
  /** Position of each point's centroid, the first of equals. */
  readonly centroids: Uint8Array;
  /** Squared distance to it. */
  readonly distances: Float64Array;
}

export function pointsPerTile(width: number, centroidCount: number): number {
  return Math.max(1, Math.floor(PRODUCTS_PER_TILE / (width * centroidCount)));
}

/** Uniform 32-bit integers; mulberry32, of integer arithmetic alone. */
function integers(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return (t ^ (t >>> 14)) >>> 0;
  };
}

/** Rows to learn from, in random order, none twice; the first of them are the first centroids. */
export function sampleRows(rows: number): Uint32Array {
  const next = integers(SEED);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const count = Math.min(rows, SAMPLE_ROWS_MAX);
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor((next() * (rows - i)) / 2 ** 32);
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order.slice(0, count);
}

/** Finds the nearest centroid of the points from `begin` to before `end`. Squares are added by fours, pairs first. */
export function findNearest(points: Points, begin: number, end: number, centroids: Points, found: Nearest): void {
  const { width } = points;
  const p = points.data;
  const c = centroids.data;
  const fours = width - (width % 4);
  for (let point = begin; point < end; point++) {
    const at = point * width;
    let nearest = 0;
    let least = Infinity;
    for (let from = 0, centroid = 0; from < c.length; from += width, centroid++) {
      let distance = 0;
      for (let i = 0; i < fours; i += 4) {
        const d0 = p[at + i]! - c[from + i]!;
        const d1 = p[at + i + 1]! - c[from + i + 1]!;
        const d2 = p[at + i + 2]! - c[from + i + 2]!;
        const d3 = p[at + i + 3]! - c[from + i + 3]!;
        distance += d0 * d0 + d1 * d1 + (d2 * d2 + d3 * d3);
      }
      for (let i = fours; i < width; i++) {
        const difference = p[at + i]! - c[from + i]!;
        distance += difference * difference;
      }
      if (distance < least) {
        least = distance;
        nearest = centroid;
      }
    }
    found.centroids[point] = nearest;
    found.distances[point] = least;
  }
}

/** Learns so many centroids, each rounded to 32 bits; the first points are where they start. */
export async function learnCentroids(points: Points, count: number, pause: Pause): Promise<Float64Array> {
  const { data, width } = points;
  const pointCount = data.length / width;
  const centroids = { data: data.slice(0, count * width), width };
  const found: Nearest = { centroids: new Uint8Array(pointCount), distances: new Float64Array(pointCount) };
  const tile = pointsPerTile(width, count);
  for (let round = 0; round < ROUNDS; round++) {
    for (let begin = 0; begin < pointCount; begin += tile) {
      findNearest(points, begin, Math.min(begin + tile, pointCount), centroids, found);
      await pause();
    }
    moveToMeans(centroids.data, points, found);
  }
  return centroids.data;
}

function moveToMeans(centroids: Float64Array, { data, width }: Points, found: Nearest): void {
  const counts = new Uint32Array(centroids.length / width);
  const sums = new Float64Array(centroids.length);
  found.centroids.forEach((centroid, point) => {
    counts[centroid]! += 1;
    for (let i = 0; i < width; i++) sums[centroid * width + i]! += data[point * width + i]!;
  });
  // A centroid that nothing is near goes to the point that is farthest from its own; what is met exactly needs none.
  const strays = (counts.includes(0) ? farthestFirst(found.distances) : []).values();
  counts.forEach((count, centroid) => {
    const at = centroid * width;
    if (count > 0) {
      for (let i = 0; i < width; i++) centroids[at + i] = Math.fround(sums[at + i]! / count);
      return;
    }
    const stray = strays.next().value;
    if (stray !== undefined) centroids.set(data.subarray(stray * width, (stray + 1) * width), at);
  });
}

/** Of points equally far only the first, since they are likely to be one point many times. */
function farthestFirst(distances: Float64Array): number[] {
  const strays = Array.from(distances.keys()).filter((point) => distances[point]! > 0);
  strays.sort((a, b) => distances[b]! - distances[a]! || a - b);
  return strays.filter((point, i) => i === 0 || distances[point] !== distances[strays[i - 1]!]);
}
