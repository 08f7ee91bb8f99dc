/** The fields of a `compression` payload, one reader each: plain, typed or base64 in, typed and checked out. */
import { bad, checkFields, readBytes as readAnyBytes, readCount, tooLarge } from '../fields.js';
import type { KernelError } from '../kernel.js';
import { FLOAT_BYTES, HALF_OVERFLOW } from './schemes.js';

/** Leaves room for a step that is rounded up: 127 steps are still a finite float. */
export const MAGNITUDE_MAX = 3e38;
const FIELDS = new Set(['op', 'vectors', 'dims', 'data', 'scheme', 'maxError', 'minRatio', 'subspaces']);

export function checkRecord(payload: unknown): Record<string, unknown> {
  return checkFields(payload, 'compression', '{op, vectors or data}', FIELDS);
}

/** A finite number of at least 0; adding zero turns -0 into 0, so that one value has one encoding. */
export function readMeasure(value: unknown, name: string): number {
  if (typeof value !== 'number' || !(value >= 0 && value < Infinity)) throw bad(`\`${name}\` must be a finite number of at least 0.`);
  return value + 0;
}

/** Refuses what is too long before it is decoded. */
export function readBytes(value: unknown, name: string, bytesMax: number): Uint8Array {
  const length = typeof value === 'string' ? Math.floor((value.length * 3) / 4) - 2 : value instanceof Uint8Array ? value.length : 0;
  if (length > bytesMax) throw tooLarge(`\`${name}\` has more than ${bytesMax} bytes; split the task.`);
  return readAnyBytes(value, name);
}

export interface Vectors {
  /** Row-major, `dims` numbers a row. */
  readonly vectors: Float32Array;
  readonly dims: number;
}

type Numbers = readonly unknown[] | Float32Array | Float64Array;

function isNumbers(value: unknown): value is Numbers {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}

/**
 * `number[][]`, or with `dims` a flat Float32Array or Float64Array, or base64 of little-endian 32-bit floats.
 * Numbers are rounded to 32 bits.
 */
export function readVectors(value: unknown, dimsGiven: unknown, bytesMax: number): Vectors {
  const numbersMax = bytesMax / FLOAT_BYTES;
  const dims = dimsGiven === undefined ? undefined : readCount(dimsGiven, 'dims', numbersMax);
  if (Array.isArray(value)) return readRows(value, dims, numbersMax);
  const flat = typeof value === 'string' ? readFloats(value, bytesMax) : value;
  if (!isNumbers(flat) || flat.length === 0) throw bad('`vectors` must be a non-empty array of arrays of numbers, or with `dims` a Float32Array or base64 of one.');
  if (dims === undefined) throw bad('`dims` is missing: say how many numbers of `vectors` make a row.');
  if (flat.length > numbersMax) throw tooLarge(`\`vectors\` has ${flat.length} numbers of at most ${numbersMax}; split the task.`);
  if (flat.length % dims !== 0) throw bad(`\`vectors\` has ${flat.length} numbers, which is no multiple of ${dims} dimensions.`);
  if (flat instanceof Float32Array) {
    checkNumbers(flat, 'vectors');
    return { vectors: flat, dims };
  }
  const vectors = new Float32Array(flat.length);
  copyNumbers(vectors, 0, flat, 'vectors');
  return { vectors, dims };
}

function readFloats(text: string, bytesMax: number): Float32Array {
  const bytes = readBytes(text, 'vectors', bytesMax);
  if (bytes.length % FLOAT_BYTES !== 0) throw bad('`vectors` has a number of bytes that is no multiple of 4.');
  return new Float32Array(bytes.buffer);
}

function readRows(rows: readonly unknown[], dimsGiven: number | undefined, numbersMax: number): Vectors {
  const [first] = rows;
  if (!isNumbers(first) || first.length === 0) throw bad('`vectors` must be a non-empty array of non-empty arrays of numbers.');
  const dims = dimsGiven ?? first.length;
  if (rows.length * dims > numbersMax) throw tooLarge(`\`vectors\` has ${rows.length * dims} numbers of at most ${numbersMax}; split the task.`);
  const vectors = new Float32Array(rows.length * dims);
  for (const [i, row] of rows.entries()) {
    if (!isNumbers(row) || row.length !== dims) throw bad(`\`vectors[${i}]\` must be an array of ${dims} numbers.`);
    copyNumbers(vectors, i * dims, row, `vectors[${i}]`);
  }
  return { vectors, dims };
}

function copyNumbers(into: Float32Array, at: number, numbers: Numbers, name: string): void {
  for (let i = 0; i < numbers.length; i++) {
    const value = numbers[i];
    if (typeof value !== 'number' || !inRange(value)) throw outOfRange(name, i);
    into[at + i] = value;
  }
}

function checkNumbers(floats: Float32Array, name: string): void {
  for (let i = 0; i < floats.length; i++) if (!inRange(floats[i]!)) throw outOfRange(name, i);
}

/** NaN fails the comparison too. */
function inRange(value: number): boolean {
  return Math.abs(value) <= MAGNITUDE_MAX;
}

function outOfRange(name: string, i: number): KernelError {
  return bad(`\`${name}[${i}]\` must be a finite number of at most ${MAGNITUDE_MAX} in magnitude.`);
}

export function fitsHalf(vectors: Float32Array): boolean {
  for (let i = 0; i < vectors.length; i++) if (Math.abs(vectors[i]!) >= HALF_OVERFLOW) return false;
  return true;
}
