/**
 * A fast signer for the simulator: same shapes, same lengths, same answers as the real one, and NO security
 * whatever. Anybody who knows a public key can forge for it and open what is sealed to it.
 */
import { SignerError } from '../../src/engine/adapters/signer/curve.js';
import { fromBase64url, hash, hmac, isKey, isSignature, isWellFormed, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { Random } from '../../src/engine/ports/clock.js';
import type { BoxPair, Signer } from '../../src/engine/ports/signer.js';

const KEY_BYTES = 32;
const NONCE_BYTES = 24;
const TAG_BYTES = 16;

export interface FakeIdentity {
  readonly id: string;
  readonly secretKey: string;
}

/** An identity in the real one's form, made without the real one's arithmetic. */
export function fakeIdentity(random: Random): FakeIdentity {
  const secret = random.bytes(KEY_BYTES);
  return { id: publicOf(secret), secretKey: toBase64url(secret) };
}

export function fakeSigner({ identity, boxPair, random }: { readonly identity: FakeIdentity; readonly boxPair?: BoxPair; readonly random: Random }): Signer {
  const newPair = (): BoxPair => {
    const secret = random.bytes(KEY_BYTES);
    return { publicKey: publicOf(secret), secretKey: toBase64url(secret) };
  };
  const session = boxPair ?? newPair();

  return {
    id: identity.id,
    boxKey: session.publicKey,
    newBoxPair: async () => newPair(),

    async sign(body) {
      if (!isWellFormed(body)) throw new SignerError('lone surrogate');
      return signatureOf(identity.id, body);
    },

    async verify(by, body, signature) {
      return isKey(by) && isSignature(signature) && isWellFormed(body) && signatureOf(by, body) === signature;
    },

    async seal(plain, to) {
      if (!isKey(to)) throw new SignerError('recipient key');
      const ephemeral = random.bytes(KEY_BYTES);
      return concat(ephemeral, lock(plain, sharedKey(ephemeral, to), random));
    },

    async open(sealed, secretKey = session.secretKey) {
      const secret = isKey(secretKey) ? fromBase64url(secretKey) : undefined;
      if (!secret || sealed.length < KEY_BYTES) return undefined;
      return unlock(sealed.subarray(KEY_BYTES), sharedKey(sealed.subarray(0, KEY_BYTES), publicOf(secret)));
    },

    async encrypt(plain, key) {
      if (key.length !== KEY_BYTES) throw new SignerError('content key');
      return lock(plain, key, random);
    },

    async decrypt(cipher, key) {
      return key.length === KEY_BYTES ? unlock(cipher, key) : undefined;
    },

    derive: async (info) => hmac(fromBase64url(identity.secretKey)!, info),
  };
}

function publicOf(secret: Uint8Array): string {
  return toBase64url(hash(secret));
}

function signatureOf(id: string, body: string): string {
  const half = hmac(utf8(id), body);
  return toBase64url(concat(half, hash(half)));
}

function sharedKey(ephemeral: Uint8Array, publicKey: string): Uint8Array {
  return hmac(ephemeral, publicKey);
}

function lock(plain: Uint8Array, key: Uint8Array, random: Random): Uint8Array {
  const nonce = random.bytes(NONCE_BYTES);
  const body = mask(plain, key, nonce);
  return concat(nonce, tagOf(body, key, nonce), body);
}

function unlock(cipher: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (cipher.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const nonce = cipher.subarray(0, NONCE_BYTES);
  const body = cipher.subarray(NONCE_BYTES + TAG_BYTES);
  const tag = cipher.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES);
  return String(tag) === String(tagOf(body, key, nonce)) ? mask(body, key, nonce) : undefined;
}

/** One repeated block: enough that no plaintext shows. */
function mask(bytes: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  const block = hmac(key, nonce);
  return bytes.map((byte, index) => byte ^ block[index & 31]!);
}

function tagOf(body: Uint8Array, key: Uint8Array, nonce: Uint8Array): Uint8Array {
  return hmac(key, concat(nonce, body)).subarray(0, TAG_BYTES);
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}
