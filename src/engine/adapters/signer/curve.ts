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

/**
 * The one spelling below 2^255 - 19 of an X25519 public key: RFC 7748 section 5 has the top bit masked, and takes
 * u + p for u. Wrong lengths stay as they are. Public values only, so it need not take constant time.
 */
export function canonicalPoint(publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  const u = new Uint8Array(publicKey);
  if (u.length !== 32) return u;
  u[31]! &= 0x7f;
  if (u[0]! < 0xed || u[31] !== 0x7f || !u.subarray(1, 31).every((byte) => byte === 0xff)) return u;
  return Uint8Array.of(u[0]! - 0xed, ...new Uint8Array(31));
}

export class SignerError extends Error {
  readonly code = 'bad-input';

  constructor(message: string) {
    super(message);
    this.name = 'SignerError';
  }
}
