/**
 * Building an index: our kernel, which checks, builds and saves a shard, against native usearch and hnswlib-wasm adding the
 * same vectors with the same parameters on one thread. And adding to a shard: load, add, save.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Index, MetricKind, ScalarKind } from 'usearch';
import type { ShardAccess } from '../src/kernels/kernel.js';
import { kernel } from '../src/kernels/vector_insert/kernel.js';
import { manifest, type VectorInsertOutput } from '../src/kernels/vector_insert/manifest.js';
import type { ShardRef } from '../src/kernels/vector_search/shard.js';
import { clusteredUnitVectors } from '../test/kernels/vector_search-vectors.js';
import { contextOf } from './context.js';
import { race } from './race.js';
import { loadHnswlib } from './vector-search.js';

const DIMS = 384;
const BUILT = 1_500;
const ADDED = 100;
const CONNECTIVITY = 16;
const EF_CONSTRUCTION = 128;
const ROUNDS = 5;

const EMPTY: ShardRef = { hash: '', size: 0, rows: 0 };
const keysOf = (from: number, count: number): number[] => Array.from({ length: count }, (_, i) => from + i);

/** Holds what was written last, in the clear. */
function memoryShards(): ShardAccess & { content: Uint8Array } {
  return {
    content: new Uint8Array(),
    has(hash) {
      return Promise.resolve({ size: hash === '' ? 0 : this.content.length });
    },
    read() {
      return Promise.resolve(this.content);
    },
    write(_, plain) {
      this.content = plain;
      return Promise.resolve({ hash: 'A'.repeat(43), size: plain.length });
    },
  };
}

function nativeIndex(scalar: ScalarKind): Index {
  return new Index({ dimensions: DIMS, metric: MetricKind.Cos, quantization: scalar, connectivity: CONNECTIVITY, expansion_add: EF_CONSTRUCTION, expansion_search: 64, multi: false });
}

function addNative(index: Index, vectors: Float32Array, from: number): Index {
  // A flat array is taken as rows, which the types leave out.
  index.add(BigUint64Array.from(keysOf(from, vectors.length / DIMS), BigInt), vectors as never, 1);
  return index;
}

export async function bench(): Promise<Record<string, unknown>> {
  const { vectors } = clusteredUnitVectors(BUILT + ADDED, 1, DIMS, 5);
  const first = vectors.subarray(0, BUILT * DIMS);
  const more = vectors.subarray(BUILT * DIMS);
  const shards = memoryShards();
  const context = contextOf('vector_search', { shards });
  const insert = async (scalar: 'f16' | 'f32', rows: Float32Array, shard: ShardRef): Promise<VectorInsertOutput> => {
    const payload = manifest.normalise({ vectors: rows, ids: keysOf(shard.rows, rows.length / DIMS), dims: DIMS, metric: 'cos', scalar, shard });
    return (await kernel.run(payload, context)).output as unknown as VectorInsertOutput;
  };

  const { HierarchicalNSW } = await loadHnswlib();
  const hnswlib = (): void => {
    const index = new HierarchicalNSW('cosine', DIMS, '');
    index.initIndex(BUILT, CONNECTIVITY, EF_CONSTRUCTION, 1);
    for (let i = 0; i < BUILT; i++) index.addPoint(first.subarray(i * DIMS, (i + 1) * DIMS), i, false);
  };
  const build = await race(
    {
      f16: () => insert('f16', first, EMPTY),
      f32: () => insert('f32', first, EMPTY),
      nativeF16: () => addNative(nativeIndex(ScalarKind.F16), first, 0),
      nativeF32: () => addNative(nativeIndex(ScalarKind.F32), first, 0),
      hnswlib,
    },
    { rounds: ROUNDS },
  );

  const { hash, size, rows } = await insert('f16', first, EMPTY);
  const { content } = shards;
  const folder = mkdtempSync(join(tmpdir(), 'edge-net-bench-'));
  const file = join(folder, 'index.usearch');
  addNative(nativeIndex(ScalarKind.F16), first, 0).save(file);
  const append = await race(
    {
      kernel: async () => {
        shards.content = content;
        await insert('f16', more, { hash, size, rows });
      },
      native: () => {
        const index = nativeIndex(ScalarKind.F16);
        index.load(file);
        addNative(index, more, BUILT).save(join(folder, 'more.usearch'));
      },
    },
    { rounds: ROUNDS, repeats: 3 },
  );
  rmSync(folder, { recursive: true });

  return {
    build: {
      vectorsPerSecondF16: Math.round((BUILT * 1e3) / build.ms.f16),
      vectorsPerSecondF32: Math.round((BUILT * 1e3) / build.ms.f32),
      relativeToNativeF16: build.speedup('f16', 'nativeF16'),
      relativeToNativeF32: build.speedup('f32', 'nativeF32'),
      f16RelativeToHnswlibWasm: build.speedup('f16', 'hnswlib'),
      f32RelativeToHnswlibWasm: build.speedup('f32', 'hnswlib'),
    },
    append: { vectorsPerSecond: Math.round((ADDED * 1e3) / append.ms.kernel), relativeToNativeF16: append.speedup('kernel', 'native') },
  };
}
