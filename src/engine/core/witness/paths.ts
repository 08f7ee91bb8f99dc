/** Where the store keeps what. Of a task: enough to take it up after a stop, and for a day the results of one that is over. */
import type { Id, NodeId } from '../record.js';

export const paths = {
  record: (id: Id) => `rec/${id}`,
  ciphertext: (escrow: Id) => `in/${escrow}`,
  boxes: (escrow: Id) => `boxes/${escrow}`,
  receipt: (escrow: Id, worker: NodeId) => `receipt/${escrow}/${worker}`,
  result: (escrow: Id, worker: NodeId) => `out/${escrow}/${worker}`,
  /** Of a task that is over: since when, and whose results are kept. */
  kept: (escrow: Id) => `kept/${escrow}`,
  roster: (hash: Id) => `roster/${hash}`,
  checkpoint: 'checkpoint',
} as const;

/** What a witness must be given when it starts; the rest it asks for by name, since it may be large. */
export const PREFIXES_AT_START: readonly string[] = ['boxes/', 'checkpoint', 'kept/', 'rec/', 'receipt/', 'roster/'];
