/** The money of one account, or of all together, as a sum of lines. */
import type { Epoch, Micro } from '../record.js';
import { EpochSums } from './epoch-sums.js';
import type { Line } from './lines.js';

export interface Balances {
  readonly spendable: Micro;
  readonly pending: Micro;
  readonly escrowed: Micro;
  readonly staked: Micro;
}

export type AccountLine = Extract<Line, { account: string }>;

export class Purse {
  /** Free credits that need not mature: grants, less everything spent. */
  #base = 0;
  #escrowed = 0;
  #staked = 0;
  readonly #maturing = new EpochSums();

  /** Adds a line, or with `sign` -1 takes it back. False once a sum is no longer exact. */
  apply(line: AccountLine, sign: 1 | -1): boolean {
    const amount = sign * line.amount;
    if (line.pool === 'free') {
      if (line.at === 0) this.#base += amount;
      else this.#maturing.add(line.at, amount);
      return isExact(this.#base) && isExact(this.#maturing.total) && isExact(this.#base + this.#maturing.total);
    }
    if (line.pool === 'escrowed') return isExact((this.#escrowed += amount));
    return isExact((this.#staked += amount));
  }

  balances(epoch: Epoch): Balances {
    const mature = this.#maturing.until(epoch);
    return {
      spendable: this.#base + mature,
      pending: this.#maturing.total - mature,
      escrowed: this.#escrowed,
      staked: this.#staked,
    };
  }

  /** Canonical text of the state, the same whenever it is read; empty when nothing is held. */
  text(): string {
    const buckets = [...this.#maturing.buckets()].map(([epoch, amount]) => `${epoch}:${amount}`).join(',');
    const held = this.#base !== 0 || this.#escrowed !== 0 || this.#staked !== 0 || buckets !== '';
    return held ? `${this.#base} ${this.#escrowed} ${this.#staked} ${buckets}` : '';
  }
}

function isExact(sum: number): boolean {
  return Number.isSafeInteger(sum);
}
