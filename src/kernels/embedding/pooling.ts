/** From token vectors to one unit vector, in a fixed order of operations: every engine gives the same bits. */
import type { ModelProfile } from './profiles.js';

/**
 * @param hidden token vectors of one text, `tokens` rows of `dims`; rows beyond `tokens` are padding
 * @param into receives the vector, scaled to length 1 (all zeros stay zeros)
 */
export function poolInto(into: Float32Array, hidden: Float32Array, tokens: number, pooling: ModelProfile['pooling']): void {
  const dims = into.length;
  const rows = pooling === 'cls' ? 1 : tokens;
  const sums = new Float64Array(dims);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < dims; i++) sums[i]! += hidden[row * dims + i]!;
  }
  let squares = 0;
  for (let i = 0; i < dims; i++) squares += sums[i]! * sums[i]!;
  const length = Math.sqrt(squares) || 1;
  // The mean's division by `rows` cancels against the length.
  for (let i = 0; i < dims; i++) into[i] = sums[i]! / length;
}
