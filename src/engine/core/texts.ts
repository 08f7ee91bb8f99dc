/** What keys, ids and names look like. Imports nothing, so that a page can check its settings without the engine. */
import type { Id } from './record.js';

/** 32 bytes take 43 characters of which the last carries four bits: two more would have a second spelling. */
const BYTES_32 = /^[\w-]{42}[AEIMQUYcgkosw048]$/;
/** 64 bytes: 86 characters, the last of which carries two bits. */
const BYTES_64 = /^[\w-]{85}[AQgw]$/;
/** Shorter than a key, so that no name passes for one. */
export const SITE_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,38}[a-z0-9])?$/;

/** 32 bytes as base64url: a SHA-256. */
export function isId(value: unknown): value is Id {
  return typeof value === 'string' && BYTES_32.test(value);
}

/** 32 bytes as base64url: an Ed25519 or X25519 public key. */
export function isKey(value: unknown): value is string {
  return isId(value);
}

/** 64 bytes as base64url: an Ed25519 signature. */
export function isSignature(value: unknown): value is string {
  return typeof value === 'string' && BYTES_64.test(value);
}

/** A site account or a referrer, by its key or its registered name; empty for none. */
export function isSite(text: string): boolean {
  return text === '' || isKey(text) || SITE_NAME.test(text);
}

/** For messages: what `isSite` takes. */
export const SITE_WANTED = "a site account's key, or its registered name of at most 40 characters out of a-z 0-9 . -";

/** For messages: what `SITE_NAME` takes. */
export const NAME_WANTED = 'A name has 1 to 40 characters out of a-z 0-9 . - and begins and ends with a letter or a digit.';

export function nameTaken(name: string): string {
  return `The name ${name} is taken. Choose another one.`;
}
