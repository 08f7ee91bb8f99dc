/** What the engine knows of the task kind `embedding` without loading a model. */
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import { MODEL_DEFAULT, PROFILES, type ModelProfile } from './profiles.js';

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
/** English has about four bytes a token; three keeps the estimate on the safe side. */
const BYTES_PER_TOKEN = 3;

const utf8 = new TextEncoder();

export function profileOf(model: string): ModelProfile {
  const profile = PROFILES.get(model);
  if (profile === undefined) {
    throw new KernelError('bad-input', `model: "${model}" is unknown; use one of ${[...PROFILES.keys()].join(', ')}.`);
  }
  return profile;
}

/** Fuel of a run whose batches hold `tokens` tokens, padding included. */
export function fuelOf(profile: ModelProfile, tokens: number): number {
  return FUEL_PER_RUN + tokens * profile.fuelPerToken;
}

function checkText(text: unknown, index: number): string {
  if (typeof text !== 'string' || text === '') throw new KernelError('bad-input', `texts[${index}] must be a string with at least one character.`);
  const bytes = utf8.encode(text).length;
  if (bytes > TEXT_BYTES_MAX) {
    throw new KernelError('payload-too-large', `texts[${index}] has ${bytes} bytes; at most ${TEXT_BYTES_MAX} are allowed.`);
  }
  // Half a surrogate pair has no UTF-8 form: what workers decode must be what was priced and embedded here.
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

function normalise(payload: unknown): EmbeddingPayload & Value {
  if (typeof payload !== 'object' || payload === null) throw new KernelError('bad-input', 'The payload must be an object {texts, model?}.');
  const { texts, model = MODEL_DEFAULT } = payload as { texts?: unknown; model?: unknown };
  if (typeof model !== 'string') throw new KernelError('bad-input', 'model must be a string.');
  profileOf(model);
  if (!Array.isArray(texts) || texts.length === 0) throw new KernelError('bad-input', 'texts must be a non-empty array of strings.');
  if (texts.length > TEXTS_MAX) {
    throw new KernelError('payload-too-large', `texts has ${texts.length} entries; a batch is never split, send at most ${TEXTS_MAX}.`);
  }
  const normalised = { model, texts: Array.from(texts, checkText) };
  const bytes = normalised.texts.reduce((sum, text) => sum + utf8.encode(text).length, 0);
  if (bytes > PAYLOAD_BYTES_MAX - 5 * TEXTS_MAX) throw new KernelError('payload-too-large', `texts has ${bytes} bytes in all; send fewer or shorter ones.`);
  const { fuel } = meter(normalised);
  if (fuel > FUEL_MAX) throw new KernelError('payload-too-large', `texts needs about ${Math.round(fuel / 1e6)} s of work; send at most ${FUEL_MAX / 1e6} s at once.`);
  return normalised;
}

function meter(payload: Value): Meter {
  const { model, texts } = payload as unknown as EmbeddingPayload;
  const profile = profileOf(model);
  let tokens = 0;
  for (const text of texts) tokens += Math.min(profile.tokensMax, 2 + Math.ceil(utf8.encode(text).length / BYTES_PER_TOKEN));
  return { price: texts.length * PRICE_PER_TEXT, fuel: fuelOf(profile, tokens) };
}

function present(output: Value): Record<string, unknown> {
  const { data, dims, count } = output as unknown as EmbeddingOutput;
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
  present,
};
