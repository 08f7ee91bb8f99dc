/**
 * Time that moves from one event to the next, in whole milliseconds. Between two callbacks every promise settles,
 * so that a run depends on nothing but its seed: callbacks of one instant run in the order of their making.
 */
import type { Clock } from '../../src/engine/ports/clock.js';

interface Alarm {
  readonly at: number;
  readonly order: number;
  callback: (() => void) | undefined;
}

export const START_MS = 1_700_000_000_000;

export class SimulatedClock implements Clock {
  #now = START_MS;
  #orders = 0;
  /** Binary heap, earliest first. Forgotten alarms stay until their time, without a callback. */
  readonly #alarms: Alarm[] = [];

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const alarm: Alarm = { at: this.#now + Math.max(0, Math.ceil(delayMs)), order: ++this.#orders, callback };
    this.#push(alarm);
    return () => void (alarm.callback = undefined);
  }

  /** Runs everything that is due until then. */
  async advanceTo(until: number): Promise<void> {
    await promisesSettled();
    for (let next = this.#alarms[0]; next && next.at <= until; next = this.#alarms[0]) {
      this.#pop();
      if (!next.callback) continue;
      this.#now = next.at;
      next.callback();
      await promisesSettled();
    }
    this.#now = Math.max(this.#now, until);
  }

  #push(alarm: Alarm): void {
    const heap = this.#alarms;
    let child = heap.push(alarm) - 1;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!isBefore(heap[child]!, heap[parent]!)) return;
      [heap[child], heap[parent]] = [heap[parent]!, heap[child]!];
      child = parent;
    }
  }

  #pop(): void {
    const heap = this.#alarms;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    heap[0] = last;
    for (let parent = 0; ; ) {
      const left = 2 * parent + 1;
      const first = left + 1 < heap.length && isBefore(heap[left + 1]!, heap[left]!) ? left + 1 : left;
      if (first >= heap.length || !isBefore(heap[first]!, heap[parent]!)) return;
      [heap[parent], heap[first]] = [heap[first]!, heap[parent]!];
      parent = first;
    }
  }
}

function isBefore(one: Alarm, other: Alarm): boolean {
  return one.at < other.at || (one.at === other.at && one.order < other.order);
}

/** Immediates run only once no microtask is left, and nothing in the simulator waits for anything else. */
function promisesSettled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
