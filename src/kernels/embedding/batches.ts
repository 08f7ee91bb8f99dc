/**
 * Cuts a list of texts into the batches the model sees, from nothing but their lengths in tokens: a text's
 * vector depends in its last bits (with dynamic quantisation in its third digit) on the batch it ran in,
 * so every worker must cut alike. Similar lengths share a batch, which leaves little padding.
 */

/** Tokens of one call, padding included: about 150 reference milliseconds between two breaths. */
const BATCH_TOKENS_MAX = 256;

/**
 * @param lengths tokens of each text
 * @returns indices into `lengths`, each in exactly one batch, shortest texts first
 */
export function planBatches(lengths: readonly number[]): readonly (readonly number[])[] {
  const order = lengths.map((_, index) => index).sort((a, b) => lengths[a]! - lengths[b]! || a - b);
  const batches: number[][] = [];
  let current: number[] = [];
  for (const index of order) {
    if (current.length > 0 && (current.length + 1) * lengths[index]! > BATCH_TOKENS_MAX) {
      batches.push(current);
      current = [];
    }
    current.push(index);
  }
  if (current.length > 0) batches.push(current);
  return batches;
}
