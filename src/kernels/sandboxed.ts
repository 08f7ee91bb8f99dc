/** The kernels that run strangers' code, for the sandbox's entry alone: it is one script, and can load nothing later. */
import { kernel } from './custom_wasm/kernel.js';
import { manifest } from './custom_wasm/manifest.js';
import type { Kernel, Manifest } from './kernel.js';

interface SandboxedKernel {
  manifest(): Promise<Manifest>;
  load(): Promise<Kernel>;
}

export const sandboxedKernels: ReadonlyMap<string, SandboxedKernel> = new Map([[manifest.kind, { manifest: async () => manifest, load: async () => kernel }]]);
