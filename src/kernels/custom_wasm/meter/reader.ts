/**
 * Bounds-checked reading of the WebAssembly binary format.
 * Source: https://webassembly.github.io/spec/core/binary/
 */
import { KernelError } from '../../kernel.js';

/** The one error for whatever the format or the validation of the specification refuses. */
export function malformed(): KernelError {
  return new KernelError('bad-input', '`module` is not a valid WebAssembly module: check it with `wasm-validate`, and that it was passed whole.');
}

/** A byte order mark is a character of a name like any other. */
const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class Reader {
  constructor(
    readonly bytes: Uint8Array,
    public at = 0,
    readonly end = bytes.length,
  ) {}

  get done(): boolean {
    return this.at >= this.end;
  }

  byte(): number {
    if (this.at >= this.end) throw malformed();
    return this.bytes[this.at++]!;
  }

  peek(): number {
    if (this.at >= this.end) throw malformed();
    return this.bytes[this.at]!;
  }

  /** Unsigned LEB128 of at most 32 bits. */
  u32(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 2 ** 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) {
        if (value > 0xffff_ffff) throw malformed();
        return value;
      }
    }
    throw malformed();
  }

  /** Signed LEB128 of 33 bits, the form of a block's type. */
  s33(): number {
    let value = 0;
    for (let factor = 1; factor <= 2 ** 28; factor *= 2 ** 7) {
      const byte = this.byte();
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return byte & 0x40 ? value - factor * 2 ** 7 : value;
    }
    throw malformed();
  }

  /** Passes over one LEB128 number of up to 64 bits; its value is left to the engine's validation. */
  skipLeb(): void {
    for (let length = 1; this.byte() >= 0x80; length++) if (length === 10) throw malformed();
  }

  skip(length: number): void {
    if (length > this.end - this.at) throw malformed();
    this.at += length;
  }

  take(length: number): Uint8Array {
    this.skip(length);
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** A part with its own end, read on its own. */
  part(length: number): Reader {
    this.skip(length);
    return new Reader(this.bytes, this.at - length, this.at);
  }

  name(): string {
    const bytes = this.take(this.u32());
    try {
      return UTF8.decode(bytes);
    } catch {
      throw malformed();
    }
  }
}
