/**
 * One bit a component, set for negative ones, and one magnitude for all. Hamming distance over the bits ranks as the
 * cosine of the signs does; the magnitude is the middle of the range, which makes the largest error smallest.
 * Body: f32 magnitude, then the bits of each row, lowest first, filled up with 0 to whole bytes.
 */
import { floatsAt, type CoderFactory } from './coder.js';
import { FLOAT_BYTES } from './schemes.js';

export const binaryCoder: CoderFactory = (body, { dims }) => {
  const magnitude = floatsAt(body, 0, 1);
  const bits = body.subarray(FLOAT_BYTES);
  const rowBytes = Math.ceil(dims / 8);
  return {
    async prepare(vectors) {
      let [least, most] = [Infinity, 0];
      for (let i = 0; i < vectors.length; i++) {
        const size = Math.abs(vectors[i]!);
        if (size < least) least = size;
        if (size > most) most = size;
      }
      magnitude[0] = (least + most) / 2;
    },
    encode(vectors, begin, end) {
      bits.fill(0, begin * rowBytes, end * rowBytes);
      for (let row = begin; row < end; row++) {
        for (let i = 0; i < dims; i++) if (vectors[row * dims + i]! < 0) bits[row * rowBytes + (i >> 3)]! |= 1 << (i & 7);
      }
    },
    decode(vectors, begin, end) {
      const values = [magnitude[0]!, -magnitude[0]!] as const;
      for (let row = begin; row < end; row++) {
        for (let i = 0; i < dims; i++) vectors[row * dims + i] = values[(bits[row * rowBytes + (i >> 3)]! >> (i & 7)) & 1]!;
      }
    },
  };
};
