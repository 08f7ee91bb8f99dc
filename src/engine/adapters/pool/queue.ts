/** Jobs that wait: a binary heap, larger priority first, equal ones in order of arrival. */
import { PoolError, type Job, type JobResult, type RunOptions } from '../../ports/pool.js';

/** One accepted job and the promise of its result. Settles once; later outcomes are ignored. */
export class Ticket {
  readonly result: Promise<JobResult>;
  #resolve!: (result: JobResult) => void;
  #reject!: (error: PoolError) => void;
  #settled = false;
  #abandoned: (() => void) | undefined;

  constructor(readonly id: number, readonly job: Job, private readonly options: RunOptions) {
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  get settled(): boolean {
    return this.#settled;
  }

  get shards(): RunOptions['shards'] {
    return this.options.shards;
  }

  /** Calls back when the caller aborts before the job has ended. */
  whenAbandoned(callback: () => void): void {
    this.#abandoned = callback;
    this.options.signal?.addEventListener('abort', callback, { once: true });
  }

  progress(phase: string, loaded: number, total: number): void {
    if (!this.#settled) this.options.onProgress?.({ phase, loaded, total });
  }

  resolve(result: JobResult): void {
    if (this.#settle()) this.#resolve(result);
  }

  reject(error: PoolError): void {
    if (this.#settle()) this.#reject(error);
  }

  #settle(): boolean {
    if (this.#settled) return false;
    this.#settled = true;
    if (this.#abandoned) this.options.signal?.removeEventListener('abort', this.#abandoned);
    return true;
  }
}

export class JobQueue {
  readonly #heap: Ticket[] = [];

  get size(): number {
    return this.#heap.length;
  }

  peek(): Ticket | undefined {
    return this.#heap[0];
  }

  push(ticket: Ticket): void {
    this.#heap.push(ticket);
    this.#rise(this.#heap.length - 1);
  }

  pop(): Ticket | undefined {
    return this.#takeAt(0);
  }

  /** True if it was waiting. */
  remove(ticket: Ticket): boolean {
    const index = this.#heap.indexOf(ticket);
    return index >= 0 && this.#takeAt(index) !== undefined;
  }

  #takeAt(index: number): Ticket | undefined {
    const taken = this.#heap[index];
    const last = this.#heap.pop();
    if (taken && last && taken !== last) {
      this.#heap[index] = last;
      this.#rise(index);
      this.#sink(index);
    }
    return taken;
  }

  #rise(index: number): void {
    for (let child = index; child > 0; ) {
      const parent = (child - 1) >> 1;
      if (!this.#swapIfBefore(child, parent)) return;
      child = parent;
    }
  }

  #sink(index: number): void {
    for (let parent = index; ; ) {
      const left = 2 * parent + 1;
      const right = left + 1;
      const first = this.#isBefore(right, left) ? right : left;
      if (!this.#swapIfBefore(first, parent)) return;
      parent = first;
    }
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#isBefore(a, b)) return false;
    [this.#heap[a], this.#heap[b]] = [this.#heap[b]!, this.#heap[a]!];
    return true;
  }

  #isBefore(a: number, b: number): boolean {
    const one = this.#heap[a];
    const other = this.#heap[b];
    if (!one || !other) return false;
    return isBefore(one, other);
  }
}

/** Whether `one` is to run before `other`. */
export function isBefore(one: Ticket, other: Ticket): boolean {
  return one.job.priority === other.job.priority ? one.id < other.id : one.job.priority > other.job.priority;
}
