/**
 * Keys and boxes, in tweetnacl's formats whatever implementation is faster here.
 * Contract suite: `test/contract/signer.ts` (RFC 8032, RFC 7748, NaCl and Wycheproof vectors).
 */
import type { BoxKey, NodeId, Signature } from '../core/record.js';

export interface BoxPair {
  readonly publicKey: BoxKey;
  /** base64url, 32 bytes. */
  readonly secretKey: string;
}

export interface Signer {
  /** This identity. */
  readonly id: NodeId;
  /** This session's X25519 key. A witness's is permanent, and named in the descriptor. */
  readonly boxKey: BoxKey;
  /** Ed25519 over the UTF-8 bytes of `body` (RFC 8032). */
  sign(body: string): Promise<Signature>;
  /** False for anything malformed; never rejects. */
  verify(by: NodeId, body: string, signature: string): Promise<boolean>;
  newBoxPair(): Promise<BoxPair>;
  /** crypto_box from a fresh ephemeral key: `ephemeral public key (32) | nonce (24) | box`. */
  seal(plain: Uint8Array, to: BoxKey): Promise<Uint8Array>;
  /** Opens what `seal` made for `secretKey` (default: this session's). Undefined when it does not open. */
  open(sealed: Uint8Array, secretKey?: string): Promise<Uint8Array | undefined>;
  /** crypto_secretbox: `nonce (24) | box`. The key has 32 bytes. */
  encrypt(plain: Uint8Array, key: Uint8Array): Promise<Uint8Array>;
  decrypt(cipher: Uint8Array, key: Uint8Array): Promise<Uint8Array | undefined>;
  /** 32 bytes that only this identity can make, on whatever machine: HKDF-SHA-256(its secret, no salt, `info`) (RFC 5869). */
  derive(info: string): Promise<Uint8Array>;
}
