/** What every kind that embeds checks and counts of its texts, without a tokeniser. */
import { KernelError } from '../kernel.js';
import { MODEL_DEFAULT, PROFILES, type ModelProfile } from './profiles.js';

/** English has about four bytes a token; three keeps the estimate on the safe side. */
const BYTES_PER_TOKEN = 3;
/** What a tokeniser puts around a text. */
const TOKENS_AROUND = 2;

const utf8 = new TextEncoder();

export const byteLength = (text: string): number => utf8.encode(text).length;

/** @throws KernelError `bad-input` for a name that is none of the profiles' */
export function profileOf(model: string): ModelProfile {
  const profile = PROFILES.get(model);
  if (profile === undefined) throw new KernelError('bad-input', `model: "${model}" is unknown; use one of ${[...PROFILES.keys()].join(', ')}.`);
  return profile;
}

/** @throws KernelError `bad-input` */
export function checkModel(model: unknown = MODEL_DEFAULT): string {
  if (typeof model !== 'string') throw new KernelError('bad-input', 'model must be a string.');
  profileOf(model);
  return model;
}

/**
 * @param name the field, for the message
 * @returns the text as workers will decode it
 * @throws KernelError `bad-input`, or `payload-too-large` above `bytesMax` bytes of UTF-8
 */
export function checkText(text: unknown, name: string, bytesMax: number): string {
  if (typeof text !== 'string' || text === '') throw new KernelError('bad-input', `${name} must be a string with at least one character.`);
  const bytes = byteLength(text);
  if (bytes > bytesMax) throw new KernelError('payload-too-large', `${name} has ${bytes} bytes; at most ${bytesMax} are allowed.`);
  // Half a surrogate pair has no UTF-8 form: what workers decode must be what was priced and embedded here.
  return text.replace(/\p{Surrogate}/gu, '\uFFFD');
}

/** Tokens that a text will have, estimated from its bytes. */
export function estimateTokens(text: string, profile: ModelProfile): number {
  return Math.min(profile.tokensMax, TOKENS_AROUND + Math.ceil(byteLength(text) / BYTES_PER_TOKEN));
}
