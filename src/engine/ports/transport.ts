/**
 * How frames reach other nodes. The contract is as unkind as GUN: messages may be lost, doubled or
 * reordered, graph values may arrive many times and in any order, and a link may vanish at any moment.
 * `test/contract/transport.ts` holds every adapter to it.
 */
import type { Message } from '../core/message.js';
import type { Certified, NodeId, Signed } from '../core/record.js';

/** `direct`: a relay of ours routes to authenticated keys. `mailbox`: a stock GUN relay, signed mailbox souls. */
export type LinkMode = 'direct' | 'mailbox';

/** Durable values. A guard has verified every one before the handler sees it. */
export type GraphValue =
  | { readonly topic: 'ledger'; readonly record: Certified }
  | { readonly topic: 'roster' | 'checkpoint'; readonly signed: Signed };

export interface TransportHandler {
  linkUp(mode: LinkMode): void;
  /** Also called when a relay was never reached; the adapter keeps retrying by itself. */
  linkDown(code: 'relay-unreachable' | 'relay-rejected' | 'csp-connect', message: string): void;
  /** The sender's key was authenticated by the relay's challenge or by the mailbox signature. */
  message(from: NodeId, message: Message, attachment?: Uint8Array): void;
  graph(value: GraphValue): void;
  /** The relay saw this node's last socket close. Only told to a witness inside the relay. */
  gone(node: NodeId): void;
}

export interface SendOptions {
  /** Carried inline, as a blob or in chunks, as the link allows. */
  readonly attachment?: Uint8Array;
  /** Why the relay should hold the attachment: the signed record or receipt that commits to its hash. */
  readonly ticket?: Signed;
}

export interface Transport {
  open(handler: TransportHandler): void;
  /** Best effort: never rejects, may never arrive. */
  send(to: NodeId, message: Message, options?: SendOptions): void;
  /** Writes a durable value under the author's key. Best effort as well. */
  publish(value: GraphValue): void;
  /** Resolves when sockets and timers are gone. */
  close(): Promise<void>;
}
