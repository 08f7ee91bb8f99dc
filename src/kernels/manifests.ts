/** The manifest of each kind, without its kernel: light enough for the engine, and still loaded only when the kind is asked for. */
import type { Manifest } from './kernel.js';

type Loader = () => Promise<{ readonly manifest: Manifest }>;

const LOADERS: ReadonlyMap<string, Loader> = new Map<string, Loader>([
  ['compression', () => import('./compression/manifest.js')],
  ['embedding', () => import('./embedding/manifest.js')],
  ['vector_search', () => import('./vector_search/manifest.js')],
  ['encryption', () => import('./encryption/manifest.js')],
  ['neural_inference', () => import('./neural_inference/manifest.js')],
  ['semantic_match', () => import('./semantic_match/manifest.js')],
  ['vector_insert', () => import('./vector_insert/manifest.js')],
  ['custom_wasm', () => import('./custom_wasm/manifest.js')],
]);

const loaded = new Map<string, Promise<Manifest>>();

/** Undefined for a kind that this build does not know. */
export function loadManifest(kind: string): Promise<Manifest> | undefined {
  const load = LOADERS.get(kind);
  if (!load || loaded.has(kind)) return loaded.get(kind);
  const manifest = load().then((module) => module.manifest);
  loaded.set(kind, manifest);
  // The file may be there at the next try.
  manifest.catch(() => loaded.delete(kind));
  return manifest;
}
