/** What the kernel gives, and what the caller sees of it. */
import { KernelError, type Value } from '../kernel.js';
import { BYTES_SCHEMES, VECTOR_SCHEMES, type BytesScheme, type VectorScheme } from './schemes.js';

interface Measured {
  /** Bytes that were compressed, of vectors as 32-bit floats, for one byte of the compressed form. */
  readonly ratio: number;
  /** Largest absolute error of a component, measured when it was compressed; 0 for plain bytes. */
  readonly maxError: number;
}

/** Of `compress`: the self-describing bytes. Of `decompress`: the plain bytes. */
export interface BytesOutput extends Measured {
  readonly scheme: VectorScheme | BytesScheme;
  readonly data: Uint8Array;
  /** Of `pq` only. */
  readonly subspaces?: number;
}

/** Of `decompress`. */
export interface VectorsOutput extends Measured {
  readonly scheme: VectorScheme;
  /** Row-major, `dims` numbers a row. */
  readonly vectors: Float32Array;
  readonly dims: number;
  readonly subspaces?: number;
}

export type CompressionOutput = BytesOutput | VectorsOutput;

const SCHEMES: readonly unknown[] = [...VECTOR_SCHEMES, ...BYTES_SCHEMES];

/** @throws KernelError `kernel-failed` for an output that no kernel of this kind gives */
export function present(output: Value): Record<string, unknown> {
  const { scheme, ratio, maxError, data, vectors, dims, subspaces } = (output ?? {}) as Partial<BytesOutput & VectorsOutput>;
  if (!SCHEMES.includes(scheme) || typeof ratio !== 'number' || typeof maxError !== 'number') throw malformed();
  const measured = { scheme, ...(typeof subspaces === 'number' ? { subspaces } : {}), ratio, maxError };
  if (data instanceof Uint8Array) return { ...measured, data };
  if (!(vectors instanceof Float32Array) || typeof dims !== 'number' || !Number.isInteger(dims) || dims < 1 || vectors.length % dims !== 0) throw malformed();
  return { ...measured, dims, vectors: Array.from({ length: vectors.length / dims }, (_, row) => Array.from(vectors.subarray(row * dims, (row + 1) * dims))) };
}

function malformed(): KernelError {
  return new KernelError('kernel-failed', 'The result of the compression is malformed.');
}
