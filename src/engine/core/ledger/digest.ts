/**
 * What a ledger holds, in few bytes: for spans of hours, the number of certified records and the XOR of their ids. Equal
 * digests, equal sets; only spans that differ are listed and exchanged. A digest covers its whole span without a gap, so
 * that nothing is said by leaving it out; old hours share an entry, so that it stays short however long the history.
 */
import { fromBase64url, toBase64url } from '../encoding.js';
import type { BucketDigest } from '../message.js';
import type { Epoch, Id } from '../record.js';

const HOUR_MS = 3_600_000;
/** The newest hours stand alone, those before share days, the rest months of thirty days. In hours. */
const HOURS_ALONE = 48;
const HOURS_IN_DAYS = 31 * 24;
const DAY = 24;
const MONTH = 30 * DAY;
/** Beyond any date. */
const EVER = 1e9;

/** Hours since 1970. */
export function bucketOf(record: { readonly epoch: Epoch }, epochMs: number): number {
  return Math.floor((record.epoch * epochMs) / HOUR_MS);
}

interface Bucket {
  readonly ids: Set<Id>;
  readonly xor: Uint8Array;
  /** `ids` in order, until the next is added. */
  sorted?: readonly Id[];
}

export class Digest {
  readonly #buckets = new Map<number, Bucket>();
  readonly #xor = new Uint8Array(32);
  #count = 0;
  /** Hours that have a record, in order; emptied by each that is new. */
  #hours: number[] = [];
  #whole: readonly BucketDigest[] | undefined;

  /** `id` must be new. */
  add(bucket: number, id: Id): void {
    const entry = this.#buckets.get(bucket) ?? { ids: new Set(), xor: new Uint8Array(32) };
    if (entry.ids.size === 0) this.#hours = [];
    this.#buckets.set(bucket, entry);
    this.#whole = undefined;
    delete entry.sorted;
    entry.ids.add(id);
    this.#count += 1;
    const bytes = fromBase64url(id)!;
    xorInto(entry.xor, bytes);
    xorInto(this.#xor, bytes);
  }

  /** Everything, from the first hour to any to come. */
  whole(): readonly BucketDigest[] {
    const newest = this.#sortedHours().at(-1) ?? 0;
    this.#whole ??= this.#cover(0, EVER, (hour) => (hour > newest - HOURS_ALONE ? 1 : hour > newest - HOURS_IN_DAYS ? DAY : MONTH));
    return this.#whole;
  }

  /** One entry's span in finer ones: months, then days, then hours. */
  split({ bucket, span }: Pick<BucketDigest, 'bucket' | 'span'>): BucketDigest[] {
    return this.#cover(bucket, bucket + span, () => (span > MONTH ? MONTH : span > DAY ? DAY : 1));
  }

  of({ bucket, span }: Pick<BucketDigest, 'bucket' | 'span'>): BucketDigest {
    const xor = new Uint8Array(32);
    let count = 0;
    for (const hour of this.#hoursFrom(bucket, bucket + span)) {
      const entry = this.#buckets.get(hour)!;
      count += entry.ids.size;
      xorInto(xor, entry.xor);
    }
    return { bucket, span, count, hash: toBase64url(xor) };
  }

  /** In order; of those from `from` up to, not including, `to` (empty: no bound). */
  idsIn({ bucket, span }: Pick<BucketDigest, 'bucket' | 'span'>, from: Id | '' = '', to: Id | '' = ''): Id[] {
    const ids = [...this.#hoursFrom(bucket, bucket + span)].flatMap((hour) => {
      const entry = this.#buckets.get(hour)!;
      entry.sorted ??= [...entry.ids].sort();
      return entry.sorted.filter((id) => id >= from && (to === '' || id < to));
    });
    return span === 1 ? ids : ids.sort();
  }

  total(): { readonly count: number; readonly hash: Id } {
    return { count: this.#count, hash: toBase64url(this.#xor) };
  }

  #cover(from: number, to: number, unitAt: (hour: number) => number): BucketDigest[] {
    const entries: BucketDigest[] = [];
    let at = from;
    const upTo = (end: number): void => {
      if (end > at) entries.push(this.of({ bucket: at, span: end - at }));
      at = Math.max(at, end);
    };
    for (const hour of this.#hoursFrom(from, to)) {
      if (hour < at) continue;
      const unit = unitAt(hour);
      const start = Math.floor(hour / unit) * unit;
      upTo(start);
      upTo(Math.min(to, start + unit));
    }
    upTo(to);
    return entries;
  }

  *#hoursFrom(from: number, to: number): Generator<number> {
    const hours = this.#sortedHours();
    let [low, high] = [0, hours.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (hours[middle]! < from) low = middle + 1;
      else high = middle;
    }
    for (; low < hours.length && hours[low]! < to; low += 1) yield hours[low]!;
  }

  #sortedHours(): readonly number[] {
    if (this.#hours.length === 0) this.#hours = [...this.#buckets.keys()].sort((left, right) => left - right);
    return this.#hours;
  }
}

function xorInto(sum: Uint8Array, bytes: Uint8Array): void {
  for (let at = 0; at < sum.length; at++) sum[at]! ^= bytes[at]!;
}
