/** How busy the workers were over the last seconds, from what they report themselves. */
import type { Clock } from '../../ports/clock.js';

const WINDOW_MS = 5_000;
const BUCKET_MS = 500;
const BUCKETS = WINDOW_MS / BUCKET_MS;

/** A ring of buckets: reports cost the same however many jobs there are a second. */
export class BusyShare {
  readonly #buckets = new Float64Array(BUCKETS);
  #newest: number;

  constructor(private readonly clock: Pick<Clock, 'now'>) {
    this.#newest = this.#index();
  }

  add(busyMs: number): void {
    this.#advance();
    this.#buckets[this.#newest % BUCKETS]! += busyMs;
  }

  /** In units of one core, 0 upwards. */
  cores(): number {
    this.#advance();
    return this.#buckets.reduce((sum, ms) => sum + ms, 0) / WINDOW_MS;
  }

  #advance(): void {
    const now = this.#index();
    for (let gone = Math.min(now - this.#newest, BUCKETS); gone > 0; gone--) this.#buckets[(now - gone + 1) % BUCKETS] = 0;
    this.#newest = Math.max(now, this.#newest);
  }

  #index(): number {
    return Math.floor(this.clock.now() / BUCKET_MS);
  }
}
