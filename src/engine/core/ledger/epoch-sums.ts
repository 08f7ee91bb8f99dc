/**
 * Amounts by epoch with their running sums: what had matured by any epoch, past or future, without a clock.
 *
 * Additions come mostly near the end, where they cost as much as there are later epochs; queries are a binary search.
 */
import type { Epoch } from '../record.js';

export class EpochSums {
  readonly #epochs: Epoch[] = [];
  /** Total of everything up to and including the epoch at the same index. */
  readonly #sums: number[] = [];

  get total(): number {
    return this.#sums.at(-1) ?? 0;
  }

  add(epoch: Epoch, amount: number): void {
    if (amount === 0) return;
    const at = this.#countUntil(epoch);
    const first = this.#epochs[at - 1] === epoch ? at - 1 : at;
    if (first === at) {
      this.#epochs.splice(at, 0, epoch);
      this.#sums.splice(at, 0, this.#sums[at - 1] ?? 0);
    }
    for (let index = first; index < this.#sums.length; index++) this.#sums[index]! += amount;
  }

  /** Sum of what lies at `epoch` or before. */
  until(epoch: Epoch): number {
    return this.#sums[this.#countUntil(epoch) - 1] ?? 0;
  }

  /** Epochs in order with their amounts; those that came to nothing are left out. */
  *buckets(): Generator<readonly [Epoch, number]> {
    let before = 0;
    for (const [index, epoch] of this.#epochs.entries()) {
      const sum = this.#sums[index]!;
      if (sum !== before) yield [epoch, sum - before];
      before = sum;
    }
  }

  /** Latest epoch whose amount is not zero, or -1. */
  last(): Epoch {
    for (let index = this.#epochs.length - 1; index >= 0; index--) {
      if (this.#sums[index] !== (this.#sums[index - 1] ?? 0)) return this.#epochs[index]!;
    }
    return -1;
  }

  #countUntil(epoch: Epoch): number {
    let low = 0;
    let high = this.#epochs.length;
    if (high === 0 || this.#epochs[high - 1]! <= epoch) return high;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#epochs[middle]! <= epoch) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
