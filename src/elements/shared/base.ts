/**
 * Where this copy of the package lies: workers, WASM and models are found relative to it.
 *
 * A page that serves the files from elsewhere sets `EDGE_NET_BASE` before the script, or `base` on the node.
 */
declare global {
  var EDGE_NET_BASE: string | undefined;
}

/** Absolute and ending in a slash. */
export const BASE = globalThis.EDGE_NET_BASE ? folder(globalThis.EDGE_NET_BASE) : new URL('./', import.meta.url).href;

/** @throws TypeError when `path` is no URL */
export function folder(path: string): string {
  return new URL(path.endsWith('/') ? path : `${path}/`, globalThis.document?.baseURI ?? import.meta.url).href;
}
