/**
 * The task kinds this build knows, with what the engine must know of all of them at once. Everything else about a kind is
 * in its manifest, which is loaded when the first task of the kind comes.
 */

export interface CatalogueEntry {
  /** As in the kind's manifest; a test compares them. */
  readonly version: number;
  readonly memoryBytesMax: number;
  /** Runs strangers' code: only where there is a sandbox. */
  readonly sandboxed?: true;
}

const MEBIBYTE = 2 ** 20;

/** By kind as in API.md. */
export const catalogue: ReadonlyMap<string, CatalogueEntry> = new Map<string, CatalogueEntry>([
  ['compression', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['embedding', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['vector_search', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['encryption', { version: 1, memoryBytesMax: 64 * MEBIBYTE }],
  ['neural_inference', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['semantic_match', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['vector_insert', { version: 1, memoryBytesMax: 256 * MEBIBYTE }],
  ['custom_wasm', { version: 1, memoryBytesMax: 256 * MEBIBYTE, sandboxed: true }],
]);

/** The original design's names for groups of kinds, still accepted in `tasks`. */
const GROUPS: ReadonlyMap<string, readonly string[]> = new Map([
  ['vectors', ['vector_search', 'vector_insert']],
  ['embeddings', ['embedding']],
  ['semantic', ['semantic_match']],
  ['neural', ['neural_inference']],
  ['wasm', ['custom_wasm']],
]);

/** Kinds that a name in `tasks` stands for: one, a group's, or none where this build has no such kind. */
export function kindsNamed(name: string): readonly string[] {
  return catalogue.has(name) ? [name] : (GROUPS.get(name) ?? []).filter((kind) => catalogue.has(kind));
}
