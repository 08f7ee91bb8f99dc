/** What a running embedding kernel needs in a Node test: the real model and the real runtime from this tree. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { KernelContext, KernelResult } from '../../src/kernels/kernel.js';
import type { EmbeddingOutput } from '../../src/kernels/embedding/manifest.js';

const root = new URL('../../', import.meta.url);
export const MODELS = fileURLToPath(new URL('dist/models', root));
export const RUNTIME = new URL('node_modules/onnxruntime-web/dist/', root).href;

/** Runs the converter; does nothing when its output is up to date. */
export function buildModel(...args: string[]): string {
  return execFileSync(process.execPath, [fileURLToPath(new URL('scripts/build-model.mjs', root)), ...args], { encoding: 'utf8' });
}

export function contextWith(overrides: Partial<KernelContext> = {}): KernelContext {
  return {
    signal: new AbortController().signal,
    modelBase: MODELS,
    assetBase: RUNTIME,
    progress: () => undefined,
    breathe: () => Promise.resolve(),
    breatheSync: () => undefined,
    ...overrides,
  };
}

export function outputOf(result: KernelResult): EmbeddingOutput {
  return result.output as unknown as EmbeddingOutput;
}

export function sha256(data: Float32Array | Uint8Array): string {
  return createHash('sha256').update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).digest('hex');
}

export function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** What a thread with nothing loaded answers. Node 20 does not hand tsx's loader on to threads, so it registers it itself. */
export async function answerOfThread(entry: URL, workerData: unknown): Promise<unknown> {
  const script = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(entry.href)}); })`;
  const worker = new Worker(script, { eval: true, workerData });
  try {
    return await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
  } finally {
    await worker.terminate();
  }
}
