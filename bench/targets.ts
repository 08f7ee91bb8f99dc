/** Where the design set a figure, and which benchmark answers to it. */

export interface Target {
  readonly what: string;
  readonly bench: string;
  /** Names from the benchmark's result down to the number. */
  readonly path: readonly string[];
  readonly atMost?: number;
  readonly atLeast?: number;
  /** A duration or a rate is of the machine and of what else runs on it; a ratio carries over. */
  readonly isRatio: boolean;
}

export const TARGETS: readonly Target[] = [
  { what: 'small task, submit to verified result, p50 in ms', bench: 'tasks', path: ['latencyMs', 'k2', 'p50'], atMost: 50, isRatio: false },
  { what: 'tasks a minute', bench: 'tasks', path: ['throughput', 'tasksPerMinute'], atLeast: 1_000, isRatio: false },
  { what: 'dispatch over raw postMessage, one at a time', bench: 'pool', path: ['1 KB, 1 in flight', 'ratio'], atMost: 1.3, isRatio: true },
  { what: 'dispatch over raw postMessage, several', bench: 'pool', path: ['1 KB, 8 in flight, one a thread', 'ratio'], atMost: 1.3, isRatio: true },
  { what: 'vector search over native usearch, f32', bench: 'vector-search', path: ['index', 'relativeToNativeF32'], atLeast: 1, isRatio: true },
  { what: 'vector search over hnswlib-wasm', bench: 'vector-search', path: ['index', 'relativeToHnswlibWasm'], atLeast: 2.5, isRatio: true },
  { what: 'exact scan over the speed of memory', bench: 'vector-search', path: ['scan', 'relativeToMemory100k'], atLeast: 0.85, isRatio: true },
  { what: 'embeddings over bare transformers.js', bench: 'embedding', path: ['ratio'], atLeast: 1, isRatio: true },
];
