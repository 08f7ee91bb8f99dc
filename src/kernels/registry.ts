/** The kernels themselves, each loaded when its first job comes. Only the two compute entries import this. */
import type { Kernel, Manifest } from './kernel.js';
import { manifests } from './manifests.js';

const LOADERS: Readonly<Record<string, () => Promise<{ readonly kernel: Kernel }>>> = {
  embedding: () => import('./embedding/kernel.js'),
  vector_search: () => import('./vector_search/kernel.js'),
};

export const kernels: ReadonlyMap<string, { readonly manifest: Manifest; load(): Promise<Kernel> }> = new Map(
  Object.entries(LOADERS).map(([kind, importKernel]) => {
    let loaded: Kernel | undefined;
    return [kind, { manifest: manifests.get(kind)!, load: async () => (loaded ??= (await importKernel()).kernel) }];
  }),
);
