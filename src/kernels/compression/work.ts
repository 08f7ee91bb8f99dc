/**
 * Fuel, a microsecond of reference work each, from sizes alone. The rates were measured on Node 20 and are
 * fixed: two workers report the same for the same input.
 */
import { centroidsOf, FLOAT_BYTES, inputBytes, ROUNDS, SAMPLE_ROWS_MAX, type BytesScheme, type Plan, type Shape, type VectorScheme } from './schemes.js';

/** Components a microsecond, encoded, decoded and compared. */
const CODED: Readonly<Record<Exclude<VectorScheme, 'pq'>, number>> = { none: 100, f16: 50, int8: 50, int4: 40, binary: 40 };
const DECODED = 60;
/** Squared differences a microsecond. */
const PRODUCTS = 550;
const DEFLATED = 8;
const STORED = 1000;
/** Bytes a microsecond: those read and those written. */
const INFLATED_FROM = 30;
const INFLATED_TO = 80;

export function codingFuel({ scheme }: Plan, shape: Shape): number {
  const { dims, rows } = shape;
  if (scheme !== 'pq') return (dims * rows) / CODED[scheme];
  const lookedAt = Math.min(rows, SAMPLE_ROWS_MAX) * ROUNDS + rows;
  return (lookedAt * dims * centroidsOf(rows)) / PRODUCTS;
}

export function decodingFuel(shape: Shape): number {
  return inputBytes(shape) / FLOAT_BYTES / DECODED;
}

export function deflatingFuel(scheme: BytesScheme, bytes: number): number {
  return bytes / (scheme === 'deflate' ? DEFLATED : STORED);
}

export function inflatingFuel(from: number, to: number): number {
  return from / INFLATED_FROM + to / INFLATED_TO;
}
