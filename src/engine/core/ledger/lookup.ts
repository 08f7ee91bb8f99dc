/** Look-ups that follow from the records that hold their slots: open escrows and registered names. */
import type { EscrowRecord, Id, NameRecord, NodeId } from '../record.js';
import type { Entry, Parsed } from './entry.js';

type EscrowEntry = Entry<Parsed<EscrowRecord>>;

export class Lookup {
  readonly #settled = new Set<Id>();
  readonly #open = new Map<Id, EscrowEntry>();
  readonly #openBy = new Map<NodeId, Map<Id, EscrowEntry>>();
  readonly #names = new Map<string, Parsed<NameRecord>[]>();
  readonly #namesBy = new Map<NodeId, Parsed<NameRecord>[]>();

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
      this.#names.set(record.name, changed(this.#names.get(record.name), record, sign).sort(byAge));
      this.#namesBy.set(record.author, changed(this.#namesBy.get(record.author), record, sign).sort(bySeq));
    }
  }

  openEscrows(submitter?: NodeId): EscrowEntry[] {
    return [...((submitter === undefined ? this.#open : this.#openBy.get(submitter))?.values() ?? [])];
  }

  nameOwner(name: string): NodeId | undefined {
    return this.#names.get(name)?.[0]?.author;
  }

  /** The latest record by which the account named itself and was the first to take that name. */
  nameOf(account: NodeId): Parsed<NameRecord> | undefined {
    return this.#namesBy.get(account)?.findLast(({ name }) => this.nameOwner(name) === account);
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

function changed(records: readonly Parsed<NameRecord>[] = [], record: Parsed<NameRecord>, sign: 1 | -1): Parsed<NameRecord>[] {
  const others = records.filter(({ id }) => id !== record.id);
  return sign === 1 ? [...others, record] : others;
}

function bySeq(left: Parsed<NameRecord>, right: Parsed<NameRecord>): number {
  return left.seq - right.seq;
}

function byAge(left: Parsed<NameRecord>, right: Parsed<NameRecord>): number {
  return left.epoch - right.epoch || (left.id < right.id ? -1 : 1);
}
