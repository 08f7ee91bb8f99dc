/** Records that the host asked to be written on its own account, until they are certified or refused. */
import { EdgeNetError } from '../error.js';
import type { Clock } from '../ports/clock.js';

interface PendingAsk {
  resolve(record: string): void;
  reject(error: EdgeNetError): void;
}

export class PendingAsks {
  readonly #asks = new Map<string, PendingAsk>();

  constructor(private readonly clock: Clock, private readonly patienceMs: number) {}

  /** @returns the id of the certified record */
  wait(ask: string): Promise<string> {
    return new Promise<string>((resolve, reject) => {
      const cancel = this.clock.after(this.patienceMs, () => {
        this.reject(ask, new EdgeNetError('timeout', 'The network has not certified this yet, and may still do so: see in stats() whether it took place before you repeat it.'));
      });
      this.#asks.set(ask, {
        resolve: (record) => { cancel(); resolve(record); },
        reject: (error) => { cancel(); reject(error); },
      });
    });
  }

  resolve(ask: string, record: string): void {
    this.#take(ask)?.resolve(record);
  }

  reject(ask: string, error: EdgeNetError): void {
    this.#take(ask)?.reject(error);
  }

  rejectAll(error: EdgeNetError): void {
    for (const ask of [...this.#asks.keys()]) this.reject(ask, error);
  }

  #take(ask: string): PendingAsk | undefined {
    const pending = this.#asks.get(ask);
    this.#asks.delete(ask);
    return pending;
  }
}
