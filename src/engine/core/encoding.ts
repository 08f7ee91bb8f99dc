/**
 * Bytes as text and as hashes, synchronously: base64url (RFC 4648 section 5, no padding), UTF-8, SHA-256, HMAC.
 *
 * Decoding is strict: one text for one byte string, so that a key or an id cannot be written in two ways.
 */
import { hmac as nobleHmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';
import type { Id } from './record.js';

export { isId, isKey, isSignature } from './texts.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const INVALID = 255;
const SEXTETS = new Uint8Array(128).fill(INVALID);
for (let value = 0; value < 64; value++) SEXTETS[ALPHABET.charCodeAt(value)] = value;

const LONE_SURROGATE = /\p{Surrogate}/u;
const encoder = new TextEncoder();

export function toBase64url(bytes: Uint8Array): string {
  let text = '';
  let at = 0;
  for (; at + 2 < bytes.length; at += 3) {
    const group = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!;
    text += ALPHABET[group >> 18]! + ALPHABET[(group >> 12) & 63]! + ALPHABET[(group >> 6) & 63]! + ALPHABET[group & 63]!;
  }
  const left = bytes.length - at;
  if (left === 1) text += ALPHABET[bytes[at]! >> 2]! + ALPHABET[(bytes[at]! & 3) << 4]!;
  if (left === 2) {
    const group = (bytes[at]! << 8) | bytes[at + 1]!;
    text += ALPHABET[group >> 10]! + ALPHABET[(group >> 4) & 63]! + ALPHABET[(group & 15) << 2]!;
  }
  return text;
}

/** Undefined for anything `toBase64url` would not have written: padding, foreign characters, stray bits. */
export function fromBase64url(text: string): Uint8Array | undefined {
  const tail = text.length % 4;
  if (tail === 1) return undefined;
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let bits = 0;
  let width = 0;
  let at = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    const value = code < 128 ? SEXTETS[code]! : INVALID;
    if (value === INVALID) return undefined;
    bits = ((bits << 6) | value) & 0xffff;
    width += 6;
    if (width >= 8) {
      width -= 8;
      bytes[at++] = bits >> width;
    }
  }
  return (bits & ((1 << width) - 1)) === 0 ? bytes : undefined;
}

export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

export function hash(data: string | Uint8Array): Uint8Array {
  return sha256(typeof data === 'string' ? utf8(data) : data);
}

export function sha256Id(data: string | Uint8Array): Id {
  return toBase64url(hash(data));
}

/** HMAC-SHA-256 (RFC 2104). */
export function hmac(key: Uint8Array, data: string | Uint8Array): Uint8Array {
  return nobleHmac(sha256, key, typeof data === 'string' ? utf8(data) : data);
}

export function leadingZeroBits(bytes: Uint8Array): number {
  const first = bytes.findIndex((byte) => byte !== 0);
  return first < 0 ? bytes.length * 8 : first * 8 + Math.clz32(bytes[first]!) - 24;
}

/** UTF-8 maps every lone surrogate to the same bytes, so two texts with one id could differ: such text is refused. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text);
}
