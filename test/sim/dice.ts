/** Chance from a seed. Every node and every plan throws dice of its own, so that one more throw here moves nothing there. */
import { hash } from '../../src/engine/core/encoding.js';
import type { Random } from '../../src/engine/ports/clock.js';

export class Dice implements Random {
  #state: number;

  constructor(seed: number, owner: string) {
    this.#state = new DataView(hash(`${seed} ${owner}`).buffer).getUint32(0);
  }

  /** In [0, 1): splitmix32 (Steele, Lea, Flood 2014, 32-bit variant). */
  share(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state ^ (this.#state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  chance(share: number): boolean {
    return this.share() < share;
  }

  /** Both ends included. */
  between(min: number, max: number): number {
    return min + Math.floor(this.share() * (max - min + 1));
  }

  pick<T>(from: readonly T[]): T {
    return from[this.between(0, from.length - 1)]!;
  }

  /** Some of them, in a random order. */
  some<T>(from: readonly T[], count: number): T[] {
    const left = [...from];
    return Array.from({ length: Math.min(count, left.length) }, () => left.splice(this.between(0, left.length - 1), 1)[0]!);
  }

  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.between(0, 255));
  }
}
