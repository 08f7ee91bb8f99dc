/**
 * The compiled half of this kernel, `neural_inference.wasm`, built from native/network.cpp: a module without imports.
 * One instance serves one run: what a run leaves in its memory can neither slow nor sway the next.
 */

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

/** The smallest module with a SIMD instruction: `(func (result v128) i32.const 0 i8x16.splat)`. */
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11);

export const hasSimd = (): boolean => WebAssembly.validate(SIMD_PROBE);

const modules = new Map<string, Promise<WebAssembly.Module>>();

/**
 * A fresh instance. Compiled once a page or process; a failed load is forgotten, so the next run tries again.
 * @param assetBase URL of the folder with the .wasm file, ending in a slash; in Node a `file:` URL
 */
export async function instantiate(assetBase: string): Promise<Native> {
  let module = modules.get(assetBase);
  if (module === undefined) {
    module = read(new URL('neural_inference.wasm', assetBase)).then((bytes) => WebAssembly.compile(bytes));
    modules.set(assetBase, module);
    module.catch(() => modules.delete(assetBase));
  }
  const { exports } = await WebAssembly.instantiate(await module);
  return exports as unknown as Native;
}

async function read(url: URL): Promise<BufferSource> {
  if (url.protocol === 'file:') {
    // Named indirectly, so that a bundler for browsers does not look for it.
    const specifier = 'node:fs/promises';
    const { readFile } = (await import(specifier)) as typeof import('node:fs/promises');
    return new Uint8Array(await readFile(url));
  }
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url.href} answered ${response.status}.`);
  return response.arrayBuffer();
}
