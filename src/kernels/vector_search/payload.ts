/** The fields of a `vector_search` payload, one reader each: plain or typed in, typed and checked out. */
import { bad, checkFields } from '../fields.js';
import { METRIC_CODES, type Metric } from './scan.js';

/** `queries` is `query` in a payload that has been normalised before. */
const FIELDS = new Set(['query', 'queries', 'k', 'vectors', 'index', 'ids', 'metric', 'dims', 'efSearch', 'shard', 'collection']);

/** Keeps sums of squares of 4,096 differences within the range of a 32-bit float. */
const MAGNITUDE_MAX = 1e15;

export function checkRecord(payload: unknown): Record<string, unknown> {
  return checkFields(payload, 'vector_search', '{query, k, vectors or index}', FIELDS);
}

export function readMetric(value: unknown): Metric | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !Object.hasOwn(METRIC_CODES, value)) throw bad(`\`metric\` must be one of ${Object.keys(METRIC_CODES).join(', ')}.`);
  return value as Metric;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float32Array || value instanceof Float64Array;
}

/**
 * One vector (`number[]`), several (`number[][]`), or a typed array of as many as `dims` makes of it.
 * @param dims if it is known already; without it a typed array is one vector
 */
export function readRows(value: unknown, name: string, dims?: number): { data: Float32Array; dims: number } {
  if (!isList(value) || value.length === 0) throw bad(`\`${name}\` must be a non-empty array of numbers, or of such arrays.`);
  const nested = Array.isArray(value) && isList(value[0]);
  const wide = dims ?? (nested ? (value[0] as ArrayLike<unknown>).length : value.length);
  if (wide < 1 || wide > 4096) throw bad(`\`${name}\`: vectors must have 1 to 4096 dimensions.`);
  if (Array.isArray(value) && !nested && value.length !== wide) throw bad(`\`${name}\` has ${value.length} numbers, but \`dims\` is ${wide}.`);
  if (value.length % wide !== 0 && !nested) throw bad(`\`${name}\` has ${value.length} numbers, which is no multiple of ${wide} dimensions.`);

  const data = nested ? flatten(value, name, wide) : toFloats(value, name);
  return { data, dims: wide };
}

/** `number[][]`, or a typed array with `dims` numbers a vector. */
export function readVectors(value: unknown, dims: number): Float32Array {
  if (Array.isArray(value) && value.length > 0 && !isList(value[0])) throw bad('`vectors` must be an array of arrays of numbers, or a Float32Array.');
  return readRows(value, 'vectors', dims).data;
}

function flatten(rows: readonly unknown[], name: string, dims: number): Float32Array {
  const data = new Float32Array(rows.length * dims);
  for (const [i, row] of rows.entries()) {
    if (!isList(row) || row.length !== dims) throw bad(`\`${name}[${i}]\` must be an array of ${dims} numbers.`);
    data.set(toFloats(row, `${name}[${i}]`), i * dims);
  }
  return data;
}

function toFloats(values: ArrayLike<unknown>, name: string): Float32Array {
  const floats = values instanceof Float32Array ? values : new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    // NaN fails the comparison too.
    if (typeof value !== 'number' || !(Math.abs(value) <= MAGNITUDE_MAX)) throw bad(`\`${name}[${i}]\` must be a finite number of at most ${MAGNITUDE_MAX} in magnitude.`);
    if (floats !== values) floats[i] = value;
  }
  return floats;
}

export function readIds(value: unknown, count: number): Float64Array {
  if (!Array.isArray(value) && !(value instanceof Float64Array) && !(value instanceof Uint32Array)) throw bad('`ids` must be an array of numbers.');
  if (value.length !== count) throw bad(`\`ids\` has ${value.length} entries for ${count} vectors.`);
  const ids = new Float64Array(count);
  for (let i = 0; i < count; i++) {
    const id: unknown = value[i];
    if (!Number.isSafeInteger(id) || (id as number) < 0) throw bad(`\`ids[${i}]\` must be a non-negative integer below 2^53.`);
    // Adding zero turns -0 into 0: one id, one encoding.
    ids[i] = (id as number) + 0;
  }
  return ids;
}
