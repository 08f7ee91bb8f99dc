/** Runs `vector_search`: an exact scan of the payload's vectors, or a walk through a usearch index, its own or a shard's. */
import { KernelError, type Kernel, type KernelContext, type Value } from '../kernel.js';
import { isIndexed, isSharded, manifest, workOf, type IndexPayload, type ScanPayload, type ShardPayload, type VectorSearchOutput, type VectorSearchPayload } from './manifest.js';
import { hasSimd, instantiate } from './module.js';
import { referenceScanner } from './reference.js';
import { simdScanner, type Scanner } from './scan.js';
import { openShard } from './open_shard.js';
import { UsearchIndex, type IndexMatch } from './usearch.js';

/** Multiplications between two breaths: about a millisecond of SIMD, or 50 of plain JavaScript. */
const PRODUCTS_PER_TILE = 4_000_000;
const SLOW_PRODUCTS_PER_TILE = 200_000;
/** Queries of an index between two breaths: about two milliseconds. */
const QUERIES_PER_BREATH = 8;

async function pause({ signal, breathe }: KernelContext): Promise<void> {
  await breathe();
  signal.throwIfAborted();
}

async function scan(payload: ScanPayload, context: KernelContext): Promise<VectorSearchOutput> {
  const simd = hasSimd();
  const scanner = simd ? simdScanner(await instantiate(context.assetBase), payload) : referenceScanner(payload);
  await walk(scanner, payload, simd ? PRODUCTS_PER_TILE : SLOW_PRODUCTS_PER_TILE, context);
  const { rows, scores, counts } = scanner.matches();
  const { ids } = payload;
  return { ids: Float64Array.from(rows, (row) => ids?.[row] ?? row), scores, counts };
}

/** Tiles of at most so many products: bands of rows, and within a band as many queries at once as fit. */
async function walk(scanner: Scanner, { queries, vectors, dims }: ScanPayload, productsPerTile: number, context: KernelContext): Promise<void> {
  const queryCount = queries.length / dims;
  const rowCount = vectors.length / dims;
  const pairs = Math.max(1, Math.floor(productsPerTile / dims));
  const band = Math.min(rowCount, Math.max(16, Math.floor(pairs / queryCount)));
  const group = Math.max(1, Math.floor(pairs / band));
  for (let row = 0; row < rowCount; row += band) {
    for (let query = 0; query < queryCount; query += group) {
      scanner.scan(query, Math.min(query + group, queryCount), row, Math.min(row + band, rowCount));
      await pause(context);
    }
    context.progress('search', Math.min(row + band, rowCount), rowCount);
  }
}

async function follow(payload: IndexPayload | ShardPayload, context: KernelContext): Promise<VectorSearchOutput> {
  // A walk in plain JavaScript could not give the same bytes, so this is a trait of the machine, not of the input.
  if (!hasSimd()) throw new Error('This machine has no WebAssembly SIMD, which searching an index needs.');
  const { queries, dims, k, efSearch } = payload;
  const index = isSharded(payload) ? await openShard(payload.shard, dims, context) : UsearchIndex.load(await instantiate(context.assetBase), payload.index);
  if (isSharded(payload) && index.metric !== payload.metric) throw new KernelError('bad-input', `\`metric\`: the collection was built for "${index.metric}".`);
  index.expand(efSearch, efSearch);
  await pause(context);

  const queryCount = queries.length / dims;
  const found: IndexMatch[][] = [];
  for (let query = 0; query < queryCount; query++) {
    found.push(index.search(queries.subarray(query * dims, (query + 1) * dims), k));
    if ((query + 1) % QUERIES_PER_BREATH !== 0 && query + 1 !== queryCount) continue;
    context.progress('search', query + 1, queryCount);
    await pause(context);
  }
  const matches = found.flat();
  return {
    ids: Float64Array.from(matches, ({ id }) => id),
    scores: Float32Array.from(matches, ({ score }) => score),
    counts: Uint32Array.from(found, ({ length }) => length),
  };
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: checked again, it cannot lead the module out of its bounds.
    const checked = manifest.normalise(payload) as unknown as VectorSearchPayload;
    context.signal.throwIfAborted();
    const output = isSharded(checked) || isIndexed(checked) ? await follow(checked, context) : await scan(checked, context);
    return { output: output as unknown as Value, fuel: workOf(checked).fuel };
  },
};
