/**
 * Where this copy of the package lies: workers, WASM and models are found relative to it.
 *
 * It has to be read at first evaluation: `document.currentScript` is gone a moment later. A page that serves
 * the files from elsewhere sets `EDGE_NET_BASE` before the script, or `base` on the node.
 */
declare global {
  var EDGE_NET_BASE: string | undefined;
}

const script = globalThis.document?.currentScript as HTMLScriptElement | null | undefined;

/** Absolute and ending in a slash. */
export const BASE = globalThis.EDGE_NET_BASE ? folder(globalThis.EDGE_NET_BASE) : new URL('./', script?.src || import.meta.url).href;

/** @throws TypeError when `path` is no URL */
export function folder(path: string): string {
  return new URL(path.endsWith('/') ? path : `${path}/`, globalThis.document?.baseURI ?? import.meta.url).href;
}
