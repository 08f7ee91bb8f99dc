/** Product quantisation in plain loops: k-means on a sample of the rows, then the nearest centroid of every row. */

const CENTROIDS = 256;
/** As many as the kernel looks at and takes, so that both do the same work. */
const SAMPLE_ROWS = 2048;
const ROUNDS = 5;

export function plainProduct(vectors: Float32Array, dims: number, subspaces: number): { codes: Uint8Array; centroids: Float32Array[] } {
  const rows = vectors.length / dims;
  const width = dims / subspaces;
  const codes = new Uint8Array(rows * subspaces);
  const centroids: Float32Array[] = [];
  for (let s = 0; s < subspaces; s++) {
    const points = new Float32Array(rows * width);
    for (let row = 0; row < rows; row++) points.set(vectors.subarray(row * dims + s * width, row * dims + (s + 1) * width), row * width);
    const centres = learn(points.subarray(0, Math.min(rows, SAMPLE_ROWS) * width), width);
    for (let row = 0; row < rows; row++) codes[row * subspaces + s] = nearest(points, row * width, centres, width);
    centroids.push(centres);
  }
  return { codes, centroids };
}

function learn(points: Float32Array, width: number): Float32Array {
  const centres = points.slice(0, CENTROIDS * width);
  for (let round = 0; round < ROUNDS; round++) {
    const sums = new Float64Array(centres.length);
    const counts = new Uint32Array(CENTROIDS);
    for (let at = 0; at < points.length; at += width) {
      const c = nearest(points, at, centres, width);
      counts[c]!++;
      for (let i = 0; i < width; i++) sums[c * width + i]! += points[at + i]!;
    }
    for (let i = 0; i < centres.length; i++) if (counts[Math.floor(i / width)]! > 0) centres[i] = sums[i]! / counts[Math.floor(i / width)]!;
  }
  return centres;
}

function nearest(points: Float32Array, at: number, centres: Float32Array, width: number): number {
  let best = 0;
  let least = Infinity;
  for (let c = 0; c < CENTROIDS; c++) {
    let distance = 0;
    for (let i = 0; i < width; i++) {
      const difference = points[at + i]! - centres[c * width + i]!;
      distance += difference * difference;
    }
    if (distance < least) [best, least] = [c, distance];
  }
  return best;
}
