/** The models a worker has loaded, shared by every kind that embeds. */
import type { KernelContext } from '../kernel.js';
import { createEncoder, type Encoder } from './encoder.js';
import { loadModelFiles } from './files.js';
import { poolInto } from './pooling.js';
import type { ModelProfile } from './profiles.js';

/** By model and base; a failed load is forgotten, so the next task tries again. */
const encoders = new Map<string, Promise<Encoder>>();

/** @throws KernelError `model-missing`, `model-mismatch`, `kernel-failed`; the signal's reason when aborted */
export function encoderFor(model: string, profile: ModelProfile, context: KernelContext): Promise<Encoder> {
  const key = `${model} ${context.modelBase ?? ''}`;
  const known = encoders.get(key);
  if (known !== undefined) return known;
  const loading = loadModelFiles(model, profile, context).then((files) => createEncoder(model, profile, files, context.assetBase));
  encoders.set(key, loading);
  loading.catch(() => encoders.delete(key));
  return loading;
}

/**
 * One call of the model.
 *
 * @param batch tokens of each text
 * @returns unit vectors in the order of the batch; their bits depend on the whole of it
 */
export async function embedBatch(encoder: Encoder, profile: ModelProfile, batch: readonly (readonly number[])[]): Promise<Float32Array[]> {
  const { data, width } = await encoder.run(batch);
  const size = width * profile.dims;
  if (data.length !== batch.length * size) throw new Error(`the model gives other than ${profile.dims} dimensions`);
  return batch.map((tokens, row) => {
    const vector = new Float32Array(profile.dims);
    poolInto(vector, data.subarray(row * size, (row + 1) * size), tokens.length, profile.pooling);
    return vector;
  });
}
