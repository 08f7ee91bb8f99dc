/** What the signer needs of Curve25519, on bytes. Two implementations give the same bytes: tweetnacl and WebCrypto. */

/** Ed25519 (RFC 8032). Callers screen signatures with `isStrict` first: beyond it the two may differ. */
export interface Signing {
  /** Binds a 32-byte seed, so that an implementation may prepare its key once. */
  signer(seed: Uint8Array): (message: Uint8Array) => Promise<Uint8Array>;
  /** False for anything malformed; never rejects. */
  verify(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean>;
}

/** X25519 (RFC 7748). */
export interface Exchange {
  /**
   * Binds a 32-byte secret key. The result takes a 32-byte public key and gives the shared point, or
   * undefined where that is zero: the other side's key was one of small order and anybody knows the point.
   */
  agreement(secretKey: Uint8Array): (publicKey: Uint8Array) => Promise<Uint8Array | undefined>;
}

/** u = 9: the shared point with it is one's own public key. */
export const BASE_POINT = Uint8Array.of(9, ...new Uint8Array(31));

export class SignerError extends Error {
  readonly code = 'bad-input';

  constructor(message: string) {
    super(message);
    this.name = 'SignerError';
  }
}
