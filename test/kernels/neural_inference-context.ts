import { readFile } from 'node:fs/promises';
import type { KernelContext, Value } from '../../src/kernels/kernel.js';
import { encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/neural_inference/kernel.js';
import { manifest, type NeuralInferenceOutput } from '../../src/kernels/neural_inference/manifest.js';

export const ASSET_BASE = new URL('../../src/kernels/neural_inference/', import.meta.url).href;

export function context(overrides: Partial<KernelContext> = {}): KernelContext {
  return { signal: new AbortController().signal, modelBase: undefined, assetBase: ASSET_BASE, progress() {}, breathe: async () => {}, breatheSync() {}, ...overrides };
}

/** What a worker does with what a caller passed. */
export async function run(payload: unknown): Promise<{ output: NeuralInferenceOutput; bytes: Uint8Array; presented: Record<string, unknown>; fuel: number }> {
  const { output, fuel } = await kernel.run(manifest.normalise(payload), context());
  return { output: output as unknown as NeuralInferenceOutput, bytes: encode(output as Value), presented: manifest.present(output), fuel };
}

/** A recorded case of test/vectors/neural_inference: what to submit, and bytes that have to come out. */
export interface OracleCase {
  readonly name: string;
  readonly payload: { readonly [field: string]: unknown; readonly samples: number };
  readonly spikeCounts: string;
  readonly membranes: string;
}

export async function oracleCases(file: 'numpy.json' | 'snntorch.json'): Promise<readonly OracleCase[]> {
  const text = await readFile(new URL(`../vectors/neural_inference/${file}`, import.meta.url), 'utf8');
  return (JSON.parse(text) as { cases: readonly OracleCase[] }).cases;
}
