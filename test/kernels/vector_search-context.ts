import type { KernelContext, Value } from '../../src/kernels/kernel.js';
import { encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/vector_search/kernel.js';
import { manifest, type VectorSearchOutput } from '../../src/kernels/vector_search/manifest.js';

export const ASSET_BASE = new URL('../../src/kernels/vector_search/', import.meta.url).href;

export function context(overrides: Partial<KernelContext> = {}): KernelContext {
  return { signal: new AbortController().signal, modelBase: undefined, assetBase: ASSET_BASE, progress() {}, breathe: async () => {}, breatheSync() {}, ...overrides };
}

/** What a worker does with what a caller passed. */
export async function run(payload: unknown): Promise<{ output: VectorSearchOutput; bytes: Uint8Array; matches: { id: number; score: number }[][]; fuel: number }> {
  const { output, fuel } = await kernel.run(manifest.normalise(payload), context());
  const { matches } = manifest.present(output) as { matches: { id: number; score: number }[][] };
  return { output: output as unknown as VectorSearchOutput, bytes: encode(output as Value), matches, fuel };
}
