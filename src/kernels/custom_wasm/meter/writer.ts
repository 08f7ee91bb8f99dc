/** Growing bytes in the WebAssembly binary format. */
import { KernelError } from '../../kernel.js';

/** Engines take modules of 1 GiB; metering makes no more of a guest than this. */
const BYTES_MAX = 64 * 1024 * 1024;

export class Writer {
  #bytes = new Uint8Array(64);
  length = 0;

  /** What was written; a view, valid until more is. */
  get view(): Uint8Array {
    return this.#bytes.subarray(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  bytes(...values: number[]): this {
    this.#reserve(values.length);
    for (const value of values) this.#bytes[this.length++] = value;
    return this;
  }

  append(values: Uint8Array): this {
    this.#reserve(values.length);
    this.#bytes.set(values, this.length);
    this.length += values.length;
    return this;
  }

  /** Unsigned LEB128. */
  u32(value: number): this {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.#bytes[this.length++] = rest;
    return this;
  }

  /** Signed LEB128 of a safe integer. */
  signed(value: number): this {
    this.#reserve(10);
    let rest = value;
    while (rest < -0x40 || rest >= 0x40) {
      const low = ((rest % 0x80) + 0x80) % 0x80;
      this.#bytes[this.length++] = low | 0x80;
      rest = (rest - low) / 0x80;
    }
    this.#bytes[this.length++] = ((rest % 0x80) + 0x80) % 0x80;
    return this;
  }

  name(text: string): this {
    const encoded = new TextEncoder().encode(text);
    return this.u32(encoded.length).append(encoded);
  }

  /** A part with its length before it. */
  sized(part: Uint8Array): this {
    return this.u32(part.length).append(part);
  }

  #reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > BYTES_MAX) throw new KernelError('bad-input', `\`module\` is over ${BYTES_MAX} bytes once it is metered: make it smaller.`);
    const grown = new Uint8Array(Math.min(BYTES_MAX, Math.max(needed, this.#bytes.length * 2)));
    grown.set(this.view);
    this.#bytes = grown;
  }
}
