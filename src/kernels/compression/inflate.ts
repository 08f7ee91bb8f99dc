/**
 * Inflates strangers' bytes: streams that zlib takes give what zlib gives, all others are refused. Nothing is done for a block
 * in advance but what its few hundred code lengths need, so work grows with the bytes read and written alone.
 * Source: RFC 1951.
 */
import { damaged } from './container.js';
import { HuffmanCode } from './huffman.js';

/** What a match may refer to before the first byte: so many zeros. */
const WINDOW_BYTES = 32_768;
/** Between two breaths, a few milliseconds, in bytes written one by one. */
const WORK_PER_PIECE = 250_000;
const WORK_PER_BLOCK = 20;
const WORK_PER_CODES = 500;
/** No symbol with its extra bits is longer. */
const PADDING_BYTES = 8;

const END_OF_BLOCK = 256;
const LITERAL_CODES_MAX = 286;
const DISTANCE_CODES_MAX = 30;
const LENGTHS_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Bits that follow a symbol, and the least number it stands for. */
interface Ranges {
  readonly bits: Uint8Array;
  readonly bases: Uint16Array;
}

function rangesFrom(base: number, bits: readonly number[]): Ranges {
  let next = base;
  return { bits: Uint8Array.from(bits), bases: Uint16Array.from(bits, (count) => (next += 1 << count) - (1 << count)) };
}

const LENGTHS = rangesFrom(3, [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]);
// The last one stands for the longest match alone.
LENGTHS.bases[28] = 258;
const DISTANCES = rangesFrom(1, [0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13]);

const FIXED_LITERALS = new HuffmanCode(288);
FIXED_LITERALS.assign(Uint8Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8)), 0, 288);
const FIXED_DISTANCES = new HuffmanCode(32);
FIXED_DISTANCES.assign(new Uint8Array(32).fill(5), 0, 32);

const broken = (why: string): Error => damaged(`its stream is broken (${why})`);

export class Inflater {
  readonly #in: Uint8Array;
  readonly #bitsMax: number;
  /** The window before the first byte, then what has come out. */
  readonly #out: Uint8Array;
  #bit = 0;
  #at = WINDOW_BYTES;
  #work = 0;
  #isFinal = false;
  /** What the block under way is read by. */
  #block: { readonly literals: HuffmanCode; readonly distances: HuffmanCode } | undefined;
  readonly #lengths = new Uint8Array(LITERAL_CODES_MAX + DISTANCE_CODES_MAX);
  readonly #codes = { lengths: new HuffmanCode(19), literals: new HuffmanCode(LITERAL_CODES_MAX), distances: new HuffmanCode(DISTANCE_CODES_MAX) };

  /** @param length what the stream is said to give, in bytes */
  constructor(stream: Uint8Array, private readonly length: number) {
    this.#in = new Uint8Array(stream.length + PADDING_BYTES);
    this.#in.set(stream);
    this.#bitsMax = stream.length * 8;
    this.#out = new Uint8Array(WINDOW_BYTES + length);
  }

  /** Bytes read so far. */
  get loaded(): number {
    return Math.ceil(this.#bit / 8);
  }

  /**
   * Works for a few milliseconds.
   * @returns all bytes, when the last block has ended
   * @throws KernelError `bad-input` for a stream that is broken, or gives more or less than it should
   */
  next(): Uint8Array | undefined {
    this.#work = 0;
    while (this.#work < WORK_PER_PIECE) {
      if (this.#block) this.#inflateBlock(this.#block.literals, this.#block.distances);
      else if (!this.#isFinal) this.#openBlock();
      else return this.#finish();
    }
    return undefined;
  }

  #finish(): Uint8Array {
    const length = this.#at - WINDOW_BYTES;
    if (length !== this.length) throw damaged(`it expands to ${length} of its ${this.length} bytes`);
    return this.#out.subarray(WINDOW_BYTES);
  }

  #openBlock(): void {
    this.#work += WORK_PER_BLOCK;
    this.#isFinal = this.#bits(1) === 1;
    switch (this.#bits(2)) {
      case 0:
        return this.#copyStored();
      case 1:
        this.#block = { literals: FIXED_LITERALS, distances: FIXED_DISTANCES };
        return;
      case 2:
        this.#readCodes();
        this.#block = this.#codes;
        return;
      default:
        throw broken('a block is of no kind');
    }
  }

  #copyStored(): void {
    this.#bit = Math.ceil(this.#bit / 8) * 8;
    const length = this.#bits(16);
    if (this.#bits(16) !== (length ^ 0xffff)) throw broken('the length of a stored block is not its own complement');
    const from = this.#bit / 8;
    this.#skip(length * 8);
    this.#claim(length);
    this.#out.set(this.#in.subarray(from, from + length), this.#at);
    this.#at += length;
    this.#work += length;
  }

  #readCodes(): void {
    this.#work += WORK_PER_CODES;
    const literalCount = this.#bits(5) + 257;
    const distanceCount = this.#bits(5) + 1;
    const lengthCount = this.#bits(4) + 4;
    if (literalCount > LITERAL_CODES_MAX || distanceCount > DISTANCE_CODES_MAX) throw broken('a block has too many codes');
    const { lengths, literals, distances } = this.#codes;
    const read = this.#lengths.fill(0, 0, LENGTHS_ORDER.length);
    for (let i = 0; i < lengthCount; i++) read[LENGTHS_ORDER[i]!] = this.#bits(3);
    if (lengths.assign(read, 0, LENGTHS_ORDER.length) !== 'complete') throw broken('the code of code lengths is none');

    const count = literalCount + distanceCount;
    this.#readLengths(lengths, count);
    if (read[END_OF_BLOCK] === 0) throw broken('a block has no end');
    if (literals.assign(read, 0, literalCount) === 'none') throw broken('the code of literals is none');
    if (distances.assign(read, literalCount, count) === 'none') throw broken('the code of distances is none');
  }

  #readLengths(code: HuffmanCode, count: number): void {
    const lengths = this.#lengths;
    for (let i = 0; i < count; ) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw broken('a code length repeats none');
      const repeated = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      if (i + times > count) throw broken('code lengths repeat beyond the last');
      lengths.fill(repeated, i, i + times);
      i += times;
    }
  }

  #inflateBlock(literals: HuffmanCode, distances: HuffmanCode): void {
    const out = this.#out;
    while (this.#work < WORK_PER_PIECE) {
      const symbol = this.#symbol(literals);
      this.#work++;
      if (symbol < END_OF_BLOCK) {
        this.#claim(1);
        out[this.#at++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) {
        this.#block = undefined;
        return;
      }
      const length = this.#ranged(LENGTHS, symbol - END_OF_BLOCK - 1);
      const distance = this.#ranged(DISTANCES, this.#symbol(distances));
      this.#claim(length);
      const end = this.#at + length;
      // One by one, since a match may overlap what it copies.
      for (let at = this.#at; at < end; at++) out[at] = out[at - distance]!;
      this.#at = end;
      this.#work += length;
    }
  }

  #ranged({ bits, bases }: Ranges, symbol: number): number {
    if (symbol >= bases.length) throw broken('a match has no length or no distance');
    return bases[symbol]! + this.#bits(bits[symbol]!);
  }

  #symbol(code: HuffmanCode): number {
    const found = code.find(this.#peek());
    if (found < 0) throw broken('a code stands for nothing');
    this.#skip(found & 0xf);
    return found >> 4;
  }

  /** At least 17 bits, the next one lowest. */
  #peek(): number {
    const at = this.#bit >> 3;
    const bytes = this.#in;
    return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16)) >>> (this.#bit & 7);
  }

  #bits(count: number): number {
    const bits = this.#peek() & ((1 << count) - 1);
    this.#skip(count);
    return bits;
  }

  #skip(count: number): void {
    this.#bit += count;
    if (this.#bit > this.#bitsMax) throw broken('it ends too soon');
  }

  /** What it says of itself is within the limit, so a bomb ends here: whatever it still holds is never unpacked. */
  #claim(count: number): void {
    if (this.#at + count > this.#out.length) throw damaged(`it expands to more than its ${this.length} bytes`);
  }
}
