/** A page's compute worker that runs one guest after the other and answers with what the kernel gave. */
import { kernel } from '../../src/kernels/custom_wasm/kernel.js';
import { manifest, type CustomWasmOutput } from '../../src/kernels/custom_wasm/manifest.js';

const context = { signal: new AbortController().signal, modelBase: undefined, assetBase: '', progress: () => undefined, breathe: () => Promise.resolve(), breatheSync: () => undefined };

async function answer(payload: unknown): Promise<unknown> {
  const { output } = await kernel.run(manifest.normalise(payload), context);
  const { output: bytes, fuel } = output as unknown as CustomWasmOutput;
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes as BufferSource));
  return { fuel, output: Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') };
}

addEventListener('message', ({ data }: MessageEvent<unknown>) => {
  answer(data).then(
    (value) => postMessage(value),
    (error: Error & { code?: string }) => postMessage({ code: error.code, message: error.message }),
  );
});
postMessage('ready');
