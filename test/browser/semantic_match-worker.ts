/** A page's compute worker that matches as often as it is asked to, and answers with the hash of the encoded output. */
import { encode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/semantic_match/kernel.js';

interface Request {
  readonly payload: Value;
  readonly modelBase: string;
  readonly assetBase: string;
}

async function hashOf({ payload, modelBase, assetBase }: Request): Promise<string> {
  const context = { signal: new AbortController().signal, modelBase, assetBase, progress: () => undefined, breathe: () => Promise.resolve(), breatheSync: () => undefined };
  const { output } = await kernel.run(payload, context);
  const digest = await crypto.subtle.digest('SHA-256', encode(output).slice());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  hashOf(data).then((hash) => postMessage({ hash }), (error: Error) => postMessage({ message: error.message }));
});
postMessage('ready');
