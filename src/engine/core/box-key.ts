/**
 * X25519 keys that agree on a secret nobody knows: a point of small order makes it all zeros, whatever the other key
 * (RFC 7748, section 6.1), and honest code refuses to seal to it. So such keys are turned away at the door.
 */
import { fromBase64url } from './encoding.js';

/**
 * The u-coordinates of small order, little-endian, in every spelling below 2^255 (https://cr.yp.to/ecdh.html#validate).
 * The top bit is ignored.
 */
const SMALL_ORDER = new Set([
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
]);

/** Whether something can be sealed to the key. `key` has the form of one. */
export function canSealTo(key: string): boolean {
  const u = fromBase64url(key);
  if (u?.length !== 32) return false;
  const last = u[31]! & 0x7f;
  return !SMALL_ORDER.has([...u.subarray(0, 31), last].map((byte) => byte.toString(16).padStart(2, '0')).join(''));
}
