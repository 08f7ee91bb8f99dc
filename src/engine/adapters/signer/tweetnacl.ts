/** Curve25519 by tweetnacl: the reference, and the fallback wherever WebCrypto lacks the curves. */
import nacl from 'tweetnacl';
import type { Exchange, Signing } from './curve.js';

export const naclSigning: Signing = {
  signer(seed) {
    const { secretKey } = nacl.sign.keyPair.fromSeed(seed);
    return async (message) => nacl.sign.detached(message, secretKey);
  },

  async verify(publicKey, message, signature) {
    if (publicKey.length !== nacl.sign.publicKeyLength || signature.length !== nacl.sign.signatureLength) return false;
    return nacl.sign.detached.verify(message, signature, publicKey);
  },
};

export const naclExchange: Exchange = {
  agreement(secretKey) {
    return async (publicKey) => {
      const shared = nacl.scalarMult(secretKey, publicKey);
      return shared.some((byte) => byte !== 0) ? shared : undefined;
    };
  },
};

/** Of a 32-byte seed, or secret key. */
export const naclPublicKey = {
  Ed25519: (seed: Uint8Array): Uint8Array => nacl.sign.keyPair.fromSeed(seed).publicKey,
  X25519: (secretKey: Uint8Array): Uint8Array => nacl.scalarMult.base(secretKey),
};

/** The parts below crypto_box that tweetnacl exports but does not type. */
interface LowLevel {
  crypto_core_hsalsa20(out: Uint8Array, input: Uint8Array, key: Uint8Array, constant: Uint8Array): void;
}

const { crypto_core_hsalsa20: hsalsa20 } = (nacl as unknown as { readonly lowlevel: LowLevel }).lowlevel;
const SIGMA = new TextEncoder().encode('expand 32-byte k');
const ZERO = new Uint8Array(16);

/** The key of crypto_box from a shared point (Bernstein, "Cryptography in NaCl", section 8): nacl.box.before without its DH. */
export function boxKeyOf(shared: Uint8Array): Uint8Array {
  const key = new Uint8Array(nacl.box.sharedKeyLength);
  hsalsa20(key, ZERO, shared, SIGMA);
  return key;
}
