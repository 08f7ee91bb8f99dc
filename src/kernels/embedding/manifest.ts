/** What the engine knows of the task kind `embedding` without loading a model. */
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import type { ModelProfile } from './profiles.js';
import { byteLength, checkModel, checkText, estimateTokens, profileOf } from './texts.js';

export interface EmbeddingPayload {
  readonly model: string;
  readonly texts: readonly string[];
}

export interface EmbeddingOutput {
  /** `count` unit vectors of `dims` components, one after the other, in the order of the texts. */
  readonly data: Float32Array;
  readonly dims: number;
  readonly count: number;
}

/** 5 credits for 100 texts. */
const PRICE_PER_TEXT = 50_000;
const TEXTS_MAX = 512;
const TEXT_BYTES_MAX = 8 * 1024;
const PAYLOAD_BYTES_MAX = 256 * 1024;
const DIMS_MAX = 512;
/** Work above 30 reference seconds would have to be split, and a batch never is. */
const FUEL_MAX = 30_000_000;
/** Starting a run: tokenising, and the first call of a warm model. */
const FUEL_PER_RUN = 20_000;

/** Fuel of a run whose batches hold `tokens` tokens, padding included. */
export function fuelOf(profile: ModelProfile, tokens: number): number {
  return FUEL_PER_RUN + tokens * profile.fuelPerToken;
}

function normalise(payload: unknown): EmbeddingPayload & Value {
  if (typeof payload !== 'object' || payload === null) throw new KernelError('bad-input', 'The payload must be an object {texts, model?}.');
  const { texts, model } = payload as { texts?: unknown; model?: unknown };
  const name = checkModel(model);
  if (!Array.isArray(texts) || texts.length === 0) throw new KernelError('bad-input', 'texts must be a non-empty array of strings.');
  if (texts.length > TEXTS_MAX) {
    throw new KernelError('payload-too-large', `texts has ${texts.length} entries; a batch is never split, send at most ${TEXTS_MAX}.`);
  }
  const normalised = { model: name, texts: Array.from(texts, (text, index) => checkText(text, `texts[${index}]`, TEXT_BYTES_MAX)) };
  const bytes = normalised.texts.reduce((sum, text) => sum + byteLength(text), 0);
  if (bytes > PAYLOAD_BYTES_MAX - 5 * TEXTS_MAX) throw new KernelError('payload-too-large', `texts has ${bytes} bytes in all; send fewer or shorter ones.`);
  const { fuel } = meter(normalised);
  if (fuel > FUEL_MAX) throw new KernelError('payload-too-large', `texts needs about ${Math.round(fuel / 1e6)} s of work; send at most ${FUEL_MAX / 1e6} s at once.`);
  return normalised;
}

function meter(payload: Value): Meter {
  const { model, texts } = payload as unknown as EmbeddingPayload;
  const profile = profileOf(model);
  const tokens = texts.reduce((sum, text) => sum + estimateTokens(text, profile), 0);
  return { price: texts.length * PRICE_PER_TEXT, fuel: fuelOf(profile, tokens) };
}

function present(output: Value): Record<string, unknown> {
  const { data, dims, count } = (output ?? {}) as Partial<EmbeddingOutput>;
  if (!(data instanceof Float32Array) || typeof dims !== 'number' || typeof count !== 'number' || data.length !== dims * count) {
    throw new KernelError('kernel-failed', 'The result of the embedding is malformed.');
  }
  return { embeddings: Array.from({ length: count }, (_, i) => Array.from(data.subarray(i * dims, (i + 1) * dims))), dims };
}

export const manifest: Manifest = {
  kind: 'embedding',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: PAYLOAD_BYTES_MAX,
    outputBytesMax: TEXTS_MAX * DIMS_MAX * Float32Array.BYTES_PER_ELEMENT + 1024,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 120_000,
  },
  normalise,
  meter,
  items: (payload) => (payload as unknown as EmbeddingPayload).texts.length,
  present,
};
