/** How kernels come by their compiled halves: modules without imports that lie with the package's assets. */

/** The smallest module with a SIMD instruction: `(func (result v128) i32.const 0 i8x16.splat)`. */
const SIMD_PROBE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 8, 1, 6, 0, 65, 0, 253, 15, 11);

export const hasSimd = (): boolean => WebAssembly.validate(SIMD_PROBE);

const modules = new Map<string, Promise<WebAssembly.Module>>();

/**
 * A fresh instance of `<assetBase><file>`. Compiled once a page or process; a failed load is forgotten, so the next run tries again.
 * @param assetBase URL of the folder with the .wasm file, ending in a slash; in Node a `file:` URL
 */
export async function instantiateAsset(file: string, assetBase: string): Promise<WebAssembly.Exports> {
  const url = new URL(file, assetBase);
  let module = modules.get(url.href);
  if (module === undefined) {
    module = read(url).then((bytes) => WebAssembly.compile(bytes));
    modules.set(url.href, module);
    module.catch(() => modules.delete(url.href));
  }
  return (await WebAssembly.instantiate(await module)).exports;
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
