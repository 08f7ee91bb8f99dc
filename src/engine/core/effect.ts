/**
 * What the core asks of the world, as data. The driver carries effects out in order through the ports;
 * those with an `as` answer later with the event of the same subject (`event.ts`), handing `as` back.
 * `as` says how the core goes on; to the driver it is opaque. Cryptography may fail, on keys that strangers chose:
 * `crypto-failed` answers then.
 */
import type { StoredValue, Write } from '../ports/storage.js';
import type { GraphValue } from '../ports/transport.js';
import type { Check, Message } from './message.js';
import type { BoxKey, Certified, Id, NodeId, Signed } from './record.js';
import type { Notice } from './notice.js';

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
  | { readonly do: 'run'; readonly run: string; readonly kind: string; readonly version: number; readonly payload: Uint8Array; readonly wallMs: number; readonly priority: number; readonly meter: { readonly price: number; readonly fuel: number } }
  | { readonly do: 'stop'; readonly run: string }
  /** Seals an output to the submitter and a signed receipt of it to the witness. */
  | { readonly do: 'answer'; readonly escrow: Id; readonly contentKey: string; readonly output: Uint8Array; readonly fuel: number; readonly resultKey: BoxKey; readonly witnessBox: BoxKey; readonly as: unknown }
  /** Submitter: opens a worker's result and takes its digest. */
  | { readonly do: 'read-result'; readonly sealed: Uint8Array; readonly resultSecret: string; readonly contentKey: string; readonly as: unknown }
  /** Witness: opens a sealed receipt and verifies its signature. */
  | { readonly do: 'read-receipt'; readonly sealed: string; readonly by: NodeId; readonly as: unknown }
  | { readonly do: 'notify'; readonly notice: Notice };
