/**
 * A walk over the headers of MessagePack bytes that makes no room for anything, in linear time. A decoder makes room for as
 * many elements as a header claims, so a few bytes repeated could ask for gigabytes.
 * Source: https://github.com/msgpack/msgpack/blob/master/spec.md
 */

/** A value within containers is one deeper than they are; the outermost value has depth 1. */
export const DEPTH_MAX = 32;

/** What follows a head byte from 0xc0 on: a length of so many bytes, then so many bytes, and by the length bytes or elements. */
interface Format {
  readonly lengthBytes: number;
  readonly bytes: number;
  readonly elements: number;
}

const plain = (...sizes: number[]): Format[] => sizes.map((bytes) => ({ lengthBytes: 0, bytes, elements: 0 }));
const counted = (bytes: number, elements: number, ...widths: number[]): Format[] => widths.map((lengthBytes) => ({ lengthBytes, bytes, elements }));

const FORMATS: readonly Format[] = [
  ...plain(0, 0, 0, 0), // nil, unused, false, true
  ...counted(0, 0, 1, 2, 4), // bin
  ...counted(1, 0, 1, 2, 4), // ext, with its type
  ...plain(4, 8, 1, 2, 4, 8, 1, 2, 4, 8), // float, uint, int
  ...plain(2, 3, 5, 9, 17), // fixext, with its type
  ...counted(0, 0, 1, 2, 4), // str
  ...counted(0, 1, 2, 4), // array
  ...counted(0, 2, 2, 4), // map: a key and a value each
];

/** @throws RangeError where values are nested too deep, or the bytes cannot hold what the headers so far claim */
export function scan(bytes: Uint8Array): void {
  new Scan(bytes).value(1);
}

class Scan {
  #at = 0;
  /** Elements that all open containers still lack: each takes a byte at least. */
  #owed = 1;

  constructor(private readonly bytes: Uint8Array) {}

  value(depth: number): void {
    if (depth > DEPTH_MAX) throw new RangeError(`values are nested deeper than ${DEPTH_MAX}`);
    this.#owed--;
    const head = this.#uint(1);
    if (head < 0x80 || head >= 0xe0) return;
    if (head < 0x90) return this.#values(2 * (head & 0xf), depth);
    if (head < 0xa0) return this.#values(head & 0xf, depth);
    if (head < 0xc0) return this.#skip(head & 0x1f);
    const { lengthBytes, bytes, elements } = FORMATS[head - 0xc0]!;
    const length = this.#uint(lengthBytes);
    if (elements > 0) return this.#values(length * elements, depth);
    this.#skip(bytes + length);
  }

  #values(count: number, depth: number): void {
    this.#owed += count;
    this.#skip(0);
    for (let i = 0; i < count; i++) this.value(depth + 1);
  }

  #uint(width: number): number {
    const from = this.#at;
    this.#skip(width);
    let value = 0;
    for (let at = from; at < this.#at; at++) value = value * 256 + this.bytes[at]!;
    return value;
  }

  #skip(count: number): void {
    this.#at += count;
    if (this.#at + this.#owed > this.bytes.length) throw new RangeError('more is claimed than there are bytes');
  }
}
