/**
 * Embeddings a second: our kernel against bare transformers.js, both on onnxruntime-web's wasm with one
 * thread, the same model and the same hundred sentences, in turns within one process.
 *
 *     node --import tsx bench/embedding.ts
 */
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { kernel } from '../src/kernels/embedding/kernel.js';
import { manifest } from '../src/kernels/embedding/manifest.js';
import { buildModel, contextWith, MODELS } from '../test/kernels/embedding-context.js';
import { PAIRS } from '../test/kernels/embedding-sentences.js';

const TEXTS = 100;
const ROUNDS = 7;

/** The library's own pipeline: one padded batch, its own pooling and normalisation. */
export async function barePipeline(): Promise<(texts: string[]) => Promise<unknown>> {
  // Imported here, after the kernel has put the wasm runtime under the symbol the library looks at.
  const { env, pipeline } = await import('@huggingface/transformers');
  env.customCache = {
    match: async (url) => {
      const path = url.startsWith(env.remoteHost) ? `${MODELS}/${url.slice(env.remoteHost.length)}` : '';
      return readFile(path).then((bytes) => new Response(new Uint8Array(bytes)), () => undefined);
    },
    put: () => Promise.resolve(),
  };
  const extract = await pipeline('feature-extraction', 'use-lite', {
    dtype: 'q8',
    device: 'auto',
    session_options: { executionProviders: ['wasm'] },
  });
  return (texts) => extract(texts, { pooling: 'cls', normalize: true });
}

async function perSecond(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (TEXTS / (performance.now() - start)) * 1000;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/** @returns embeddings a second of both (medians), their ratio, and the kernel's first run with a cold model in ms */
export async function bench(): Promise<Record<string, unknown>> {
  buildModel();
  const texts = Array.from({ length: TEXTS }, (_, i) => PAIRS[i % PAIRS.length]![i % 2]!);
  const payload = manifest.normalise({ texts });
  const ours = (): Promise<unknown> => kernel.run(payload, contextWith());
  const coldStart = performance.now();
  await ours();
  const coldMs = performance.now() - coldStart;
  const extract = await barePipeline();
  const bare = (): Promise<unknown> => extract(texts);
  await bare();
  const kernelRates: number[] = [];
  const bareRates: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    kernelRates.push(await perSecond(ours));
    bareRates.push(await perSecond(bare));
  }
  const kernelPerSecond = median(kernelRates);
  const barePerSecond = median(bareRates);
  return { model: 'use-lite', texts: TEXTS, rounds: ROUNDS, coldMs, kernelPerSecond, barePerSecond, ratio: kernelPerSecond / barePerSecond };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await bench(), null, 2));
