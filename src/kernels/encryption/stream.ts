/**
 * How data becomes AES-256-GCM messages: what fits into one chunk is one plain message, longer data a stream of them.
 *
 *     one chunk   GCM(key, iv, data, aad), exactly NIST SP 800-38D: ciphertext || 16-byte tag
 *     a stream    streamKey (32 bytes) || prefix (7 bytes) = HKDF-SHA-256(key, salt = iv, info = STREAM_INFO)
 *                 for each chunk i: GCM(streamKey, prefix || i (uint32, big-endian) || last (1 or 0), chunk i, aad), in a row
 *
 * The stream is STREAM of Hoang, Reyhanitabar, Rogaway and Vizár, "Online Authenticated-Encryption and its Nonce-Reuse
 * Misuse-Resistance" (CRYPTO 2015, https://eprint.iacr.org/2015/189), under a key of its own as in Tink's
 * AES-GCM-HKDF streaming; RFC 5869 is HKDF. What this gives:
 *
 * - Within a stream no nonce repeats, because i does not.
 * - A one-chunk message and a stream never share a key and nonce, even under one and the same `iv`: their keys differ.
 *   Nor do streams under neighbouring ivs, as would happen if i were added to the iv: callers may count their ivs.
 * - A chunk opens in its own place alone: a changed order or a gap changes i, another end changes `last`, and chunks of
 *   other messages have another key. Plaintext leaves only when every chunk has opened.
 * - A sealed length has one reading. At most SEALED_CHUNK_BYTES is one message, more is a stream, whose last chunk is
 *   never empty; so a stream cut down to its first chunk is read as one message, under the other key, and refused.
 *
 * What it cannot give: two different messages under the same key and iv lose their secrecy, and with it the key's
 * authenticity, as always in GCM. Random ivs are good for 2^32 messages a key (SP 800-38D, section 8.3). And GCM does not
 * commit to its key: who knows two keys can make a message that opens under both.
 */

/** Plaintext bytes in every chunk but the last; WebCrypto in a browser is fastest at about this size. */
export const CHUNK_BYTES = 65_536;
export const TAG_BYTES = 16;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

export const KEY_BYTES = 32;
export const IV_BYTES = 12;

export const STREAM_INFO = 'edge-net encryption stream 1';
export const STREAM_PREFIX_BYTES = 7;

/** @param bytes length of the plaintext */
export function chunksToSeal(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

/** @returns undefined where nothing sealed has this length */
export function chunksToOpen(bytes: number): number | undefined {
  const chunks = Math.ceil(bytes / SEALED_CHUNK_BYTES);
  const lastBytes = bytes - (chunks - 1) * SEALED_CHUNK_BYTES;
  const lastBytesMin = chunks === 1 ? TAG_BYTES : TAG_BYTES + 1;
  return chunks > 0 && lastBytes >= lastBytesMin ? chunks : undefined;
}

/** The nonce of chunk `index` of `count`. */
export function streamNonce(prefix: Uint8Array, index: number, count: number): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(IV_BYTES);
  nonce.set(prefix);
  new DataView(nonce.buffer).setUint32(STREAM_PREFIX_BYTES, index);
  nonce[IV_BYTES - 1] = index === count - 1 ? 1 : 0;
  return nonce;
}
