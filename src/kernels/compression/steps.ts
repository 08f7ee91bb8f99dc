/**
 * Signed integers times a step, symmetric about zero: int8 with a step a row, int4 with a step a block of 32.
 *
 * A step is rounded up to 17 significant bits or fewer. Then integer times step is exact in 32 bits, and no component is off
 * by more than half a step, with no rounding on top.
 */
import { floatsAt, type CoderFactory } from './coder.js';
import { INT4_BLOCK } from './schemes.js';

const INT8_MAX = 127;
const INT4_MAX = 7;
/** The least float, and its multiples up to 17 bits. */
const FLOAT_MIN = 2 ** -149;
const MULTIPLES_MAX = 2 ** -132;
/** Bits of a float's 24 that a step does without. */
const SPARE = 0x7f;
/** Adding it to a number below 2^51 rounds that number to an integer, ties to even, since no fraction has room. */
const ROUNDER = 1.5 * 2 ** 52;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** The step that takes `max`, the largest magnitude, to `levels`. */
export function stepFor(max: number, levels: number): number {
  const step = max / levels;
  if (step < MULTIPLES_MAX) return Math.ceil(step / FLOAT_MIN) * FLOAT_MIN;
  scratch[0] = step;
  scratchBits[0] = (scratchBits[0]! + SPARE) & ~SPARE;
  return scratch[0]!;
}

function largest(vectors: Float32Array, begin: number, end: number): number {
  let max = 0;
  for (let i = begin; i < end; i++) {
    const size = Math.abs(vectors[i]!);
    if (size > max) max = size;
  }
  return max;
}

function roundEven(value: number): number {
  return value + ROUNDER - ROUNDER;
}

/** Body: f32 steps of the rows, then i8 components. */
export const int8Coder: CoderFactory = (body, { dims, rows }) => {
  const steps = floatsAt(body, 0, rows);
  const codes = new Int8Array(body.buffer, body.byteOffset + steps.byteLength, rows * dims);
  return {
    encode(vectors, begin, end) {
      for (let row = begin; row < end; row++) {
        const from = row * dims;
        const step = stepFor(largest(vectors, from, from + dims), INT8_MAX);
        steps[row] = step;
        if (step === 0) codes.fill(0, from, from + dims);
        else for (let i = from; i < from + dims; i++) codes[i] = roundEven(vectors[i]! / step);
      }
    },
    decode(vectors, begin, end) {
      for (let row = begin; row < end; row++) {
        const step = steps[row]!;
        for (let i = row * dims; i < (row + 1) * dims; i++) vectors[i] = codes[i]! * step;
      }
    },
  };
};

const nibbleAt = (component: number): number => (component & 1) << 2;

/** Body: f32 steps of the blocks, row after row, the last of a row shorter; then nibbles of component + 8, low one first. */
export const int4Coder: CoderFactory = (body, { dims, rows }) => {
  const blocks = Math.ceil(dims / INT4_BLOCK);
  const rowBytes = Math.ceil(dims / 2);
  const steps = floatsAt(body, 0, rows * blocks);
  const codes = body.subarray(steps.byteLength);

  /** Calls back with each block's first component in its row and the one after its last. */
  const eachBlock = (begin: number, end: number, visit: (row: number, block: number, from: number, to: number) => void): void => {
    for (let row = begin; row < end; row++) {
      for (let block = 0; block < blocks; block++) visit(row, row * blocks + block, block * INT4_BLOCK, Math.min(dims, (block + 1) * INT4_BLOCK));
    }
  };
  return {
    encode(vectors, begin, end) {
      codes.fill(0, begin * rowBytes, end * rowBytes);
      eachBlock(begin, end, (row, block, from, to) => {
        const step = stepFor(largest(vectors, row * dims + from, row * dims + to), INT4_MAX);
        steps[block] = step;
        for (let i = from; i < to; i++) {
          const code = step === 0 ? 0 : roundEven(vectors[row * dims + i]! / step);
          codes[row * rowBytes + (i >> 1)]! |= (code + 8) << nibbleAt(i);
        }
      });
    },
    decode(vectors, begin, end) {
      eachBlock(begin, end, (row, block, from, to) => {
        const step = steps[block]!;
        for (let i = from; i < to; i++) vectors[row * dims + i] = (((codes[row * rowBytes + (i >> 1)]! >> nibbleAt(i)) & 0xf) - 8) * step;
      });
    },
  };
};
