/**
 * 32-bit floats to IEEE 754 halves and back, rounding to nearest, ties to even.
 * Source: IEEE 754-2019, binary16: sign, 5 bits of exponent with bias 15, 10 bits of fraction.
 */
import type { CoderFactory } from './coder.js';

const FLOAT_INFINITY = 0x7f80_0000;
const HALF_INFINITY = 0x7c00;
const HALF_NAN = 0x7e00;
/** Bits of 65,520 and of 2^-14 as floats: where halves overflow, and where they become subnormal. */
const OVERFLOW = 0x477f_f000;
const NORMAL = 0x3880_0000;
/** Exponents differ in bias by 112. */
const REBIAS = 112 << 23;
const HALF_BITS = 0x3f00_0000;

const scratch = new Float32Array(1);
const scratchBits = new Uint32Array(scratch.buffer);

/** @param bits of a 32-bit float */
export function halfOfBits(bits: number): number {
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fff_ffff;
  if (magnitude >= OVERFLOW) return sign | (magnitude > FLOAT_INFINITY ? HALF_NAN : HALF_INFINITY);
  // Half of the last bit less one, and one more where the last bit is odd: a tie carries only into an even one.
  if (magnitude >= NORMAL) return sign | ((magnitude - REBIAS + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  // Floats from 0.5 to 1 are as far apart as subnormal halves, 2^-24: adding 0.5 rounds to one of them.
  scratchBits[0] = magnitude;
  scratch[0]! += 0.5;
  return sign | (scratchBits[0]! - HALF_BITS);
}

/** Value of a half's last bit by its exponent: powers of two, got by exact products. */
const POWERS = Float64Array.from({ length: 0x1f }, (_, exponent) => (exponent === 0 ? 2 ** -24 : (2 ** -25) * Number(1n << BigInt(exponent))));

let table: Float32Array | undefined;

/** The float of every half, in 256 KB that are made when first needed. */
export function floatsOfHalves(): Float32Array {
  table ??= Float32Array.from({ length: 0x1_0000 }, (_, half) => {
    const exponent = (half >>> 10) & 0x1f;
    const fraction = half & 0x3ff;
    if (exponent === 0x1f && fraction !== 0) return Number.NaN;
    const magnitude = exponent === 0x1f ? Infinity : exponent === 0 ? fraction * 2 ** -24 : (0x400 + fraction) * POWERS[exponent]!;
    return half & 0x8000 ? -magnitude : magnitude;
  });
  return table;
}

/** Body: u16 halves. Magnitudes from 65,520 on would become infinite: the manifest keeps them out. */
export const halfCoder: CoderFactory = (body, { dims, rows }) => {
  const halves = new Uint16Array(body.buffer, body.byteOffset, rows * dims);
  return {
    encode(vectors, begin, end) {
      const bits = new Uint32Array(vectors.buffer, vectors.byteOffset, vectors.length);
      for (let i = begin * dims; i < end * dims; i++) halves[i] = halfOfBits(bits[i]!);
    },
    decode(vectors, begin, end) {
      const floats = floatsOfHalves();
      for (let i = begin * dims; i < end * dims; i++) vectors[i] = floats[halves[i]!]!;
    },
  };
};
