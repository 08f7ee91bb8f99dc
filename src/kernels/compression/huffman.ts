/**
 * Canonical Huffman codes by their lengths. There is no table to be filled: a code is found by comparing the next bits with
 * where the codes of each length end. Source: RFC 1951, 3.2.2; Moffat and Turpin, https://doi.org/10.1109/26.634683.
 */
const BITS_MAX = 15;

/** 15 bits, the other way round: codes come with their highest bit first. */
const REVERSED = Uint16Array.from({ length: 1 << BITS_MAX }, (_, bits) => {
  let reversed = 0;
  for (let i = 0; i < BITS_MAX; i++) reversed |= ((bits >> i) & 1) << (BITS_MAX - 1 - i);
  return reversed;
});

/** `none`: more codes than there is room for, or fewer, save that one code alone may be one bit, and there may be none at all. */
export type Fit = 'complete' | 'sparse' | 'none';

export class HuffmanCode {
  /** By length: the first code that is longer, filled up to 15 bits. The last ends every search. */
  readonly #limits = new Int32Array(BITS_MAX + 2);
  /** By length: what to add to a code for its place among the symbols. */
  readonly #offsets = new Int32Array(BITS_MAX + 1);
  readonly #counts = new Int32Array(BITS_MAX + 1);
  readonly #symbols: Uint16Array;
  #shortest = BITS_MAX;

  constructor(symbolsMax: number) {
    this.#symbols = new Uint16Array(symbolsMax);
  }

  /** @param lengths of the codes by symbol from `begin` to before `end`, at most 15; 0 for symbols without one */
  assign(lengths: Uint8Array, begin: number, end: number): Fit {
    const counts = this.#counts.fill(0);
    for (let i = begin; i < end; i++) counts[lengths[i]!]!++;
    const used = end - begin - counts[0]!;
    counts[0] = 0;
    this.#shortest = BITS_MAX;
    let [code, index] = [0, 0];
    for (let bits = 1; bits <= BITS_MAX; bits++) {
      const count = counts[bits]!;
      if (count > 0 && bits < this.#shortest) this.#shortest = bits;
      code <<= 1;
      this.#offsets[bits] = index - code;
      code += count;
      if (code > 1 << bits) return 'none';
      index += count;
      this.#limits[bits] = code << (BITS_MAX - bits);
      // From here on the place of the next symbol of this length.
      counts[bits] = index - count;
    }
    this.#limits[BITS_MAX + 1] = 1 << BITS_MAX;
    for (let i = begin; i < end; i++) {
      const bits = lengths[i]!;
      if (bits > 0) this.#symbols[counts[bits]!++] = i - begin;
    }
    if (code === 1 << BITS_MAX) return 'complete';
    return used === 0 || (used === 1 && this.#shortest === 1) ? 'sparse' : 'none';
  }

  /** @returns symbol * 16 + length of the code that `bits` begin with, the first one lowest; -1 where there is none */
  find(bits: number): number {
    const code = REVERSED[bits & 0x7fff]!;
    let length = this.#shortest;
    while (code >= this.#limits[length]!) length++;
    if (length > BITS_MAX) return -1;
    return (this.#symbols[this.#offsets[length]! + (code >> (BITS_MAX - length))]! << 4) | length;
  }
}
