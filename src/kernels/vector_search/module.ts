/**
 * The compiled half of this kernel, `vector_search.wasm`: a module without imports that holds the scan of
 * native/scan.cpp and the HNSW index of native/index.cpp. One instance serves one run: what a run leaves in
 * its memory can neither slow nor sway the next.
 */

/** Addresses and lengths are bytes in `memory`; a grown memory detaches views, so take them anew after a call. */
export interface Native {
  readonly memory: WebAssembly.Memory;
  allocate(bytes: number): number;
  release(address: number): void;

  scan_begin(metric: number, dims: number, k: number, queries: number, queryCount: number, rows: number, rowCount: number): number;
  scan(queryBegin: number, queryEnd: number, rowBegin: number, rowEnd: number): void;
  scan_matches(): number;
  scan_counts(): number;

  index_failure(): number;
  index_size(): number;
  index_create(dims: number, metric: number, scalar: number, connectivity: number, expansionAdd: number, expansionSearch: number): number;
  index_reserve(vectors: number): number;
  index_add(key: number, vector: number): number;
  index_search(query: number, k: number, keys: number, distances: number): number;
  index_remove(key: number): number;
  index_expansion(add: number, search: number): void;
  index_save_bytes(): number;
  index_save(address: number): number;
  index_survey(rows: number, count: number, dims: number, scalar: number): number;
  index_load(address: number, bytes: number, units: number): number;
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
    module = read(new URL('vector_search.wasm', assetBase)).then((bytes) => WebAssembly.compile(bytes));
    modules.set(assetBase, module);
    module.catch(() => modules.delete(assetBase));
  }
  const { exports } = await WebAssembly.instantiate(await module);
  (exports['__wasm_call_ctors'] as () => void)();
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

/** Copies a typed array into the instance's memory and returns its address. */
export function place(native: Native, values: Float32Array | Uint8Array): number {
  const address = native.allocate(values.byteLength);
  if (address === 0) throw new Error('The vector search module ran out of memory.');
  new Uint8Array(native.memory.buffer, address).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return address;
}
