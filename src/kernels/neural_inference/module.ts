/**
 * The compiled half of this kernel, `neural_inference.wasm`, built from native/network.cpp: a module without imports.
 * One instance serves one run: what a run leaves in its memory can neither slow nor sway the next.
 */
import { instantiateAsset } from '../wasm.js';

export { hasSimd } from '../wasm.js';

/** Addresses and lengths are bytes in `memory`; a grown memory detaches views, so take them anew after a call. */
export interface Native {
  readonly memory: WebAssembly.Memory;
  /** Zeroed, never given back; 0 when memory has run out. The functions below that allocate then return 1, else 0. */
  allocate(bytes: number): number;
  network_begin(layers: number, stepsMax: number): number;
  network_add(inputs: number, neurons: number, weights: number, bias: number, beta: number, threshold: number, resetsToZero: number): number;
  network_ready(held: number): number;
  sample_begin(input: number): void;
  sample_advance(input: number, steps: number): void;
  spike_counts(): number;
  membranes(): number;
}

/** @param assetBase URL of the folder with the .wasm file, ending in a slash; in Node a `file:` URL */
export async function instantiate(assetBase: string): Promise<Native> {
  const exports = await instantiateAsset('neural_inference.wasm', assetBase);
  return exports as unknown as Native;
}
