/** A TransportHandler that writes down what it is told, and lets a test wait for it. */
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import type { NodeId } from '../../src/engine/core/record.js';
import type { GraphValue, LinkMode, TransportHandler } from '../../src/engine/ports/transport.js';

export interface Received {
  readonly from: NodeId;
  readonly message: Message;
  readonly attachment: Uint8Array | undefined;
}

export const valueId = (value: GraphValue): string => sha256Id(value.topic === 'ledger' ? value.record.b : value.signed.b);

export class Recorder implements TransportHandler {
  readonly ups: LinkMode[] = [];
  readonly downs: string[] = [];
  readonly messages: Received[] = [];
  readonly values: GraphValue[] = [];
  readonly goneNodes: NodeId[] = [];
  readonly #waiting = new Set<() => void>();

  linkUp(mode: LinkMode): void {
    this.ups.push(mode);
    this.#wake();
  }

  linkDown(code: string, message: string): void {
    this.downs.push(`${code}: ${message}`);
    this.#wake();
  }

  message(from: NodeId, message: Message, attachment?: Uint8Array): void {
    this.messages.push({ from, message, attachment });
    this.#wake();
  }

  graph(value: GraphValue): void {
    this.values.push(value);
    this.#wake();
  }

  gone(node: NodeId): void {
    this.goneNodes.push(node);
    this.#wake();
  }

  /** Resolves as soon as `isTrue` is, checked whenever something arrives. The runner's timeout ends a vain wait. */
  until(isTrue: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = (): void => {
        if (!isTrue()) return;
        this.#waiting.delete(look);
        resolve();
      };
      this.#waiting.add(look);
      look();
    });
  }

  has(value: GraphValue): boolean {
    return this.values.some((other) => valueId(other) === valueId(value));
  }

  #wake(): void {
    for (const look of [...this.#waiting]) look();
  }
}
