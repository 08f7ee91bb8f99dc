/**
 * The signatures on which every implementation of Ed25519 agrees. They differ on the edges: tweetnacl takes
 * S >= L, some take a key or R of small order or with a second spelling (Chalkias, Garillot, Nikolaenko:
 * "Taming the many EdDSAs", 2020). An honest signer makes none of these, so all are refused up front; otherwise
 * a record could be valid on one replica and not on the next.
 */
import { fromHex } from './hex.js';

const KEY_BYTES = 32;
const SIGNATURE_BYTES = 64;

/** 2^252 + 27742317777372353535851937790883648493, the order of the base point; little-endian. */
const ORDER = fromHex('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');
/** 2^255 - 19 */
const PRIME = fromHex('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');

/** y of the eight points of small order; each with either sign of x. */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
].map((hex) => String(fromHex(hex))));

export function isStrict(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return (
    publicKey.length === KEY_BYTES &&
    signature.length === SIGNATURE_BYTES &&
    isBelow(signature.subarray(32), ORDER) &&
    isLargePoint(publicKey) &&
    isLargePoint(signature.subarray(0, 32))
  );
}

/** In its only spelling, and not one of the eight points of small order. */
function isLargePoint(encoded: Uint8Array): boolean {
  const y = encoded.slice();
  y[31]! &= 0x7f;
  return isBelow(y, PRIME) && !SMALL_ORDER.has(String(y));
}

/** Compares public values only, so it need not take constant time. */
function isBelow(value: Uint8Array, bound: Uint8Array): boolean {
  for (let index = value.length - 1; index >= 0; index--) {
    if (value[index]! !== bound[index]!) return value[index]! < bound[index]!;
  }
  return false;
}
