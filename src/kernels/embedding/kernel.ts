/**
 * Sentence embeddings: texts in, unit vectors out.
 *
 * What must lie at `assetBase`, copied flat from `onnxruntime-web/dist/`:
 *   ort-wasm-simd-threaded.mjs, ort-wasm-simd-threaded.wasm
 * and the models under `modelBase` (default `<assetBase>models/`), e.g. `use-lite/` from scripts/build-model.mjs.
 *
 * A bundle needs, or it carries the WebGPU runtime and inlines its glue:
 *   @rollup/plugin-alias         onnxruntime-web/webgpu -> onnxruntime-web/wasm
 *   @rollup/plugin-node-resolve  exportConditions: ['browser', 'import', 'default', 'onnxruntime-web-use-extern-wasm']
 * The same bundle runs in Node, which spares it the native runtime and image library that the Node build
 * of transformers.js loads for nothing. Unbundled (tests), that build is what runs, with the same bytes.
 * The imports of both packages must stay dynamic: transformers.js reads the runtime's global symbol when
 * it is first evaluated.
 */
import { KernelError, type Kernel, type KernelContext, type KernelResult, type Value } from '../kernel.js';
import { planBatches } from './batches.js';
import type { Encoder } from './encoder.js';
import { embedBatch, encoderFor } from './encoders.js';
import { fuelOf, manifest, type EmbeddingOutput, type EmbeddingPayload } from './manifest.js';
import type { ModelProfile } from './profiles.js';
import { profileOf } from './texts.js';

async function embed(encoder: Encoder, texts: readonly string[], profile: ModelProfile, context: KernelContext): Promise<KernelResult> {
  const { dims } = profile;
  const tokens: (readonly number[])[] = [];
  for (const text of texts) {
    context.signal.throwIfAborted();
    tokens.push(encoder.tokenise(text));
    await context.breathe();
  }
  const data = new Float32Array(texts.length * dims);
  let done = 0;
  let work = 0;
  for (const batch of planBatches(tokens.map((ids) => ids.length), profile.batchTokensMax)) {
    context.signal.throwIfAborted();
    const rows = batch.map((index) => tokens[index]!);
    const vectors = await embedBatch(encoder, profile, rows);
    batch.forEach((index, row) => data.set(vectors[row]!, index * dims));
    work += rows.length * Math.max(...rows.map((ids) => ids.length));
    done += rows.length;
    context.progress('embed', done, texts.length);
    await context.breathe();
  }
  const output: EmbeddingOutput & Value = { data, dims, count: texts.length };
  return { output, fuel: fuelOf(profile, work) };
}

/** @throws KernelError `model-missing`, `model-mismatch`, `kernel-failed`; the signal's reason when aborted */
async function run(payload: Value, context: KernelContext): Promise<KernelResult> {
  const { model, texts } = manifest.normalise(payload) as unknown as EmbeddingPayload;
  const profile = profileOf(model);
  context.signal.throwIfAborted();
  const encoder = await encoderFor(model, profile, context);
  try {
    return await embed(encoder, texts, profile, context);
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new KernelError('kernel-failed', `The model "${model}" failed: ${(cause as Error).message}`);
  }
}

export const kernel: Kernel = { kind: manifest.kind, version: manifest.version, run };
