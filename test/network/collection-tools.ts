/** What tests of collections share: exact neighbours, the native library's word, and waiting for what a ledger tells. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Index, type Matches, MetricKind, ScalarKind } from 'usearch';
import type { Collection, ShardFile } from '../../src/engine/api.js';
import type { Node } from './harness.js';

export const K = 10;

export function rows(vectors: Float32Array, dims: number): Float32Array[] {
  return Array.from({ length: vectors.length / dims }, (_, row) => vectors.subarray(row * dims, (row + 1) * dims));
}

/** Positions of the nearest by cosine, of vectors of length 1: each is compared with all. */
export function exactNeighbours(vectors: Float32Array, queries: readonly Float32Array[], k = K): number[][] {
  return queries.map((query) => {
    const dims = query.length;
    const best: { row: number; score: number }[] = [];
    for (let row = 0; row < vectors.length / dims; row += 1) {
      let score = 0;
      for (let at = 0; at < dims; at += 1) score += query[at]! * vectors[row * dims + at]!;
      if (best.length === k && score <= best[k - 1]!.score) continue;
      best.push({ row, score });
      best.sort((left, right) => right.score - left.score);
      best.length = Math.min(k, best.length);
    }
    return best.map(({ row }) => row);
  });
}

/** Of each query in a result. */
export function idsOf(matches: unknown): number[][] {
  return (matches as { id: number }[][]).map((query) => query.map(({ id }) => id));
}

export interface NativeCollection {
  readonly size: number;
  has(id: number): boolean;
  search(query: Float32Array, k?: number): number[];
}

/** An exported collection of cosines and 16-bit floats in the native library: each file loaded as it is. */
export async function loadNatively(files: readonly ShardFile[], dims: number, dir: string): Promise<NativeCollection> {
  const shards = await Promise.all(files.map(async ({ shard, file }) => {
    const path = join(dir, `${shard}.usearch`);
    await writeFile(path, file);
    const index = new Index({ dimensions: dims, metric: MetricKind.Cos, quantization: ScalarKind.F16, connectivity: 16, expansion_add: 128, expansion_search: 64, multi: false });
    index.load(path);
    return index;
  }));
  return {
    size: shards.reduce((sum, index) => sum + index.size(), 0),
    has: (id) => shards.some((index) => index.contains(BigInt(id))),
    search: (query, k = K) => shards
      .flatMap((index) => {
        const { keys, distances } = index.search(query, k, 1) as Matches;
        return Array.from(keys, (key, at) => ({ id: Number(key), distance: distances[at]! }));
      })
      .sort((left, right) => left.distance - right.distance || left.id - right.id)
      .slice(0, k).map(({ id }) => id),
  };
}

/** The collection as the node's replica of the ledger has it, as soon as it holds. */
export async function collectionWhen(node: Node, id: string, holds: (collection: Collection) => boolean): Promise<Collection> {
  for (;;) {
    const changed = nextState(node);
    const collection = await node.collections.get(id);
    if (holds(collection)) return collection;
    await changed;
  }
}

export function nextState(node: Node): Promise<void> {
  return new Promise((resolve) => {
    const unsubscribe = node.subscribe(({ type }) => {
      if (type !== 'state') return;
      unsubscribe();
      resolve();
    });
  });
}

export const isWhole = ({ shards, replicas }: Collection): boolean => shards.every(({ holders }) => holders.length === replicas);
export const holdersOf = ({ shards }: Collection): Set<string> => new Set(shards.flatMap(({ holders }) => holders));
