/** Work that must not overlap, in the order it came, by name. */
import { aborted } from './watch.js';

export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** @throws EdgeNetError `aborted` while it waits; whatever follows then is up to the work */
  take<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    const before = this.#last.get(name) ?? Promise.resolve();
    const turn = (signal ? orAborted(before, signal) : before).then(work);
    const over = Promise.allSettled([before, turn]).then(() => {
      if (this.#last.get(name) === over) this.#last.delete(name);
    });
    this.#last.set(name, over);
    return turn;
  }
}

function orAborted(before: Promise<unknown>, signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(aborted());
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    void before.then(() => {
      signal.removeEventListener('abort', abort);
      resolve(undefined);
    });
  });
}
