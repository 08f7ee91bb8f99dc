/** The kernels themselves, each loaded when its first job comes, but those for a sandbox (`sandboxed.ts`). Only the compute entries import this. */
import type { Kernel, Manifest } from './kernel.js';
import { loadManifest } from './manifests.js';

const LOADERS: Readonly<Record<string, () => Promise<{ readonly kernel: Kernel }>>> = {
  compression: () => import('./compression/kernel.js'),
  embedding: () => import('./embedding/kernel.js'),
  vector_search: () => import('./vector_search/kernel.js'),
  encryption: () => import('./encryption/kernel.js'),
  neural_inference: () => import('./neural_inference/kernel.js'),
  semantic_match: () => import('./semantic_match/kernel.js'),
  vector_insert: () => import('./vector_insert/kernel.js'),
};

export interface RegisteredKernel {
  manifest(): Promise<Manifest>;
  load(): Promise<Kernel>;
}

export const kernels: ReadonlyMap<string, RegisteredKernel> = new Map(
  Object.entries(LOADERS).map(([kind, loadKernel]) => {
    let kernel: Kernel | undefined;
    return [kind, { manifest: () => loadManifest(kind)!, load: async () => (kernel ??= (await loadKernel()).kernel) }];
  }),
);
