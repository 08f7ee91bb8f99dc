/**
 * Collections as their records tell of them: what each is now, who holds its shards, and what is left of its deposit.
 * A sum over records and the last of each chain, so that the order in which they came cannot matter.
 */
import type { CollectionRecord, HoldRecord, Id, Micro, NodeId, ReleaseRecord } from '../record.js';
import type { Parsed, ParsedRecord } from './entry.js';

export interface CollectionView {
  readonly id: Id;
  readonly owner: NodeId;
  /** As its owner has it now. */
  readonly record: Parsed<CollectionRecord>;
  /** What was laid by for storage, less rents and what went back. */
  readonly deposit: Micro;
  readonly released: ReleaseRecord['why'] | undefined;
  /** As of the latest turn. */
  holders(shard: number): Pick<HoldRecord, 'turn' | 'holders'> | undefined;
  /** In this turn or an earlier one. */
  wasHolder(shard: number, node: NodeId): boolean;
}

interface Book {
  /** By sequence number. Strangers may write that they continue a collection: only its owner's count. */
  readonly records: Parsed<CollectionRecord>[];
  /** By shard, in order of turn. */
  readonly holds: Map<number, HoldRecord[]>;
  spent: Micro;
  released: ReleaseRecord['why'] | undefined;
  /** Until the next record. */
  view: CollectionView | undefined;
}

export class Collections {
  readonly #books = new Map<Id, Book>();

  /** A record took its slot, or (`sign` -1) lost it. */
  update(record: ParsedRecord, sign: 1 | -1): void {
    switch (record.kind) {
      case 'collection': {
        const { records } = this.#open(record.collection || record.id);
        if (sign < 0) records.splice(records.indexOf(record), 1);
        else insert(records, record, ({ seq }) => seq);
        return;
      }
      case 'hold': {
        const { holds } = this.#open(record.collection);
        const turns = holds.get(record.shard) ?? [];
        holds.set(record.shard, turns);
        if (sign < 0) turns.splice(turns.indexOf(record), 1);
        else insert(turns, record, ({ turn }) => turn);
        return;
      }
      case 'rent':
      case 'release': {
        const book = this.#open(record.collection);
        book.spent += sign * record.amount;
        if (record.kind === 'release') book.released = sign < 0 ? undefined : record.why;
      }
    }
  }

  get(id: Id): CollectionView | undefined {
    const book = this.#books.get(id);
    return book && (book.view ??= viewOf(id, book));
  }

  *all(): Iterable<CollectionView> {
    for (const id of this.#books.keys()) {
      const view = this.get(id);
      if (view) yield view;
    }
  }

  #open(id: Id): Book {
    let book = this.#books.get(id);
    if (!book) this.#books.set(id, (book = { records: [], holds: new Map(), spent: 0, released: undefined, view: undefined }));
    book.view = undefined;
    return book;
  }
}

function viewOf(id: Id, { records, holds, spent, released }: Book): CollectionView | undefined {
  const owner = records.find((record) => record.id === id)?.author;
  if (owner === undefined) return undefined;
  const own = records.filter(({ author }) => author === owner);
  return {
    id, owner, released, record: own.at(-1)!, deposit: own.reduce((sum, { amount }) => sum + amount, -spent),
    holders: (shard) => holds.get(shard)?.at(-1),
    wasHolder: (shard, node) => holds.get(shard)?.some(({ holders }) => holders.includes(node)) ?? false,
  };
}

/** Records come in order, almost always. */
function insert<T>(sorted: T[], item: T, placeOf: (item: T) => number): void {
  let at = sorted.length;
  while (at > 0 && placeOf(sorted[at - 1]!) > placeOf(item)) at -= 1;
  sorted.splice(at, 0, item);
}
