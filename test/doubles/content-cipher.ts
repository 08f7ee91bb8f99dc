/** A cipher in the form of the real one, deterministic and at once, with NO security whatever: for the simulator. */
import { hash, hmac } from '../../src/engine/core/encoding.js';
import type { ContentCipher } from '../../src/engine/driver/content-cipher.js';

const IV_BYTES = 12;
const TAG_BYTES = 16;

export const fakeCipher: ContentCipher = {
  async encrypt(plain, key) {
    const iv = hmac(key, hash(plain)).slice(0, IV_BYTES);
    return Uint8Array.of(...iv, ...mask(plain, key, iv), ...tagOf(plain, key));
  },
  async decrypt(cipher, key) {
    const plain = mask(cipher.subarray(IV_BYTES, -TAG_BYTES), key, cipher.subarray(0, IV_BYTES));
    return String(tagOf(plain, key)) === String(cipher.subarray(-TAG_BYTES)) ? plain : undefined;
  },
};

/** One repeated block: enough that no plaintext shows. */
function mask(bytes: Uint8Array, key: Uint8Array, iv: Uint8Array): Uint8Array {
  const block = hmac(key, iv);
  return bytes.map((byte, at) => byte ^ block[at & 31]!);
}

function tagOf(plain: Uint8Array, key: Uint8Array): Uint8Array {
  return hmac(key, plain).subarray(0, TAG_BYTES);
}
