/**
 * What of an insertion is done, kept until all of it is: an insertion that ended half-way is taken up again by whoever
 * submits it under the same task id, or with the same ids.
 */
import { sha256Id } from '../core/encoding.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { Ledger } from '../core/ledger/ledger.js';
import type { Id } from '../core/record.js';
import type { Storage } from '../ports/storage.js';
import type { Slice } from './collection-plan.js';

export interface DonePart extends Slice {
  /** Of the shard's content with it. */
  readonly hash: Id | '';
  /** Credits. */
  readonly cost: number;
  readonly workers: readonly string[];
  readonly verified: boolean;
}

interface Kept {
  /** The task that began it: its parts are named after it. */
  readonly task: string;
  readonly firstId: number;
  readonly parts: readonly DonePart[];
}

export const journalPrefix = (collection: Id): string => `host/insertion/${collection}/`;

export class InsertionJournal {
  readonly #confirmed: DonePart[];
  readonly #parts: DonePart[];

  private constructor(private readonly store: Storage, private readonly key: string, private readonly kept: Kept, confirmed: readonly DonePart[]) {
    this.#parts = [...confirmed];
    this.#confirmed = [...confirmed];
  }

  /** @param ids undefined where they are numbered on from `nextId` */
  static async open(store: Storage, { id, owner }: CollectionView, { ids, task, nextId }: { readonly ids: Float64Array | undefined; readonly task: string; readonly nextId: number }, ledger: Ledger): Promise<InsertionJournal> {
    const name = ids ? sha256Id(new Uint8Array(ids.buffer, ids.byteOffset, ids.byteLength)) : task;
    const key = journalPrefix(id) + name;
    const text = await store.get(key);
    const kept = typeof text === 'string' ? (JSON.parse(text) as Kept) : { task, firstId: nextId, parts: [] };
    const contents = kept.parts.length === 0 ? undefined : contentsOf(ledger, id, owner);
    return new InsertionJournal(store, key, kept, kept.parts.filter(({ shard, hash }) => contents?.has(`${shard}/${hash}`)));
  }

  get task(): string {
    return this.kept.task;
  }

  get firstId(): number {
    return this.kept.firstId;
  }

  /** Parts that a certified record names. */
  get done(): readonly DonePart[] {
    return this.#confirmed;
  }

  get inserted(): number {
    return this.#confirmed.reduce((sum, { from, to }) => sum + to - from, 0);
  }

  /** What of `count` vectors is not done. */
  missing(count: number): (readonly [from: number, to: number])[] {
    const done = [...this.#confirmed].sort((left, right) => left.from - right.from);
    const gaps: (readonly [number, number])[] = [];
    let at = 0;
    for (const { from, to } of [...done, { from: count, to: count }]) {
      if (from > at) gaps.push([at, from]);
      at = to;
    }
    return gaps;
  }

  /** Its numbering must survive whatever follows. */
  begin(): Promise<void> {
    return this.#save();
  }

  /** Before the record that makes it so: a crash in between leaves it to the ledger whether it is done. */
  async note(part: DonePart): Promise<void> {
    this.#parts.push(part);
    await this.#save();
  }

  confirm({ shard, from }: Pick<Slice, 'shard' | 'from'>): void {
    this.#confirmed.push(this.#parts.find((part) => part.shard === shard && part.from === from)!);
  }

  close(): Promise<void> {
    return this.store.write([[this.key, null]]);
  }

  #save(): Promise<void> {
    return this.store.write([[this.key, JSON.stringify({ ...this.kept, parts: this.#parts } satisfies Kept)]]);
  }
}

/** Every content that a shard ever had by its owner's records, as `shard/hash`. */
function contentsOf(ledger: Ledger, id: Id, owner: string): Set<string> {
  const contents = new Set<string>();
  for (const { record } of ledger.entries()) {
    if (record.kind !== 'collection' || record.author !== owner || record.collection !== id) continue;
    for (const [shard, { hash }] of record.shards.entries()) contents.add(`${shard}/${hash}`);
  }
  return contents;
}
