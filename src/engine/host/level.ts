/**
 * Whether this node's replica has caught up with the witness's. A node that has just come knows its own account first, and
 * what it has of others' is old until the rest has come too.
 */
import type { Message } from '../core/message.js';
import type { NodeId } from '../core/record.js';
import type { Transport } from '../ports/transport.js';

export class Level {
  /** Records that the witness had when it welcomed this node. */
  #due = 0;

  /** Through this the core reaches the network. */
  watched(transport: Transport, witnesses: readonly { readonly node: NodeId }[]): Transport {
    return {
      open: (handler) => transport.open({
        ...handler,
        message: (from, message, attachment) => {
          if (witnesses.some(({ node }) => node === from)) this.#hear(message);
          handler.message(from, message, attachment);
        },
      }),
      send: (to, message, options) => transport.send(to, message, options),
      publish: (value) => transport.publish(value),
      close: () => transport.close(),
    };
  }

  isReached({ count }: { readonly count: number }): boolean {
    return count >= this.#due;
  }

  #hear(message: Message): void {
    if (message.t === 'welcome') this.#due = message.digest.reduce((sum, { count }) => sum + count, 0);
  }
}
