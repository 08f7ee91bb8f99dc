/**
 * The shapes that are signed, certified and folded (PROTOCOL section 2). Types only.
 *
 * What is signed is what is shipped: `b` is JSON text, `s` its signature, and the id is the SHA-256 of `b`.
 * Nobody re-serialises a record, so nothing needs canonical JSON.
 */

/** base64url of an Ed25519 public key: 43 characters. */
export type NodeId = string;
/** base64url of a SHA-256: 43 characters. */
export type Id = string;
/** base64url of an X25519 public key: 43 characters. */
export type BoxKey = string;
/** base64url of an Ed25519 signature: 86 characters. */
export type Signature = string;
/** Safe integer >= 0, in units of 10^-6 credit. */
export type Micro = number;
/** Milliseconds since 1970, as told by the witness. */
export type Millis = number;
/** `floor(milliseconds / epochMs)`. */
export type Epoch = number;

export interface Signed {
  readonly b: string;
  /** Empty for records without an author (settle, uptime, grant): there the certificate speaks. */
  readonly s: Signature | '';
}

export interface Pay {
  readonly to: NodeId;
  readonly amount: Micro;
  /** Goes to the payee's stake instead of its free balance. */
  readonly stake: boolean;
  readonly why: 'work' | 'site' | 'referral' | 'audit' | 'uptime' | 'storage';
}

interface Common {
  readonly epoch: Epoch;
  /** Network id. */
  readonly net: Id;
}

interface Authored extends Common {
  readonly author: NodeId;
  readonly seq: number;
  /** Id of the author's previous record; empty only where seq is 0. */
  readonly prev: Id | '';
}

export interface OpenRecord extends Authored {
  readonly kind: 'open';
  /** Hashcash: any integer that gives SHA-256(b) the descriptor's number of leading zero bits. */
  readonly pow: number;
  /** The site account's key, a name registered to one, or empty. */
  readonly site: string;
  /** The site's part of this node's pay, in millionths. */
  readonly share: number;
  readonly ref?: string;
}

export interface EscrowRecord extends Authored {
  readonly kind: 'escrow';
  /** k x price x priority, rounded up (a k of 0 reserves 2). */
  readonly amount: Micro;
  /** 16 random bytes, base64url: the public task id. */
  readonly task: string;
  /** Task kind and kernel version. */
  readonly type: string;
  readonly version: number;
  /** Replicas: 0 leaves the choice to the witness. */
  readonly k: 0 | 1 | 2 | 3;
  readonly priority: 'low' | 'normal' | 'high';
  /** Milliseconds from certification to refund. */
  readonly deadline: number;
  /** SHA-256 of the ciphertext and its length in bytes. */
  readonly inC: Id;
  readonly inSize: number;
  /** SHA-256 of the content key. */
  readonly keyC: Id;
  /** Per-task X25519 key that results are boxed to. */
  readonly resultKey: BoxKey;
  /** One replica's price and reference work, as the manifest meters the payload. */
  readonly meter: { readonly price: Micro; readonly fuel: number };
  /** A task on a shard of a collection, for those who hold this content of it. */
  readonly on?: { readonly collection: Id; readonly shard: number; readonly hash: Id | '' };
}

export interface TransferRecord extends Authored {
  readonly kind: 'transfer';
  readonly to: NodeId;
  readonly amount: Micro;
  readonly memo?: string;
}

export interface BondRecord extends Authored {
  readonly kind: 'bond' | 'unbond';
  readonly amount: Micro;
}

export interface NameRecord extends Authored {
  readonly kind: 'name';
  readonly name: string;
}

/** A shard's content now: SHA-256 of the ciphertext (empty while nobody has written it), its bytes, and vectors in it. */
export interface ShardEntry {
  readonly hash: Id | '';
  readonly size: number;
  readonly rows: number;
}

/** What a collection is, as its owner has it now: the latest in the owner's chain stands. */
export interface CollectionRecord extends Authored {
  readonly kind: 'collection';
  /** Id of the collection's first record; empty in that one. */
  readonly collection: Id | '';
  /** Laid by for storage: free -> escrowed. */
  readonly amount: Micro;
  readonly name: string;
  readonly dims: number;
  readonly metric: 'cos' | 'ip' | 'l2';
  readonly scalar: 'f32' | 'f16' | 'i8';
  readonly replicas: 1 | 2 | 3;
  /** Who may search it; only the owner inserts. */
  readonly access: 'owner' | 'anyone';
  readonly shards: readonly ShardEntry[];
  /** Deleted: no shards any more; what is left of the deposit goes back. */
  readonly closed?: true;
}

export interface SettleRecord extends Common {
  readonly kind: 'settle';
  readonly escrow: Id;
  /** When the witness settled; left out by witnesses of an earlier version. */
  readonly at?: Millis;
  readonly submitter: NodeId;
  readonly amount: Micro;
  readonly refund: Micro;
  readonly burn: Micro;
  readonly pay: readonly Pay[];
  readonly mint: readonly Pay[];
  readonly slash: readonly { readonly who: NodeId; readonly amount: Micro }[];
  readonly fuel: number;
  /** Multiplier in force, in millionths. */
  readonly mPpm: number;
  readonly slots: readonly { readonly who: NodeId; readonly ok: boolean }[];
}

export interface UptimeRecord extends Common {
  readonly kind: 'uptime';
  readonly account: NodeId;
  readonly hour: number;
  readonly mint: readonly Pay[];
}

export interface GrantRecord extends Common {
  readonly kind: 'grant';
  readonly account: NodeId;
  readonly amount: Micro;
}

/** Who holds a shard, drawn like workers; a later turn replaces the one before. Moves no money. */
export interface HoldRecord extends Common {
  readonly kind: 'hold';
  readonly collection: Id;
  readonly shard: number;
  readonly turn: number;
  readonly holders: readonly NodeId[];
  /** Of the draw: hash of the roster, and base64url of HMAC-SHA-256(epoch secret, `hold\n<collection>\n<shard>\n<turn>`). */
  readonly roster: Id;
  readonly seed: string;
}

/** A storage period of one shard, paid to the holders that proved possession. amount = burn + sum(pay). */
export interface RentRecord extends Common {
  readonly kind: 'rent';
  readonly collection: Id;
  readonly owner: NodeId;
  readonly shard: number;
  /** Counts periods of `storageDayMs`, from 1970. */
  readonly period: number;
  readonly amount: Micro;
  readonly burn: Micro;
  readonly pay: readonly Pay[];
}

/** The collection is over; the rest of its deposit goes back. */
export interface ReleaseRecord extends Common {
  readonly kind: 'release';
  readonly collection: Id;
  readonly owner: NodeId;
  readonly amount: Micro;
  readonly why: 'closed' | 'unpaid';
}

export type AuthoredRecord = OpenRecord | EscrowRecord | TransferRecord | BondRecord | NameRecord | CollectionRecord;
export type WitnessRecord = SettleRecord | UptimeRecord | GrantRecord | HoldRecord | RentRecord | ReleaseRecord;
export type Rec = AuthoredRecord | WitnessRecord;

/** Who does an escrow's work, drawn by the witness's epoch secret; shipped as text inside the certificate. */
export interface Assignment {
  readonly epoch: Epoch;
  /** When the witness certified; the deadline counts from here. */
  readonly at: Millis;
  /** Hash of the roster that was ranked. */
  readonly roster: Id;
  /** base64url of HMAC-SHA-256(epoch secret, escrow id). */
  readonly seed: string;
  /** Replicas to be paid: the escrow's k, or the witness's choice where that is 0. */
  readonly k: number;
  /** Of a task on a shard: the holders that were ranked. */
  readonly among?: readonly NodeId[];
  /** Workers in order: k of them, then the reserves. */
  readonly ranks: readonly { readonly node: NodeId; readonly box: BoxKey }[];
}

/** A batch's Merkle root signed by witnesses, and the path from one record to it. */
export interface Certificate {
  readonly root: Id;
  /** Audit path of RFC 6962: leaf index, leaf count, sibling hashes from the leaf up. */
  readonly index: number;
  readonly size: number;
  readonly path: readonly Id[];
  readonly sigs: readonly { readonly by: NodeId; readonly s: Signature }[];
  /** JSON text of the `Assignment`; for escrows only, and hashed into the leaf. */
  readonly x?: string;
}

/** A record as it lies in the graph, in stores and in sync messages. */
export interface Certified extends Signed {
  readonly c: Certificate;
}
