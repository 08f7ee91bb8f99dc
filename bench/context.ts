/** What a kernel needs around it in a benchmark: nothing limits it, and nobody listens. */
import type { KernelContext } from '../src/kernels/kernel.js';

/** @param kind where the kernel's module lies, if it has one */
export function contextOf(kind: string, overrides: Partial<KernelContext> = {}): KernelContext {
  return {
    signal: new AbortController().signal,
    modelBase: undefined,
    assetBase: new URL(`../src/kernels/${kind}/`, import.meta.url).href,
    progress: () => {},
    breathe: () => Promise.resolve(),
    breatheSync: () => {},
    ...overrides,
  };
}
