/** The scheme `none`. Body: the 32-bit floats as they are. */
import { floatsAt, type CoderFactory } from './coder.js';

export const floatCoder: CoderFactory = (body, { dims, rows }) => {
  const floats = floatsAt(body, 0, rows * dims);
  return {
    encode: (vectors, begin, end) => floats.set(vectors.subarray(begin * dims, end * dims), begin * dims),
    decode: (vectors, begin, end) => vectors.set(floats.subarray(begin * dims, end * dims), begin * dims),
  };
};
