/** Look-ups that follow from the records that hold their slots: open escrows and registered names. */
import type { EscrowRecord, Id, NameRecord, NodeId } from '../record.js';
import type { Entry, Parsed } from './entry.js';

type EscrowEntry = Entry<Parsed<EscrowRecord>>;

export class Lookup {
  readonly #settled = new Set<Id>();
  readonly #open = new Map<Id, EscrowEntry>();
  readonly #openBy = new Map<NodeId, Map<Id, EscrowEntry>>();
  readonly #names = new Map<string, Parsed<NameRecord>[]>();

  /** A record took its slot, or (`sign` -1) lost it. */
  update(entry: Entry, sign: 1 | -1): void {
    const { record } = entry;
    if (record.kind === 'escrow') {
      if (sign === 1 && !this.#settled.has(record.id)) this.#unsettled(entry as EscrowEntry);
      else this.#close(record.id);
    } else if (record.kind === 'settle' && sign === 1) {
      // A settlement that loses its slot loses it to another one of the same escrow.
      this.#settled.add(record.escrow);
      this.#close(record.escrow);
    } else if (record.kind === 'name') {
      const others = (this.#names.get(record.name) ?? []).filter(({ id }) => id !== record.id);
      this.#names.set(record.name, sign === 1 ? [...others, record].sort(byAge) : others);
    }
  }

  openEscrows(submitter?: NodeId): EscrowEntry[] {
    return [...((submitter === undefined ? this.#open : this.#openBy.get(submitter))?.values() ?? [])];
  }

  nameOwner(name: string): NodeId | undefined {
    return this.#names.get(name)?.[0]?.author;
  }

  #unsettled(entry: EscrowEntry): void {
    const { author, id } = entry.record;
    this.#open.set(id, entry);
    const own = this.#openBy.get(author) ?? new Map<Id, EscrowEntry>();
    this.#openBy.set(author, own.set(id, entry));
  }

  #close(escrow: Id): void {
    const author = this.#open.get(escrow)?.record.author;
    if (author === undefined) return;
    this.#open.delete(escrow);
    const own = this.#openBy.get(author);
    own?.delete(escrow);
    if (own?.size === 0) this.#openBy.delete(author);
  }
}

function byAge(left: Parsed<NameRecord>, right: Parsed<NameRecord>): number {
  return left.epoch - right.epoch || (left.id < right.id ? -1 : 1);
}
