/** The plain version of product quantisation: `clusters.ts` and `product.ts`, by their definitions. */
import { sampleRows } from './clusters.js';
import { centroidsOf, ROUNDS, type Shape } from './schemes.js';
import type { Rows } from './reference.js';

/** Pairs of a group of four first, then group after group, then what is left over. */
function squaredDistance(a: readonly number[], b: readonly number[]): number {
  const squares = a.map((value, i) => (value - b[i]!) * (value - b[i]!));
  let sum = 0;
  while (squares.length >= 4) {
    const [s0, s1, s2, s3] = squares.splice(0, 4) as [number, number, number, number];
    sum += s0 + s1 + (s2 + s3);
  }
  return squares.reduce((total, square) => total + square, sum);
}

function nearest(point: readonly number[], centroids: Rows): { centroid: number; distance: number } {
  const distances = centroids.map((centroid) => squaredDistance(point, centroid));
  const distance = distances.reduce((least, other) => Math.min(least, other));
  return { centroid: distances.indexOf(distance), distance };
}

function mean(points: Rows): number[] {
  return points[0]!.map((_, i) => Math.fround(points.reduce((sum, point) => sum + point[i]!, 0) / points.length));
}

function learn(points: Rows, count: number): Rows {
  let centroids = points.slice(0, count);
  for (let round = 0; round < ROUNDS; round++) {
    const found = points.map((point) => nearest(point, centroids));
    const strays = [...new Set(found.map(({ distance }) => distance))]
      .filter((distance) => distance > 0)
      .sort((a, b) => b - a)
      .map((distance) => found.findIndex((other) => other.distance === distance));
    centroids = centroids.map((old, centroid) => {
      const members = points.filter((_, i) => found[i]!.centroid === centroid);
      if (members.length > 0) return mean(members);
      const stray = strays.shift();
      return stray === undefined ? old : points[stray]!;
    });
  }
  return centroids;
}

export function referenceProduct(rows: Rows, { dims }: Shape, subspaces: number): { body: Uint8Array; vectors: Rows } {
  const count = centroidsOf(rows.length);
  const sample = [...sampleRows(rows.length)];
  const body = new Uint8Array(4 * count * dims + rows.length * subspaces);
  const view = new DataView(body.buffer);
  const vectors: number[][] = rows.map(() => []);
  for (let s = 0; s < subspaces; s++) {
    const [begin, end] = [Math.floor((s * dims) / subspaces), Math.floor(((s + 1) * dims) / subspaces)];
    const centroids = learn(sample.map((row) => rows[row]!.slice(begin, end)), count);
    centroids.flat().forEach((value, i) => view.setFloat32(4 * (count * begin + i), value, true));
    rows.forEach((row, i) => {
      const { centroid } = nearest(row.slice(begin, end), centroids);
      view.setUint8(4 * count * dims + i * subspaces + s, centroid);
      vectors[i]!.push(...centroids[centroid]!);
    });
  }
  return { body, vectors };
}
