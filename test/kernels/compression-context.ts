import { encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/compression/kernel.js';
import { manifest } from '../../src/kernels/compression/manifest.js';
import type { KernelContext, Value } from '../../src/kernels/kernel.js';

export interface Compressed {
  readonly scheme: string;
  readonly data: Uint8Array;
  readonly ratio: number;
  readonly maxError: number;
  readonly subspaces?: number;
}

export interface Restored extends Omit<Compressed, 'data'> {
  readonly vectors: number[][];
  readonly dims: number;
}

export function context(overrides: Partial<KernelContext> = {}): KernelContext {
  return { signal: new AbortController().signal, modelBase: undefined, assetBase: '', progress() {}, breathe: async () => {}, breatheSync() {}, ...overrides };
}

/** What a worker does with what a caller passed. */
export async function run(payload: unknown): Promise<Value> {
  return (await kernel.run(manifest.normalise(payload), context())).output;
}

export async function compress(payload: Record<string, unknown>): Promise<Compressed> {
  return manifest.present(await run({ op: 'compress', ...payload })) as unknown as Compressed;
}

export async function restore(data: unknown): Promise<Restored> {
  return manifest.present(await run({ op: 'decompress', data })) as unknown as Restored;
}

export async function unpack(data: unknown): Promise<Compressed> {
  return manifest.present(await run({ op: 'decompress', data })) as unknown as Compressed;
}

export async function encodedOutput(payload: unknown): Promise<Uint8Array> {
  return encode(await run(payload));
}
