/** What happens to the core. Time arrives with every event; nothing else about the world is known inside. */
import type { LinkMode, GraphValue } from '../ports/transport.js';
import type { StoredValue } from '../ports/storage.js';
import type { EdgeNetErrorCode } from './code.js';
import type { Message, Receipt, StorageProof } from './message.js';
import type { BoxKey, Certified, CollectionRecord, EscrowRecord, Id, NodeId, Signed } from './record.js';
import type { Content, ShardName, Stored } from './shard.js';

export interface Locked {
  readonly ciphertext: Uint8Array;
  readonly inC: Id;
  readonly contentKey: string;
  readonly keyC: Id;
  readonly resultKey: BoxKey;
  readonly resultSecret: string;
}

export interface RunFailure {
  readonly code: string;
  readonly message: string;
}

/** A task as the host submits it, already normalised, encoded and metered by its manifest. */
export interface TaskRequest {
  /** 16 random bytes, base64url. */
  readonly task: string;
  readonly kind: string;
  readonly version: number;
  readonly payload: Uint8Array;
  readonly meter: { readonly price: number; readonly fuel: number };
  readonly k: 0 | 1 | 2 | 3;
  readonly priority: 'low' | 'normal' | 'high';
  readonly maxAmount: number;
  /** The promise's patience; the escrow has a deadline of its own. */
  readonly timeoutMs: number;
  /** A task on a shard of a collection. */
  readonly on?: EscrowRecord['on'];
}

export type Happening =
  /** First event of every life: what the store held. */
  | { readonly on: 'start'; readonly store: readonly (readonly [string, StoredValue])[]; readonly vault: readonly (readonly [string, StoredValue])[]; /** Contents of shards on the shelf, oldest first. */ readonly held?: readonly Stored[] }
  | { readonly on: 'link-up'; readonly mode: LinkMode }
  | { readonly on: 'link-down'; readonly code: EdgeNetErrorCode; readonly message: string }
  | { readonly on: 'message'; readonly from: NodeId; readonly message: Message; readonly attachment?: Uint8Array }
  | { readonly on: 'graph'; readonly value: GraphValue }
  | { readonly on: 'gone'; readonly node: NodeId }
  | { readonly on: 'timer'; readonly name: string }
  | { readonly on: 'save-failed'; readonly as: unknown; readonly code: EdgeNetErrorCode; readonly message: string }
  | { readonly on: 'loaded'; readonly as: unknown; readonly values: readonly (StoredValue | undefined)[] }
  | { readonly on: 'signed'; readonly as: unknown; readonly signed: Signed }
  | { readonly on: 'guarded'; readonly as: unknown; readonly good: readonly Certified[]; readonly bad: number }
  | { readonly on: 'verified'; readonly as: unknown; readonly ok: boolean }
  | { readonly on: 'random'; readonly as: unknown; readonly bytes: Uint8Array }
  | { readonly on: 'proved'; readonly as: unknown; readonly body: string }
  | { readonly on: 'locked'; readonly as: unknown; readonly locked: Locked }
  | { readonly on: 'boxed'; readonly as: unknown; readonly boxes: Readonly<Record<NodeId, string>> }
  | { readonly on: 'unlocked'; readonly as: unknown; readonly payload?: Uint8Array; readonly contentKey?: string; readonly fault?: 'wrong-key' | 'wrong-ciphertext' }
  | { readonly on: 'ran'; readonly run: string; readonly output?: Uint8Array; readonly fuel: number; readonly items?: number; readonly busyMs: number; readonly failure?: RunFailure }
  | { readonly on: 'run-progress'; readonly run: string; readonly phase: string; readonly loaded: number; readonly total: number }
  | { readonly on: 'answered'; readonly as: unknown; readonly receipt: string; readonly digest: string; readonly result: Uint8Array; readonly ticket: Signed }
  | { readonly on: 'result-read'; readonly as: unknown; readonly output?: Uint8Array; readonly digest?: string }
  | { readonly on: 'receipt-read'; readonly as: unknown; readonly receipt?: Receipt }
  /** Instead of what `lock`, `box`, `unlock`, `answer`, `read-result` or `read-receipt` would have brought: strangers' keys may be unfit for anything. */
  | { readonly on: 'crypto-failed'; readonly as: unknown; readonly message: string }
  /** `ok`: the content is on the shelf. `turn`: as the witness handed it over; without, a kernel wrote it. */
  | { readonly on: 'shelf-kept'; readonly shard: Stored; readonly turn?: number; readonly ok: boolean }
  /** Instead of `shelf-read` or `shelf-proved`: what was kept is not there any more. */
  | { readonly on: 'shelf-lost'; readonly shard: Content }
  | { readonly on: 'shelf-boxed'; readonly shard: ShardName; readonly boxes: Readonly<Record<NodeId, string>> }
  | { readonly on: 'shelf-read'; readonly shard: Content; readonly to: NodeId; readonly box: string; readonly ciphertext: Uint8Array }
  | { readonly on: 'shelf-proved'; readonly shard: Content; readonly period: number; readonly sealed: string }
  | { readonly on: 'proof-read'; readonly as: unknown; readonly proof?: StorageProof }
  /** From the host. */
  | { readonly on: 'submit'; readonly request: TaskRequest }
  | { readonly on: 'abort'; readonly task: string; readonly code: 'aborted' | 'timeout' }
  /** Asks for the result of an earlier submission of this identity. */
  | { readonly on: 'recall'; readonly task: string }
  /** Whether to take work, and how many tasks at once. With a capacity of 0 what was taken is laid down, unless it `finishes`. */
  | { readonly on: 'contribute'; readonly capacity: number; readonly kinds: Readonly<Record<string, number>>; readonly finishes?: boolean }
  | { readonly on: 'ask'; readonly request: AccountRequest }
  /** Asks for a shard's content as its holders have it, for its owner to read. Answered by the notice `shard`. */
  | { readonly on: 'fetch-shard'; readonly shard: ShardName };

/** A record the host wants written on its own account. */
export type AccountRequest =
  & { readonly ask: string }
  & (
    | { readonly kind: 'transfer'; readonly to: NodeId; readonly amount: number; readonly memo?: string }
    | { readonly kind: 'bond' | 'unbond'; readonly amount: number }
    | { readonly kind: 'name'; readonly name: string }
    /** The whole of what the collection is from now on: one that leaves out what another changed undoes it. */
    | { readonly kind: 'collection' } & Omit<CollectionRecord, 'kind' | 'net' | 'epoch' | 'author' | 'seq' | 'prev'>);

export type Event = Happening & { readonly now: number };
