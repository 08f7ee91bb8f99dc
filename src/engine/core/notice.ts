/** What the core tells its host: the engine turns notices into promises, events and log lines. */
import type { EdgeNetErrorCode } from './code.js';
import type { Id, NodeId } from './record.js';
import type { Content } from './shard.js';

interface Traffic {
  /** Bytes of payload and results, as they crossed the wire so far. */
  readonly size: number;
  /** What workers' results are compared by; empty while there is none. */
  readonly digest: string;
}

export type Notice =
  | { readonly note: 'submitted'; readonly task: string; readonly escrow: Id; readonly amount: number; readonly size: number }
  | { readonly note: 'progress'; readonly task: string; readonly phase: string; readonly loaded: number; readonly total: number }
  | ({ readonly note: 'resolved'; readonly task: string; readonly escrow: Id; readonly kind: string; readonly output: Uint8Array; readonly amount: number; readonly workers: readonly NodeId[]; readonly verified: boolean } & Traffic)
  | { readonly note: 'failed'; readonly task: string; readonly code: EdgeNetErrorCode; readonly message: string; readonly retryAfterMs?: number }
  /** The network never took the task: nothing was paid, and it may be run elsewhere. */
  | { readonly note: 'untaken'; readonly task: string; readonly code: EdgeNetErrorCode; readonly message: string; readonly retryAfterMs?: number }
  /** A task of somebody else on this machine. */
  | ({ readonly note: 'work'; readonly escrow: Id; readonly kind: string; readonly submitter: NodeId; readonly phase: 'started' | 'answered' | 'paid' | 'unpaid' | 'failed'; readonly amount: number; readonly busyMs: number; readonly items: number } & Traffic)
  /** The own balances moved. */
  | { readonly note: 'credit'; readonly gained: number; readonly spendable: number; readonly pending: number }
  | { readonly note: 'asked'; readonly ask: string; readonly record: Id }
  | { readonly note: 'ask-failed'; readonly ask: string; readonly code: EdgeNetErrorCode; readonly message: string }
  /** What `fetch-shard` asked for; without a ciphertext nobody had it to give in time. */
  | { readonly note: 'shard'; readonly shard: Content; readonly ciphertext?: Uint8Array }
  /** Something is wrong that belongs to no task. */
  | { readonly note: 'trouble'; readonly code: EdgeNetErrorCode; readonly message: string }
  /** Link, roster or account changed: take a new snapshot. */
  | { readonly note: 'changed' };
