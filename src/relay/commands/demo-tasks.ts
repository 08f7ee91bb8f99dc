/** The two tasks that `npm start -- --once` buys. */
import type { Task } from '../../engine/api.js';

export const demoEmbedding: Task = {
  type: 'embedding',
  payload: { model: 'use-lite', texts: ['The cat sleeps on the warm roof.', 'A kitten naps in the sun.', 'Interest rates rose again this quarter.'] },
  options: { redundancy: 2 },
};

const DIMS = 64;
const VECTORS = 2_000;

/** Points of a fixed pseudo-random cloud, and one of them, moved a little, as the query. */
export function demoSearch(): Task {
  const next = mulberry32(7);
  const vectors = Array.from({ length: VECTORS }, () => Array.from({ length: DIMS }, () => next() * 2 - 1));
  const query = vectors[42]!.map((value) => value + (next() - 0.5) / 10);
  return { type: 'vector_search', payload: { query, vectors, k: 3, metric: 'cos' }, options: { redundancy: 2 } };
}

/** A small seeded generator (Tommy Ettinger's mulberry32), so that the demo's cost and answer never change. */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
