/**
 * Hashcash (http://www.hashcash.org/hashcash.pdf) over a record's own text: the `pow` field is counted up until
 * SHA-256 of the JSON starts with enough zero bits. Yields now and then, since 20 bits are a million hashes.
 */
import { leadingZeroBits, utf8 } from '../core/encoding.js';
import { sha256 } from '@noble/hashes/sha2.js';

const HASHES_PER_BREATH = 4096;

/**
 * @param breathe awaited between slices of work
 * @returns the text of `{...fields, pow}` that satisfies `bits`
 */
export async function prove(fields: Readonly<Record<string, unknown>>, bits: number, breathe: () => Promise<void>): Promise<string> {
  const open = JSON.stringify({ ...fields, pow: 0 });
  const stem = open.slice(0, open.lastIndexOf('0'));
  for (let pow = 0; ; pow += 1) {
    const body = `${stem}${pow}}`;
    if (leadingZeroBits(sha256(utf8(body))) >= bits) return body;
    if (pow % HASHES_PER_BREATH === HASHES_PER_BREATH - 1) await breathe();
  }
}
