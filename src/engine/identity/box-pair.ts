/** X25519 keys that belong to an identity. */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import nacl from 'tweetnacl';
import { fromBase64url, toBase64url, utf8 } from '../core/encoding.js';
import type { Random } from '../ports/clock.js';
import type { BoxPair } from '../ports/signer.js';
import type { Identity } from './identity.js';

const SECRET_BYTES = 32;
const WITNESS_INFO = utf8('edge-net witness box key v1');

/** A peer's: thrown away with its session, so that a key stolen later opens nothing that was sent before. */
export function sessionBoxPair(random: Random): BoxPair {
  return pairOf(random.bytes(SECRET_BYTES));
}

/** A witness's, which the descriptor names: the same for ever, and nothing more to keep beside the identity. */
export function permanentBoxPair(identity: Identity): BoxPair {
  return pairOf(hkdf(sha256, fromBase64url(identity.secretKey)!, undefined, WITNESS_INFO, SECRET_BYTES));
}

function pairOf(secretKey: Uint8Array): BoxPair {
  return { publicKey: toBase64url(nacl.scalarMult.base(secretKey)), secretKey: toBase64url(secretKey) };
}
