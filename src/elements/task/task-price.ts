/**
 * What the task will cost, asked anew a moment after something changed. Asking connects the page to the network, so it is asked
 * unbidden only where an engine runs already; else once the visitor has begun.
 */
import type { Quote, Task } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';

const PAUSE_MS = 300;

export type Price =
  | { readonly kind: 'unasked' | 'asking' | 'incomplete' }
  | { readonly kind: 'known'; readonly quote: Quote }
  | { readonly kind: 'failed'; readonly error: unknown };

export class PriceTag {
  price: Price = { kind: 'unasked' };
  #changed: () => void;
  #round = 0;
  #cancel = () => {};

  /** @param changed called with every other price */
  constructor(changed: () => void) {
    this.#changed = changed;
  }

  /** @param task reads what is to be priced; undefined while something is missing */
  ask(node: EdgeNetNode, task: () => Promise<Task | undefined>, pauseMs = PAUSE_MS): void {
    const round = ++this.#round;
    this.#cancel();
    this.#cancel = hub().around.later(pauseMs, () => {
      void this.#find(node, task).then((price) => round === this.#round && this.#become(price));
    });
    // What is known stays in sight until it is known anew: the page does not jump with every key.
    if (this.price.kind !== 'known') this.#become({ kind: 'asking' });
  }

  stop(): void {
    this.#round++;
    this.#cancel();
  }

  async #find(node: EdgeNetNode, read: () => Promise<Task | undefined>): Promise<Price> {
    try {
      const task = await read();
      return task ? { kind: 'known', quote: await node.quote(task) } : { kind: 'incomplete' };
    } catch (error) {
      return { kind: 'failed', error };
    }
  }

  #become(price: Price): void {
    this.price = price;
    this.#changed();
  }
}
