/**
 * The compiled half of this kernel, `vector_search.wasm`: a module without imports that holds the scan of
 * native/scan.cpp and the HNSW index of native/index.cpp. One instance serves one run: what a run leaves in
 * its memory can neither slow nor sway the next.
 */
import { instantiateAsset } from '../wasm.js';

export { hasSimd } from '../wasm.js';

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

/** @param assetBase URL of the folder with the .wasm file, ending in a slash; in Node a `file:` URL */
export async function instantiate(assetBase: string): Promise<Native> {
  const exports = await instantiateAsset('vector_search.wasm', assetBase);
  (exports['__wasm_call_ctors'] as () => void)();
  return exports as unknown as Native;
}

/** Copies a typed array into the instance's memory and returns its address. */
export function place(native: Native, values: Float32Array | Uint8Array): number {
  const address = native.allocate(values.byteLength);
  if (address === 0) throw new Error('The vector search module ran out of memory.');
  new Uint8Array(native.memory.buffer, address).set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  return address;
}
