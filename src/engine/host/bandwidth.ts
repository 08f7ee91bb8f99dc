/**
 * The bandwidth limit: a token bucket over the bytes that the tasks of others cost. A task is taken while the bucket is
 * not overdrawn and is paid for when it has come, so a large one is waited for afterwards and the long-run rate is the limit.
 */
import type { Message } from '../core/message.js';
import type { Clock } from '../ports/clock.js';
import type { Transport } from '../ports/transport.js';

/** What a quiet time saves up. */
const BURST_S = 10;
/** An overdrawn bucket opens again with so much in it, so that it does not close with the next task. */
const REOPEN_S = 1;
/** Of a message around its attachment: envelope, signature, socket. */
const MESSAGE_BYTES = 1_024;

/** What this node sends and receives as a buyer and an owner. */
const OWN_TRADE = { sent: new Set<Message['t']>(['escrow']), received: new Set<Message['t']>(['result', 'shard']) };

export class Bandwidth {
  #bytesPerSecond: number;
  #saved: number;
  #countedAt: number;
  #overdrawn = false;

  constructor(private readonly clock: Pick<Clock, 'now'>, bytesPerSecond: number) {
    this.#bytesPerSecond = bytesPerSecond;
    this.#saved = bytesPerSecond * BURST_S;
    this.#countedAt = clock.now();
  }

  limit(bytesPerSecond: number): void {
    this.#count();
    this.#bytesPerSecond = bytesPerSecond;
    this.#count();
  }

  spend(bytes: number): void {
    this.#count();
    this.#saved -= bytes;
    this.#overdrawn ||= this.#saved < 0;
  }

  get overdrawn(): boolean {
    this.#count();
    return this.#overdrawn;
  }

  /** Until an overdrawn bucket opens again. */
  get reopensInMs(): number {
    this.#count();
    return this.#overdrawn ? Math.ceil((1_000 * (REOPEN_S * this.#bytesPerSecond - this.#saved)) / this.#bytesPerSecond) : 0;
  }

  #count(): void {
    const now = this.clock.now();
    this.#saved = Math.min(this.#saved + (this.#bytesPerSecond * (now - this.#countedAt)) / 1_000, this.#bytesPerSecond * BURST_S);
    this.#countedAt = now;
    if (this.#saved >= REOPEN_S * this.#bytesPerSecond) this.#overdrawn = false;
  }
}

/**
 * Counts where bytes cross the port: the core is not concerned, a driver's effects do not show what was received, and
 * inside the adapter a blob, an inline attachment and a mail's chunks would have to be counted apart. Attachments are
 * what a task weighs; heartbeats and the ledger are the price of being a node at all.
 * @param spend is told what the tasks of others cost
 */
export function counted(transport: Transport, spend: (bytes: number) => void): Transport {
  const count = (own: ReadonlySet<Message['t']>, message: Message, attachment: Uint8Array | undefined): void => {
    if (attachment && !own.has(message.t)) spend(attachment.byteLength + MESSAGE_BYTES);
  };
  return {
    open: (handler) =>
      transport.open({
        ...handler,
        message(from, message, attachment) {
          count(OWN_TRADE.received, message, attachment);
          handler.message(from, message, attachment);
        },
      }),
    send(to, message, options) {
      count(OWN_TRADE.sent, message, options?.attachment);
      transport.send(to, message, options);
    },
    publish: (value) => transport.publish(value),
    close: () => transport.close(),
  };
}
