/** Small tasks, cheap to run, for tests of everything around them. */
import type { Task, TaskOptions } from '../../src/engine/api.js';

/** The nearest of three vectors to the query is the second. */
export function search(options: TaskOptions = {}): Task {
  return { type: 'vector_search', payload: { query: [0, 1, 0], vectors: [[1, 0, 0], [0, 1, 0.1], [0, 0, 1]], k: 1 }, options: { redundancy: 2, local: 'never', ...options } };
}

export function embed(texts: readonly string[], options: TaskOptions = {}): Task {
  return { type: 'embedding', payload: { texts, model: 'use-lite' }, options: { redundancy: 2, local: 'never', ...options } };
}
