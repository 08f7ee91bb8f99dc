/**
 * What a ledger holds, in few bytes: by hour, the number of certified records and the XOR of their ids. Equal digests,
 * equal sets; only hours that differ are listed and exchanged.
 */
import { fromBase64url, toBase64url } from '../encoding.js';
import type { BucketDigest } from '../message.js';
import type { Epoch, Id } from '../record.js';

const HOUR_MS = 3_600_000;

/** Hours since 1970. */
export function bucketOf(record: { readonly epoch: Epoch }, epochMs: number): number {
  return Math.floor((record.epoch * epochMs) / HOUR_MS);
}

interface Bucket {
  readonly ids: Set<Id>;
  readonly xor: Uint8Array;
}

export class Digest {
  readonly #buckets = new Map<number, Bucket>();
  readonly #xor = new Uint8Array(32);
  #count = 0;

  /** `id` must be new. */
  add(bucket: number, id: Id): void {
    const entry = this.#buckets.get(bucket) ?? { ids: new Set(), xor: new Uint8Array(32) };
    this.#buckets.set(bucket, entry);
    entry.ids.add(id);
    this.#count += 1;
    const bytes = fromBase64url(id)!;
    for (let at = 0; at < 32; at++) {
      entry.xor[at]! ^= bytes[at]!;
      this.#xor[at]! ^= bytes[at]!;
    }
  }

  /** Every hour that has a record, in order. */
  buckets(): BucketDigest[] {
    return [...this.#buckets]
      .sort(([left], [right]) => left - right)
      .map(([bucket, { ids, xor }]) => ({ bucket, count: ids.size, hash: toBase64url(xor) }));
  }

  idsIn(bucket: number): Id[] {
    return [...(this.#buckets.get(bucket)?.ids ?? [])].sort();
  }

  total(): { readonly count: number; readonly hash: Id } {
    return { count: this.#count, hash: toBase64url(this.#xor) };
  }
}
