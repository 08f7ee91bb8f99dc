/** How the kernel drives a scheme: row by row, so that it can breathe between tiles of them. */
import type { Shape } from './schemes.js';

/** Bound to the body of one container, 4-byte aligned. Rows are those from `begin` to before `end`. */
export interface Coder {
  /** Where the scheme has something to learn of all vectors before the first is encoded. */
  prepare?(vectors: Float32Array, pause: Pause): Promise<void>;
  encode(vectors: Float32Array, begin: number, end: number): void;
  /** The body may come from a stranger: what is decoded may be no finite number, but nothing outside `vectors` is touched. */
  decode(vectors: Float32Array, begin: number, end: number): void;
}

export type CoderFactory = (body: Uint8Array, shape: Shape, subspaces: number) => Coder;

/** Awaited every few milliseconds of work. */
export type Pause = () => Promise<void>;

/** A part of the body as floats. */
export function floatsAt(body: Uint8Array, offset: number, length: number): Float32Array {
  return new Float32Array(body.buffer, body.byteOffset + offset, length);
}
