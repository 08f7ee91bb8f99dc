/**
 * Cuts a list of texts into the batches the model sees, from nothing but their lengths in tokens: a text's
 * vector depends in its last bits (with dynamic quantisation in its third digit) on the batch it ran in,
 * so every worker must cut alike. Similar lengths share a batch, which leaves little padding.
 */

/**
 * @param lengths tokens of each text
 * @param tokensMax tokens of one batch, padding included; a longer text is a batch by itself
 * @returns indices into `lengths`, each in exactly one batch, shortest texts first
 */
export function planBatches(lengths: readonly number[], tokensMax: number): readonly (readonly number[])[] {
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const batches: number[][] = [];
  let current: number[] = [];
  for (const index of order) {
    if (current.length > 0 && (current.length + 1) * lengths[index]! > tokensMax) {
      batches.push(current);
      current = [];
    }
    current.push(index);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
