/**
 * The schemes and their sizes: how many bytes each takes is known before anything is encoded.
 *
 * | scheme | what is kept of a row | a component is off by at most |
 * |---|---|---|
 * | none | its 32-bit floats | 0 |
 * | f16 | IEEE 754 halves, for magnitudes below 65,520 | abs(x) * 2^-11, or 2^-25 below 2^-14 |
 * | int8 | a step and a signed byte a component | step / 2, step = max abs(x) / 127 |
 * | int4 | the same for each block of 32, in -7 to 7 | step / 2, step = max abs(x) / 7 of the block |
 * | binary | signs, and one magnitude for all rows | (max abs(x) - min abs(x)) / 2 |
 * | pq | one of 256 centroids for each stretch of components | what is measured |
 */
export const VECTOR_SCHEMES = ['none', 'f16', 'int8', 'int4', 'binary', 'pq'] as const;
export const BYTES_SCHEMES = ['store', 'deflate'] as const;

export type VectorScheme = (typeof VECTOR_SCHEMES)[number];
export type BytesScheme = (typeof BYTES_SCHEMES)[number];

export interface Shape {
  /** Components a row. */
  readonly dims: number;
  readonly rows: number;
}

/** A scheme with its parameter. */
export interface Plan {
  readonly scheme: VectorScheme;
  /** Stretches that `pq` cuts a row into; 0 for the others. */
  readonly subspaces: number;
}

export const HEADER_BYTES = 24;
export const FLOAT_BYTES = Float32Array.BYTES_PER_ELEMENT;

/** From here on a half rounds to infinity: no scheme that overflows can be asked for or chosen. */
export const HALF_OVERFLOW = 65_520;
export const INT4_BLOCK = 32;
export const CENTROIDS_MAX = 256;
export const SUBSPACES_MAX = 65_535;
/** Rows that `pq` learns its centroids from, and how often it goes over them. */
export const SAMPLE_ROWS_MAX = 2048;
export const ROUNDS = 5;
/** What `pq` keeps in one byte where the caller does not say: 32 bytes of floats. */
const SUBSPACE_DIMS_DEFAULT = 8;
const SUBSPACE_DIMS_ADAPTIVE = [4, 8, 16];

export function inputBytes({ dims, rows }: Shape): number {
  return dims * rows * FLOAT_BYTES;
}

export function centroidsOf(rows: number): number {
  return Math.min(CENTROIDS_MAX, rows);
}

export function subspacesDefault(dims: number): number {
  return subspacesOf(dims, SUBSPACE_DIMS_DEFAULT);
}

function subspacesOf(dims: number, width: number): number {
  return Math.min(SUBSPACES_MAX, Math.ceil(dims / width));
}

const ROW_BYTES: Readonly<Record<Exclude<VectorScheme, 'pq'>, (dims: number) => number>> = {
  none: (dims) => dims * FLOAT_BYTES,
  f16: (dims) => dims * 2,
  int8: (dims) => FLOAT_BYTES + dims,
  int4: (dims) => Math.ceil(dims / INT4_BLOCK) * FLOAT_BYTES + Math.ceil(dims / 2),
  binary: (dims) => Math.ceil(dims / 8),
};

/** Bytes after the header. */
export function bodyBytes({ scheme, subspaces }: Plan, { dims, rows }: Shape): number {
  if (scheme === 'pq') return centroidsOf(rows) * dims * FLOAT_BYTES + rows * subspaces;
  return rows * ROW_BYTES[scheme](dims) + (scheme === 'binary' ? FLOAT_BYTES : 0);
}

export function encodedBytes(plan: Plan, shape: Shape): number {
  return HEADER_BYTES + bodyBytes(plan, shape);
}

/** Bytes of 32-bit floats for one encoded byte. */
export function ratioOf(plan: Plan, shape: Shape): number {
  return inputBytes(shape) / encodedBytes(plan, shape);
}

/**
 * What an adaptive run chooses from: every scheme that takes fewer bytes than `none`, and `none`, which keeps any
 * bound. Cheap ones first.
 * @param subspaces the only ones to try for `pq`; several kinds without it
 * @param fitsHalf whether f16 can hold every number
 */
export function adaptivePlans(shape: Shape, subspaces: number | undefined, fitsHalf: boolean): Plan[] {
  const plain = VECTOR_SCHEMES.filter((scheme) => scheme !== 'pq' && (scheme !== 'f16' || fitsHalf)).map((scheme) => ({ scheme, subspaces: 0 }));
  const cuts = subspaces === undefined ? SUBSPACE_DIMS_ADAPTIVE.map((width) => subspacesOf(shape.dims, width)) : [subspaces];
  const products = [...new Set(cuts)].map((cut) => ({ scheme: 'pq', subspaces: cut }) as const);
  const [none, ...others] = [...plain, ...products];
  return [none!, ...others.filter((plan) => encodedBytes(plan, shape) < encodedBytes(none!, shape))];
}
