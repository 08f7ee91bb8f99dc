/**
 * Direct messages between a peer and the witness's mailbox (PROTOCOL section 1). Types only.
 *
 * The transport authenticates the sender and carries at most one binary attachment beside the JSON;
 * "+ x" below names it. Everything that moves money is signed on its own, so a lying relay can delay
 * a message but not forge one.
 */
import type { BoxKey, Certified, Id, Millis, NodeId, Signature, Signed } from './record.js';

/** Count and XOR of the ids of the certified records of `span` hours from `bucket` on: equal digests, equal sets. */
export interface BucketDigest {
  /** Hours since 1970. */
  readonly bucket: number;
  readonly span: number;
  readonly count: number;
  readonly hash: Id;
}

export type SyncMessage =
  /** Of hours where our digests differ, I hold these ids and no others from `from` up to, not including, `to` (empty: no bound). */
  | { readonly t: 'have'; readonly bucket: number; readonly span: number; readonly from: Id | ''; readonly to: Id | ''; readonly ids: readonly Id[] }
  | { readonly t: 'want'; readonly ids: readonly Id[] }
  | { readonly t: 'records'; readonly records: readonly Certified[] }
  /** Compare these with yours, in order and without overlaps (also part of `hello`). What is not covered is not spoken of. */
  | { readonly t: 'digest'; readonly digest: readonly BucketDigest[] };

export type PeerMessage =
  | SyncMessage
  /** First word on every link: who I am, where my chain ends, what I hold. */
  | { readonly t: 'hello'; readonly session: string; readonly head: { readonly seq: number; readonly id: Id } | null; readonly digest: readonly BucketDigest[] }
  /** Signed `Presence`: I work. A capacity of 0 means I no longer do. */
  | { readonly t: 'present'; readonly p: Signed }
  /** Liveness where the witness sees no sockets. `at` of the newest presence, 0 from whoever takes no part. */
  | { readonly t: 'alive'; readonly at: Millis }
  | { readonly t: 'record'; readonly r: Signed }
  /** + ciphertext */
  | { readonly t: 'escrow'; readonly r: Signed }
  /** Content key boxed to each rank, base64url. */
  | { readonly t: 'boxes'; readonly escrow: Id; readonly boxes: Readonly<Record<NodeId, string>> }
  /** Sealed, signed `Receipt` (base64url) + result boxed to the escrow's resultKey */
  | { readonly t: 'result'; readonly escrow: Id; readonly receipt: string }
  | { readonly t: 'beat'; readonly escrow: Id; readonly ratio: number }
  /** Signed `Reject`: the slot is free again. */
  | { readonly t: 'reject'; readonly p: Signed }
  | { readonly t: 'cancel'; readonly escrow: Id }
  /** Send me what is known of my task. */
  | { readonly t: 'fetch'; readonly escrow: Id }
  | { readonly t: 'roster-want'; readonly hash: Id }
  /** The owner's answer to `keys-wanted`: the shard's key boxed to each, base64url. */
  | ShardMessage<'shard-keys'> & { readonly boxes: Readonly<Record<NodeId, string>> }
  /** I hold this content, of so many bytes, and its key. */
  | ContentMessage<'kept'> & { readonly size: number }
  /** + ciphertext: what a holder was asked to supply another node with. The box is empty for the owner. */
  | ContentMessage<'shard'> & { readonly to: NodeId; readonly box: string }
  /** `StorageProof`, sealed to the witness (base64url). */
  | ShardMessage<'proof'> & { readonly period: number; readonly sealed: string }
  /** The owner asks for the content. */
  | ShardMessage<'shard-want'>;

export type WitnessMessage =
  | SyncMessage
  | { readonly t: 'welcome'; readonly now: Millis; readonly session: string; readonly head: { readonly seq: number; readonly id: Id } | null; readonly digest: readonly BucketDigest[] }
  /** Another session of the same identity took over from the one named. */
  | { readonly t: 'superseded'; readonly session: string }
  /** The presence that `alive` named is not the one that is here: say it again. */
  | { readonly t: 'present-wanted' }
  | { readonly t: 'certified'; readonly r: Certified }
  /** Signed `Refusal`. */
  | { readonly t: 'refused'; readonly p: Signed }
  /** + ciphertext */
  | { readonly t: 'assign'; readonly r: Certified }
  | { readonly t: 'key'; readonly escrow: Id; readonly box: string }
  /** + result boxed to the escrow's resultKey */
  | { readonly t: 'result'; readonly escrow: Id; readonly worker: NodeId }
  | { readonly t: 'beat'; readonly escrow: Id; readonly worker: NodeId; readonly ratio: number }
  /** The escrow is over; to the submitter and to workers that still hold the task. */
  | { readonly t: 'ended'; readonly escrow: Id; readonly code: EndCode }
  | { readonly t: 'roster'; readonly hash: Id; readonly members: readonly Member[] }
  /** To the owner: box the shard's key to these new holders. */
  | ShardMessage<'keys-wanted'> & { readonly to: readonly Boxed[] }
  /** + ciphertext, where the hash is not empty: hold this. Without a box it only asks whether you do. `turn`: of the list that names you. */
  | ContentMessage<'keep'> & { readonly box: string; readonly turn: number }
  /** Send what you hold to the witness for this node. Without a box key it is the owner, who has the key. */
  | ContentMessage<'supply'> & { readonly to: Boxed }
  /** Prove that you hold it: these ranges, as [from, length]. */
  | ContentMessage<'prove'> & { readonly period: number; readonly nonce: string; readonly ranges: readonly (readonly [number, number])[] }
  /** + ciphertext, to the owner who asked for it. */
  | ContentMessage<'shard'>;

interface ShardMessage<T extends string> {
  readonly t: T;
  readonly collection: Id;
  readonly shard: number;
}

interface ContentMessage<T extends string> extends ShardMessage<T> {
  readonly hash: Id | '';
}

/** A node, and the key that things are sealed to for it. */
export interface Boxed {
  readonly node: NodeId;
  readonly box: BoxKey | '';
}

/** Body sealed inside `proof`: base64url of HMAC-SHA-256(nonce, the ranges one after the other), and the bytes of all of it. */
export interface StorageProof {
  readonly nonce: string;
  readonly mac: string;
  readonly size: number;
}

export type Message = PeerMessage | WitnessMessage;

export type EndCode = 'settled' | 'aborted' | 'timeout' | 'no-consensus' | 'no-workers' | 'unknown';

/** Body of `present`: binds a session's X25519 key to the identity. */
export interface Presence {
  readonly kind: 'presence';
  readonly net: Id;
  readonly node: NodeId;
  readonly session: string;
  readonly box: BoxKey;
  /** Kernel versions by task kind. */
  readonly kernels: Readonly<Record<string, number>>;
  /** Tasks it takes at once. */
  readonly capacity: number;
  readonly at: Millis;
}

/** One seat of a roster. */
export interface Member {
  readonly node: NodeId;
  readonly box: BoxKey;
  readonly kernels: Readonly<Record<string, number>>;
  readonly capacity: number;
  /** Micro-credits, as of the roster's epoch. */
  readonly stake: number;
  readonly site: string;
}

/** Body of the signed roster header, pushed through the graph. */
export interface RosterHeader {
  readonly kind: 'roster';
  readonly net: Id;
  readonly witness: NodeId;
  /** Changes when the witness process does: peers then say hello again. */
  readonly session: string;
  readonly epoch: number;
  readonly at: Millis;
  /** `rosterHash(members)` and how many there are. */
  readonly roster: Id;
  readonly size: number;
  /** SHA-256 of this epoch's secret, and the secret of the epoch before (base64url; '' at first). */
  readonly secretHash: Id;
  readonly revealed: { readonly epoch: number; readonly secret: string } | null;
  /** Digest over all certified records, so that a peer notices what it missed. */
  readonly ledger: { readonly count: number; readonly hash: Id };
}

/** Body sealed inside `result`. */
export interface Receipt {
  readonly kind: 'receipt';
  readonly escrow: Id;
  readonly worker: NodeId;
  /** base64url of HMAC-SHA-256(HKDF(content key), output bytes). */
  readonly digest: string;
  readonly fuel: number;
  /** SHA-256 of the attached result ciphertext. */
  readonly out: Id;
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly net: Id;
  readonly record: Id;
  readonly code: 'insufficient-credits' | 'no-workers' | 'rate-limited' | 'bad-input' | 'payload-too-large' | 'relay-rejected' | 'account-frozen' | 'upgrade-required' | 'clock-skew';
  readonly message: string;
  readonly retryAfterMs?: number;
  /** The author's certified head, where that was the reason. */
  readonly head?: { readonly seq: number; readonly id: Id } | null;
}

export interface Reject {
  readonly kind: 'reject';
  readonly escrow: Id;
  readonly worker: NodeId;
  readonly why: 'wrong-key' | 'wrong-ciphertext' | 'busy' | 'unsupported' | 'failed';
}

/** Body of a signed checkpoint (PROTOCOL 2). */
export interface Checkpoint {
  readonly kind: 'checkpoint';
  readonly net: Id;
  /** Counts checkpoints of `checkpointMs`, from 1970. */
  readonly hour: number;
  readonly prev: Id | '';
  /** Merkle root over the certified heads, in order of account. */
  readonly root: Id;
  /** Number of accounts under the root. */
  readonly heads: number;
  readonly state: Id;
  readonly totals: Totals;
  readonly fuel: number;
  readonly mPpm: number;
  readonly cap: number;
  readonly top: readonly { readonly account: NodeId; readonly earned: number }[];
}

/** granted + minted = spendable + pending + escrowed + staked + burned, in micro-credits. */
export interface Totals {
  readonly granted: number;
  readonly minted: number;
  readonly spendable: number;
  readonly pending: number;
  readonly escrowed: number;
  readonly staked: number;
  readonly burned: number;
}

/** A signature to check: `s` by `by` over the UTF-8 bytes of `body`. */
export interface Check {
  readonly by: NodeId;
  readonly body: string;
  readonly s: Signature | '';
}
