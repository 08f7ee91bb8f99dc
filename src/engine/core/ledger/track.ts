/** What an account did: work agreed with, work not agreed with, credits earned. No money is kept here. */
import type { Epoch, Micro } from '../record.js';
import { EpochSums } from './epoch-sums.js';

export interface Reputation {
  /** Consecutive verifications: slots that were ok since the epoch of the last that was not. */
  readonly cv: number;
  /** 1 - 1/max(1, cv) */
  readonly shown: number;
}

export class Track {
  earned: Micro = 0;
  readonly #ok = new EpochSums();
  readonly #bad = new EpochSums();

  slot(epoch: Epoch, ok: boolean, sign: 1 | -1): void {
    (ok ? this.#ok : this.#bad).add(epoch, sign);
  }

  /** Slots that were ok, ever. */
  get tasks(): number {
    return this.#ok.total;
  }

  reputation(): Reputation {
    const cv = this.#ok.total - this.#ok.until(this.#bad.last());
    return { cv, shown: 1 - 1 / Math.max(1, cv) };
  }
}
