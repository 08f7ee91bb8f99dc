/** Vectors to one container and back, a tile of rows at a time; and the choice among schemes. */
import { binaryCoder } from './binary.js';
import type { CoderFactory } from './coder.js';
import { damaged, writeHeader, type VectorsHeader } from './container.js';
import { floatCoder } from './float.js';
import { halfCoder } from './half.js';
import { mayKeep, productCoder } from './product.js';
import { encodedBytes, HEADER_BYTES, ratioOf, type Plan, type Shape, type VectorScheme } from './schemes.js';
import { int4Coder, int8Coder } from './steps.js';

const CODERS: Readonly<Record<VectorScheme, CoderFactory>> = { none: floatCoder, f16: halfCoder, int8: int8Coder, int4: int4Coder, binary: binaryCoder, pq: productCoder };

/** Components between two breaths: a few milliseconds. */
const COMPONENTS_PER_TILE = 100_000;
const PRODUCT_COMPONENTS_PER_TILE = 12_000;

export interface Quantised {
  readonly plan: Plan;
  /** Header and body. */
  readonly data: Uint8Array;
  /** Largest absolute error of a component. */
  readonly maxError: number;
}

interface Input extends Shape {
  readonly vectors: Float32Array;
}

/** What the kernel is told on the way. */
export interface Watch {
  /** Awaited between tiles, with the rows that are done. */
  done(rows: number): Promise<void>;
  /** The vectors are about to be encoded by it. */
  tried(plan: Plan): void;
}

function rowsPerTile(scheme: VectorScheme, dims: number): number {
  return Math.max(1, Math.floor((scheme === 'pq' ? PRODUCT_COMPONENTS_PER_TILE : COMPONENTS_PER_TILE) / dims));
}

function largestError(vectors: Float32Array, decoded: Float32Array, begin: number, end: number): number {
  let error = 0;
  for (let i = begin; i < end; i++) {
    const off = Math.abs(vectors[i]! - decoded[i]!);
    if (off > error) error = off;
  }
  return error;
}

/**
 * Encodes by `plan`. The error is measured on what is read back.
 * @returns nothing as soon as the error is above `errorMax`
 */
async function quantiseWithin(plan: Plan, input: Input, errorMax: number, watch: Watch): Promise<Quantised | undefined> {
  const { vectors, dims, rows } = input;
  const learning = (): Promise<void> => watch.done(0);
  if (plan.scheme === 'pq' && errorMax < Infinity && !(await mayKeep(vectors, input, plan.subspaces, errorMax, learning))) return undefined;

  watch.tried(plan);
  const data = new Uint8Array(encodedBytes(plan, input));
  const coder = CODERS[plan.scheme](data.subarray(HEADER_BYTES), input, plan.subspaces);
  await coder.prepare?.(vectors, learning);
  const decoded = new Float32Array(vectors.length);
  const tile = rowsPerTile(plan.scheme, dims);
  let maxError = 0;
  for (let begin = 0; begin < rows; begin += tile) {
    const end = Math.min(begin + tile, rows);
    coder.encode(vectors, begin, end);
    coder.decode(decoded, begin, end);
    maxError = Math.max(maxError, largestError(vectors, decoded, begin * dims, end * dims));
    if (maxError > errorMax) return undefined;
    await watch.done(end);
  }
  writeHeader(data, { ...plan, dims, rows, maxError });
  return { plan, data, maxError };
}

export async function quantise(plan: Plan, input: Input, watch: Watch): Promise<Quantised> {
  return (await quantiseWithin(plan, input, Infinity, watch))!;
}

/**
 * The smallest within `maxError`.
 * @param plans `none` among them, so there is one
 */
export async function smallestWithin(maxError: number, plans: readonly Plan[], input: Input, watch: Watch): Promise<Quantised> {
  const smallestFirst = plans.toSorted((a, b) => encodedBytes(a, input) - encodedBytes(b, input));
  for (const plan of smallestFirst) {
    const quantised = await quantiseWithin(plan, input, maxError, watch);
    if (quantised !== undefined) return quantised;
  }
  throw new Error('No scheme keeps the error, not even none.');
}

/**
 * The most exact of those that are at least `minRatio` times smaller; of equally exact ones the smallest.
 * @param plans with one that is, cheap ones first
 */
export async function mostExactOf(minRatio: number, plans: readonly Plan[], input: Input, watch: Watch): Promise<Quantised> {
  let best: Quantised | undefined;
  for (const plan of plans.filter((each) => ratioOf(each, input) >= minRatio)) {
    const next = await quantiseWithin(plan, input, best?.maxError ?? Infinity, watch);
    if (next !== undefined && (best === undefined || next.maxError < best.maxError || next.data.length < best.data.length)) best = next;
  }
  if (best === undefined) throw new Error('No scheme reaches the ratio, which the manifest checks.');
  return best;
}

/**
 * @param data a container whose header has been read
 * @throws KernelError `bad-input` for a body that no encoder writes
 */
export async function restore(data: Uint8Array, { scheme, subspaces, dims, rows }: VectorsHeader, done: Watch['done']): Promise<Float32Array> {
  // A copy, since the bytes may lie anywhere in a buffer of somebody's, and floats must not.
  const body = new Uint8Array(data).subarray(HEADER_BYTES);
  const coder = CODERS[scheme](body, { dims, rows }, subspaces);
  const vectors = new Float32Array(rows * dims);
  const tile = rowsPerTile(scheme, dims);
  for (let begin = 0; begin < rows; begin += tile) {
    const end = Math.min(begin + tile, rows);
    coder.decode(vectors, begin, end);
    if (!vectors.subarray(begin * dims, end * dims).every(Number.isFinite)) throw damaged('it holds a number that is not finite');
    await done(end);
  }
  return vectors;
}
