/** Where the design set a figure, and which benchmark answers to it. Ratios without one are there to be looked at. */

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
  { what: 'building an index over native usearch, f32', bench: 'vector-insert', path: ['build', 'relativeToNativeF32'], isRatio: true },
  { what: 'building an index over native usearch, f16', bench: 'vector-insert', path: ['build', 'relativeToNativeF16'], isRatio: true },
  { what: 'building an index over hnswlib-wasm', bench: 'vector-insert', path: ['build', 'f16RelativeToHnswlibWasm'], isRatio: true },
  { what: 'adding to a shard over native usearch, f16', bench: 'vector-insert', path: ['append', 'relativeToNativeF16'], isRatio: true },
  { what: 'embeddings over bare transformers.js', bench: 'embedding', path: ['ratio'], atLeast: 1, isRatio: true },
  { what: 'semantic match over transformers.js, agents known', bench: 'semantic-match', path: ['agentsKnown', 'relativeToBare'], isRatio: true },
  { what: 'semantic match over transformers.js, agents new', bench: 'semantic-match', path: ['agentsNew', 'relativeToBare'], isRatio: true },
  { what: 'encryption of 1 MB over WebCrypto in one call', bench: 'encryption', path: ['1 MB', 'relativeToWebCrypto'], isRatio: true },
  { what: 'encryption of 1 MB over WebCrypto in equal chunks', bench: 'encryption', path: ['1 MB', 'relativeToWebCryptoInChunks'], isRatio: true },
  { what: 'compression to f16 over plain JavaScript', bench: 'compression', path: ['f16', 'relativeToPlain'], isRatio: true },
  { what: 'compression to int8 over plain JavaScript', bench: 'compression', path: ['int8', 'relativeToPlain'], isRatio: true },
  { what: 'compression to int4 over plain JavaScript', bench: 'compression', path: ['int4', 'relativeToPlain'], isRatio: true },
  { what: 'compression to binary over plain JavaScript', bench: 'compression', path: ['binary', 'relativeToPlain'], isRatio: true },
  { what: 'compression by product over plain JavaScript', bench: 'compression', path: ['pq', 'relativeToPlain'], isRatio: true },
  { what: 'deflate over zlib', bench: 'compression', path: ['deflate', 'relativeToZlib'], isRatio: true },
  { what: 'deflate over CompressionStream', bench: 'compression', path: ['deflate', 'relativeToCompressionStream'], isRatio: true },
  { what: 'spiking net over plain JavaScript', bench: 'neural-inference', path: ['sparse', 'relativeToPlain'], isRatio: true },
  { what: 'spiking net over plain JavaScript that skips zeros', bench: 'neural-inference', path: ['sparse', 'relativeToPlainSkippingZeros'], isRatio: true },
  { what: 'metered guest over unmetered, worst of the examples', bench: 'custom-wasm', path: ['examples', 'largest'], atMost: 1.5, isRatio: true },
  { what: 'metered guest over unmetered, worst of tight loops', bench: 'custom-wasm', path: ['loops', 'largest'], atMost: 1.5, isRatio: true },
  { what: 'metered guest over unmetered, worst of SIMD loops', bench: 'custom-wasm', path: ['simd', 'largest'], atMost: 1.2, isRatio: true },
  { what: 'starting a metered guest over starting it as it is', bench: 'custom-wasm', path: ['start', 'ratio'], isRatio: true },
  { what: 'gates of the page that the tag does not meet', bench: 'page', path: ['missedCount'], atMost: 0, isRatio: true },
  { what: 'gates that two saturated workers miss', bench: 'page', path: ['controlMissedCount'], atLeast: 1, isRatio: true },
  { what: 'idle page, processor in % of a core', bench: 'idle', path: ['page', 'cpuPercent'], atMost: 1, isRatio: false },
  { what: 'idle page, memory of its processes in MB', bench: 'idle', path: ['page', 'memoryMb'], atMost: 30, isRatio: false },
  { what: 'idle page, KB a minute', bench: 'idle', path: ['page', 'kbPerMinute'], atMost: 2, isRatio: false },
  { what: 'idle contributor, processor in % of a core', bench: 'idle', path: ['node', 'cpuPercent'], atMost: 1, isRatio: false },
  { what: 'idle contributor, memory beyond Node in MB', bench: 'idle', path: ['node', 'memoryMb'], atMost: 30, isRatio: false },
  { what: 'idle contributor, KB a minute', bench: 'idle', path: ['node', 'kbPerMinute'], atMost: 2, isRatio: false },
];
