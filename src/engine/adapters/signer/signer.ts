/** The Signer port over Curve25519: Ed25519 signatures, crypto_box from an ephemeral key, crypto_secretbox. */
import nacl from 'tweetnacl';
import { fromBase64url, hmac, isKey, isSignature, isWellFormed, toBase64url, utf8 } from '../../core/encoding.js';
import type { Random } from '../../ports/clock.js';
import type { BoxPair, Signer } from '../../ports/signer.js';
import { BASE_POINT, SignerError, type Exchange, type Signing } from './curve.js';
import { isStrict } from './strict.js';
import { boxKeyOf, naclExchange, naclSigning } from './tweetnacl.js';
import { fastExchange, fastSigning } from './webcrypto.js';

const KEY_BYTES = 32;
const NO_SALT = new Uint8Array(32);
const NONCE_BYTES = nacl.secretbox.nonceLength;

export interface Curves {
  readonly signing: Signing;
  readonly exchange: Exchange;
}

export interface SignerOptions {
  /** `id`: the Ed25519 public key, `secretKey`: its 32-byte seed, both base64url. */
  readonly identity: { readonly id: string; readonly secretKey: string };
  /** This session's X25519 keys; fresh ones where omitted. */
  readonly boxPair?: BoxPair;
  readonly random: Random;
  /** The fastest that are right here, where omitted. */
  readonly curves?: Curves;
}

export const TWEETNACL: Curves = { signing: naclSigning, exchange: naclExchange };

/** WebCrypto's curves where they are there and right, tweetnacl's elsewhere. */
export async function fastestCurves(): Promise<Curves> {
  const [signing, exchange] = await Promise.all([fastSigning(), fastExchange()]);
  return { signing: signing ?? naclSigning, exchange: exchange ?? naclExchange };
}

/** @throws SignerError (`bad-input`) where a key has the wrong form; also from `sign`, `seal` and `encrypt`. */
export async function createSigner({ identity, boxPair, random, curves }: SignerOptions): Promise<Signer> {
  const { signing, exchange } = curves ?? (await fastestCurves());
  const seed = keyBytes(identity.secretKey, 'identity');
  const signBytes = signing.signer(seed);

  async function newBoxPair(): Promise<BoxPair> {
    const secretKey = random.bytes(KEY_BYTES);
    const publicKey = await exchange.agreement(secretKey)(BASE_POINT);
    return { publicKey: toBase64url(publicKey!), secretKey: toBase64url(secretKey) };
  }

  const session = boxPair ?? (await newBoxPair());
  const sessionAgreement = exchange.agreement(keyBytes(session.secretKey, 'session'));

  return {
    id: identity.id,
    boxKey: session.publicKey,
    newBoxPair,

    async sign(body) {
      if (!isWellFormed(body)) throw new SignerError('The text to sign holds a lone surrogate and has no UTF-8 of its own.');
      return toBase64url(await signBytes(utf8(body)));
    },

    async verify(by, body, signature) {
      if (!isKey(by) || !isSignature(signature) || !isWellFormed(body)) return false;
      const publicKey = fromBase64url(by)!;
      const bytes = fromBase64url(signature)!;
      return isStrict(publicKey, bytes) && signing.verify(publicKey, utf8(body), bytes);
    },

    async seal(plain, to) {
      const theirs = keyBytes(to, 'recipient');
      const agree = exchange.agreement(random.bytes(KEY_BYTES));
      const [ephemeral, shared] = await Promise.all([agree(BASE_POINT), agree(theirs)]);
      if (!shared) throw new SignerError('The recipient key is of small order: anybody could open what is sealed to it.');
      const nonce = random.bytes(NONCE_BYTES);
      return concat(ephemeral!, nonce, nacl.secretbox(plain, nonce, boxKeyOf(shared)));
    },

    async open(sealed, secretKey) {
      if (sealed.length < KEY_BYTES + NONCE_BYTES + nacl.secretbox.overheadLength) return undefined;
      if (secretKey !== undefined && !isKey(secretKey)) return undefined;
      const agree = secretKey === undefined ? sessionAgreement : exchange.agreement(fromBase64url(secretKey)!);
      const shared = await agree(sealed.subarray(0, KEY_BYTES));
      return shared && openSecretbox(sealed.subarray(KEY_BYTES), boxKeyOf(shared));
    },

    async encrypt(plain, key) {
      if (key.length !== KEY_BYTES) throw new SignerError(`A content key has ${KEY_BYTES} bytes, this one has ${key.length}.`);
      const nonce = random.bytes(NONCE_BYTES);
      return concat(nonce, nacl.secretbox(plain, nonce, key));
    },

    async decrypt(cipher, key) {
      return key.length === KEY_BYTES ? openSecretbox(cipher, key) : undefined;
    },

    /** One block of HKDF is all there is to make. */
    derive: async (info) => hmac(hmac(NO_SALT, seed), concat(utf8(info), Uint8Array.of(1))),
  };
}

function openSecretbox(cipher: Uint8Array, key: Uint8Array): Uint8Array | undefined {
  if (cipher.length < NONCE_BYTES + nacl.secretbox.overheadLength) return undefined;
  return nacl.secretbox.open(cipher.subarray(NONCE_BYTES), cipher.subarray(0, NONCE_BYTES), key) ?? undefined;
}

function keyBytes(key: string, whose: string): Uint8Array {
  if (!isKey(key)) throw new SignerError(`The ${whose} key is not 32 bytes of base64url.`);
  return fromBase64url(key)!;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
