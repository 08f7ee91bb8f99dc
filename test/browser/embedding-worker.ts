/** A page's compute worker that embeds once and answers with the output's hash, or with the error's code. */
import { kernel } from '../../src/kernels/embedding/kernel.js';
import type { EmbeddingOutput } from '../../src/kernels/embedding/manifest.js';

interface Request {
  readonly texts: readonly string[];
  readonly modelBase: string;
  readonly assetBase: string;
}

async function hashOf({ texts, modelBase, assetBase }: Request): Promise<string> {
  const context = { signal: new AbortController().signal, modelBase, assetBase, progress: () => undefined, breathe: () => Promise.resolve(), breatheSync: () => undefined };
  const { output } = await kernel.run({ model: 'use-lite', texts }, context);
  const { data } = output as unknown as EmbeddingOutput;
  const digest = await crypto.subtle.digest('SHA-256', data.slice());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  hashOf(data).then(
    (hash) => postMessage({ hash }),
    (error: Error & { code?: string }) => postMessage({ code: error.code, message: error.message }),
  );
});
postMessage('ready');
