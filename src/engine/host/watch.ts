/** Promises about what the core knows, looked at again whenever it says that something changed. */
import { EdgeNetError } from '../error.js';
import type { Clock } from '../ports/clock.js';

export class Watch {
  readonly #looks = new Set<() => void>();

  constructor(private readonly clock: Clock) {}

  changed(): void {
    for (const look of [...this.#looks]) look();
  }

  /**
   * What `find` finds, or undefined where that was nothing until then.
   * @throws EdgeNetError `aborted`, and whatever `find` throws
   */
  until<T>(find: () => T | undefined, untilMs: number, signal?: AbortSignal): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        cancel();
        signal?.removeEventListener('abort', abort);
        this.#looks.delete(look);
      };
      const look = (): void => {
        try {
          const found = find();
          if (found === undefined) return;
          end();
          resolve(found);
        } catch (error) {
          end();
          reject(error);
        }
      };
      const abort = (): void => {
        end();
        reject(aborted());
      };
      const cancel = this.clock.after(Math.max(0, untilMs - this.clock.now()), () => {
        end();
        resolve(undefined);
      });
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort, { once: true });
      this.#looks.add(look);
      look();
    });
  }

  /** @throws EdgeNetError `aborted` */
  async pause(ms: number, signal?: AbortSignal): Promise<void> {
    await this.until(() => undefined, this.clock.now() + ms, signal);
  }
}

export function aborted(): EdgeNetError {
  return new EdgeNetError('aborted', 'The task was aborted by its own AbortSignal.');
}
