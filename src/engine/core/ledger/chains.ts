/** The end of each author's certified chain: as far as it goes without a gap and each record names the one before. */
import type { Id, NodeId } from '../record.js';
import type { ParsedRecord } from './entry.js';

export interface Head {
  readonly seq: number;
  readonly id: Id;
}

/** The record that holds a slot `author:seq`. */
export type Slot = (author: NodeId, seq: number) => ParsedRecord | undefined;

export class Chains {
  readonly #heads = new Map<NodeId, Head>();
  readonly #slot: Slot;

  constructor(slot: Slot) {
    this.#slot = slot;
  }

  head(author: NodeId): Head | null {
    return this.#heads.get(author) ?? null;
  }

  all(): Iterable<readonly [NodeId, Head]> {
    return this.#heads;
  }

  /** A record filled a slot of the author's that was empty. */
  extend(author: NodeId): void {
    this.#walk(author, this.head(author));
  }

  /** Another record took a slot of the author's: what came after may no longer follow from it. */
  rewind(author: NodeId): void {
    this.#heads.delete(author);
    this.#walk(author, null);
  }

  #walk(author: NodeId, from: Head | null): void {
    let head = from;
    for (;;) {
      const next = this.#slot(author, head ? head.seq + 1 : 0);
      if (!next || !('prev' in next) || next.prev !== (head?.id ?? '')) break;
      head = { seq: next.seq, id: next.id };
    }
    if (head && head !== from) this.#heads.set(author, head);
  }
}
