/**
 * What the core asks of the world, as data. The driver carries effects out in order through the ports;
 * those with an `as` answer later with the event of the same subject (`event.ts`), handing `as` back.
 * `as` says how the core goes on; to the driver it is opaque. Cryptography may fail, on keys that strangers chose:
 * `crypto-failed` answers then.
 */
import type { StoredValue, Write } from '../ports/storage.js';
import type { GraphValue } from '../ports/transport.js';
import type { Boxed, Check, Message } from './message.js';
import type { BoxKey, Certified, Id, NodeId, Signed } from './record.js';
import type { Notice } from './notice.js';
import type { Content, ShardName } from './shard.js';

export type { StoredValue, Write };

/** Where to save: `store` is the ledger and task state; `vault` lies beside the keys and is fsynced. */
export type Area = 'store' | 'vault';

export interface SendEffect {
  readonly do: 'send';
  readonly to: NodeId;
  readonly message: Message;
  readonly attachment?: Uint8Array;
  readonly ticket?: Signed;
}

export type Effect =
  | SendEffect
  | { readonly do: 'publish'; readonly value: GraphValue }
  /** `then` runs only once the batch is durable; a failure ends in `save-failed`. */
  | { readonly do: 'save'; readonly area: Area; readonly writes: readonly Write[]; readonly then: readonly Effect[]; readonly as?: unknown; /** Must outlive a power failure; the vault's always do. */ readonly sync?: true }
  | { readonly do: 'load'; readonly keys: readonly string[]; readonly as: unknown }
  | { readonly do: 'sign'; readonly body: string; readonly as: unknown }
  /** Guards a certified record that came by message, not through the graph. */
  | { readonly do: 'guard'; readonly records: readonly Certified[]; readonly as: unknown }
  | { readonly do: 'verify'; readonly checks: readonly Check[]; readonly as: unknown }
  | { readonly do: 'random'; readonly length: number; readonly as: unknown }
  /** Hashcash: adds `pow` to the fields so that SHA-256 of the text has `bits` leading zeros. */
  | { readonly do: 'prove'; readonly fields: Readonly<Record<string, unknown>>; readonly bits: number; readonly as: unknown }
  /** One timer a name; setting it again moves it. */
  | { readonly do: 'timer'; readonly name: string; readonly delayMs: number }
  | { readonly do: 'clear'; readonly name: string }
  /** Fresh content key and result key pair; the payload under the content key. */
  | { readonly do: 'lock'; readonly payload: Uint8Array; readonly as: unknown }
  /** The content key (base64url) sealed to each rank. */
  | { readonly do: 'box'; readonly contentKey: string; readonly to: readonly { readonly node: NodeId; readonly box: BoxKey }[]; readonly as: unknown }
  /** Opens the boxed key, checks it against keyC and the ciphertext against inC, and decrypts. */
  | { readonly do: 'unlock'; readonly ciphertext: Uint8Array; readonly box: string; readonly inC: Id; readonly keyC: Id; readonly as: unknown }
  | { readonly do: 'run'; readonly run: string; readonly kind: string; readonly version: number; readonly payload: Uint8Array; readonly wallMs: number; readonly priority: number; readonly meter: { readonly price: number; readonly fuel: number }; readonly on?: ShardName }
  | { readonly do: 'stop'; readonly run: string }
  /** Seals an output to the submitter and a signed receipt of it to the witness. */
  | { readonly do: 'answer'; readonly escrow: Id; readonly contentKey: string; readonly output: Uint8Array; readonly fuel: number; readonly resultKey: BoxKey; readonly witnessBox: BoxKey; readonly as: unknown }
  /** Submitter: opens a worker's result and takes its digest. */
  | { readonly do: 'read-result'; readonly sealed: Uint8Array; readonly resultSecret: string; readonly contentKey: string; readonly as: unknown }
  /** Witness: opens a sealed receipt and verifies its signature. */
  | { readonly do: 'read-receipt'; readonly sealed: string; readonly by: NodeId; readonly as: unknown }
  /** Keeps a shard's content, once its key opens and the content is what the hash says. Answered by `shelf-kept`. */
  | { readonly do: 'shelf-keep'; readonly shard: Content; readonly turn: number; readonly box: string; readonly ciphertext: Uint8Array | undefined }
  /** The shard's key, as it is held or else as its owner derives it, sealed to each. Answered by `shelf-boxed`. */
  | { readonly do: 'shelf-box'; readonly shard: ShardName; readonly to: readonly Boxed[] }
  /** Content for `to`, with the key sealed to it unless its box is empty. Answered by `shelf-read`. */
  | { readonly do: 'shelf-read'; readonly shard: Content; readonly to: Boxed }
  /** Answered by `shelf-proved`. */
  | { readonly do: 'shelf-prove'; readonly shard: Content; readonly period: number; readonly nonce: string; readonly ranges: readonly (readonly [number, number])[]; readonly witnessBox: BoxKey }
  /** Forgets these contents of a shard; where none is named, all of it, and the key. */
  | { readonly do: 'shelf-drop'; readonly shard: ShardName; readonly hashes?: readonly (Id | '')[] }
  /** Witness: opens a sealed `StorageProof`. */
  | { readonly do: 'read-proof'; readonly sealed: string; readonly as: unknown }
  | { readonly do: 'notify'; readonly notice: Notice };
