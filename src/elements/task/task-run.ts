/** What the element does: prices, submits, cancels. It outlives the element's stay outside the document: a task that was bought goes on. */
import type { Task, TaskProgress, TaskResult } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { isEdgeNetError } from '../shared/errors.js';
import type { EdgeNetTask } from './task-element.js';
import { tellTask } from './task-events.js';
import { controlsOf, isIncomplete, payloadOf } from './task-payload.js';
import { PriceTag, type Price } from './task-price.js';

export type Outcome =
  /** `quoted` is undefined where no price was asked for; `ms` from the press of the button. */
  | { readonly kind: 'done'; readonly result: TaskResult; readonly quoted: number | undefined; readonly ms: number }
  | { readonly kind: 'failed'; readonly error: unknown; readonly isCancelled: boolean };

export class TaskRun {
  outcome: Outcome | undefined;
  progress: TaskProgress | undefined;
  #host: EdgeNetTask;
  #changed: () => void;
  #node: EdgeNetNode | undefined;
  #tag: PriceTag;
  #abort: AbortController | undefined;
  /** What the price was asked for last, the payload's fields apart. */
  #terms: readonly unknown[] = [];

  /** @param changed called when there is something else to draw */
  constructor(host: EdgeNetTask, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
    this.#tag = new PriceTag(changed);
  }

  get price(): Price {
    return this.#tag.price;
  }

  get isRunning(): boolean {
    return this.#abort !== undefined;
  }

  get isOverBudget(): boolean {
    const { maxCredits } = this.#host;
    return maxCredits > 0 && this.price.kind === 'known' && this.price.quote.cost > maxCredits;
  }

  get canRun(): boolean {
    return this.#node !== undefined && !this.isRunning && !this.isOverBudget;
  }

  /** Called with each drawing: notices another node, other attributes, another payload. */
  follow(node: EdgeNetNode | undefined): void {
    this.#node = node;
    if (!node) {
      this.#terms = [];
      return this.#tag.stop();
    }
    const { type, priority, redundancy, payload } = this.#host;
    const terms = [node, type, priority, redundancy, payload];
    const isNew = terms.some((term, at) => term !== this.#terms[at]);
    this.#terms = terms;
    // The first time only where asking connects nothing that was not connected before.
    if (this.price.kind === 'unasked' ? hub().engine.state : isNew) this.askPrice(0);
  }

  /** The visitor changed a field: from then on the price is kept up to date. */
  edited(): void {
    if (this.#node) this.askPrice();
  }

  askPrice(pauseMs?: number): void {
    if (this.#node && this.#node.local !== 'only') this.#tag.ask(this.#node, async () => (isIncomplete(this.#host) ? undefined : this.#task()), pauseMs);
  }

  async start(): Promise<void> {
    const node = this.#node;
    if (!node || !this.canRun) return;
    if (!controlsOf(this.#host).every((control) => control.reportValidity())) return;
    const abort = (this.#abort = new AbortController());
    const since = hub().around.now();
    const quoted = this.price.kind === 'known' ? this.price.quote.cost : undefined;
    this.outcome = this.progress = undefined;
    this.#changed();
    const onProgress = (progress: TaskProgress) => {
      if (abort !== this.#abort) return;
      this.progress = progress;
      this.#changed();
    };
    try {
      const task = await this.#task();
      const result = await node.submit({ ...task, options: { ...task.options, signal: abort.signal, onProgress } });
      this.outcome = { kind: 'done', result, quoted, ms: hub().around.now() - since };
    } catch (error) {
      this.outcome = { kind: 'failed', error, isCancelled: isEdgeNetError(error) && error.code === 'aborted' };
    }
    this.#abort = undefined;
    this.#changed();
    if (this.outcome.kind === 'done') tellTask(this.#host, 'edge-net-task-done', this.outcome.result);
    else tellTask(this.#host, 'edge-net-task-failed', this.outcome.error);
  }

  cancel(): void {
    this.#abort?.abort();
  }

  async #task(): Promise<Task> {
    const { type, priority, redundancy, maxCredits } = this.#host;
    const options = { priority, ...(redundancy > 0 ? { redundancy } : {}), ...(maxCredits > 0 ? { maxCredits } : {}) };
    return { type, payload: await payloadOf(this.#host), options };
  }
}
