/**
 * AES-256-GCM (NIST SP 800-38D) for the contents of shards. The nonce follows from key and content, so that all holders of
 * a content make the same ciphertext of it; equal contents aside, it never repeats under one key.
 */
import { hash, hmac } from '../core/encoding.js';

const IV_BYTES = 12;

type Bytes = Uint8Array<ArrayBuffer>;

/** With keys of 32 bytes. The ciphertext is `iv (12) | content | tag (16)`. */
export interface ContentCipher {
  encrypt(plain: Uint8Array, key: Uint8Array): Promise<Uint8Array>;
  /** Undefined where the key does not open it. */
  decrypt(cipher: Uint8Array, key: Uint8Array): Promise<Uint8Array | undefined>;
}

/** By WebCrypto; undefined where there is none. */
export function subtleCipher(): ContentCipher | undefined {
  const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
  if (!subtle) return undefined;
  const load = (key: Uint8Array): Promise<CryptoKey> => subtle.importKey('raw', key as Bytes, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return {
    async encrypt(plain, key) {
      const iv = hmac(key, hash(plain)).slice(0, IV_BYTES);
      const sealed = new Uint8Array(await subtle.encrypt({ name: 'AES-GCM', iv }, await load(key), plain as Bytes));
      const cipher = new Uint8Array(IV_BYTES + sealed.length);
      cipher.set(iv);
      cipher.set(sealed, IV_BYTES);
      return cipher;
    },
    async decrypt(cipher, key) {
      const loaded = await load(key);
      try {
        return new Uint8Array(await subtle.decrypt({ name: 'AES-GCM', iv: cipher.slice(0, IV_BYTES) }, loaded, cipher.slice(IV_BYTES)));
      } catch {
        return undefined;
      }
    },
  };
}
