/** What the ledger holds: a parsed record with its id, as it was certified. */
import type { Assignment, Certified, Id, NodeId, Rec } from '../record.js';

type WithId<R> = R extends Rec ? R & { readonly id: Id } : never;
/** One kind of record with its id: `Parsed<EscrowRecord>`. */
export type Parsed<R extends Rec> = WithId<R>;
export type ParsedRecord = WithId<Rec>;

export interface Entry<R extends ParsedRecord = ParsedRecord> {
  readonly record: R;
  readonly certified: Certified;
  /** Of escrows only. */
  readonly assignment?: Assignment;
}

/** The slot a record competes for: of two records with one key only one may be certified. */
export function recordKey(record: Rec): string {
  switch (record.kind) {
    case 'settle':
      return `settle:${record.escrow}`;
    case 'uptime':
      return `uptime:${record.account}:${record.hour}`;
    case 'grant':
      return `grant:${record.account}`;
    case 'hold':
      return `hold:${record.collection}:${record.shard}:${record.turn}`;
    case 'rent':
      return `rent:${record.collection}:${record.shard}:${record.period}`;
    case 'release':
      return `release:${record.collection}`;
    default:
      return `${record.author}:${record.seq}`;
  }
}

/** Empty for the witness's records. */
export function authorOf(record: Rec): NodeId | '' {
  return 'author' in record ? record.author : '';
}
