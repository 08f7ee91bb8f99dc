/** The task kinds this build knows, without their kernels: light enough for the engine and the page. */
import { manifest as embedding } from './embedding/manifest.js';
import type { Manifest } from './kernel.js';
import { manifest as vectorSearch } from './vector_search/manifest.js';

/** By kind as in API.md. */
export const manifests: ReadonlyMap<string, Manifest> = new Map([embedding, vectorSearch].map((manifest) => [manifest.kind, manifest]));

/** The original design's names for groups of kinds, still accepted in `tasks`. */
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['vectors', ['vector_search']],
  ['embeddings', ['embedding']],
]);

/** Kinds that a name in `tasks` stands for: one, a group's, or none where this build has no such kind. */
export function kindsNamed(name: string): readonly string[] {
  return manifests.has(name) ? [name] : (GROUPS.get(name) ?? []);
}
