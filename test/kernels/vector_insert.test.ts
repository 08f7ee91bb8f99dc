import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Index, MetricKind, ScalarKind } from 'usearch';
import { KernelError, type ShardAccess } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/vector_insert/kernel.js';
import { manifest, workOf, type VectorInsertOutput, type VectorInsertPayload } from '../../src/kernels/vector_insert/manifest.js';
import { kernel as search } from '../../src/kernels/vector_search/kernel.js';
import { manifest as searchManifest, workOf as searchWorkOf, type VectorSearchOutput } from '../../src/kernels/vector_search/manifest.js';
import { referenceSearch } from '../../src/kernels/vector_search/reference.js';
import { shardBytes, type ShardRef } from '../../src/kernels/vector_search/shard.js';
import { context } from './vector_search-context.js';
import { clusteredUnitVectors, recall } from './vector_search-vectors.js';

const EMPTY: ShardRef = { hash: '', rows: 0, size: 0 };
const count = (n: number, from = 0): number[] => Array.from({ length: n }, (_, i) => from + i);

/** A holder's shelf without encryption: content by its own hash. */
class Shelf implements ShardAccess {
  readonly contents = new Map<string, Uint8Array>();

  async has(hash: string): Promise<{ size: number } | undefined> {
    const size = hash === '' ? 0 : this.contents.get(hash)?.length;
    return size === undefined ? undefined : { size };
  }

  async read(hash: string): Promise<Uint8Array> {
    const content = this.contents.get(hash);
    if (!content) throw new Error(`no content ${hash}`);
    return content.slice();
  }

  async write(_: string, plain: Uint8Array): Promise<{ hash: string; size: number }> {
    const hash = createHash('sha256').update(plain).digest('base64url');
    this.contents.set(hash, plain.slice());
    return { hash, size: plain.length };
  }
}

async function insert(shelf: Shelf | undefined, payload: Record<string, unknown>): Promise<VectorInsertOutput> {
  const { output } = await kernel.run(manifest.normalise(payload), context({ shards: shelf }));
  return output as unknown as VectorInsertOutput;
}

async function find(shelf: Shelf | undefined, payload: Record<string, unknown>): Promise<number[][]> {
  const { output } = await search.run(searchManifest.normalise(payload), context({ shards: shelf }));
  const { ids, counts } = output as unknown as VectorSearchOutput;
  let at = 0;
  return Array.from(counts, (each) => [...ids.subarray(at, (at += each))]);
}

const codeOf = (error: unknown): string | undefined => (error instanceof KernelError ? error.code : undefined);

test('holders of a shard come to the same content by the same insertions, however they were interrupted', async () => {
  const dims = 48;
  const { vectors } = clusteredUnitVectors(1_200, 1, dims, 7);
  const part = (from: number, to: number) => ({ dims, metric: 'cos', scalar: 'f16', vectors: vectors.subarray(from * dims, to * dims), ids: count(to - from, from) });
  const [one, other] = [new Shelf(), new Shelf()];
  const first = await insert(one, { ...part(0, 500), shard: EMPTY });
  assert.deepEqual(await insert(other, { ...part(0, 500), shard: EMPTY }), first);
  assert.deepEqual([first.inserted, first.rows], [500, 500]);

  // One has searched meanwhile, the other has not and was supplied by somebody else.
  await find(one, { query: vectors.subarray(0, dims), k: 3, shard: { hash: first.hash, rows: 500, size: first.size } });
  const second = await insert(one, { ...part(500, 1_200), shard: { hash: first.hash, rows: 500, size: first.size } });
  assert.deepEqual(await insert(other, { ...part(500, 1_200), shard: { hash: first.hash, rows: 500, size: first.size } }), second);
  assert.deepEqual([second.inserted, second.rows], [700, 1_200]);
  assert.equal(one.contents.size, 2, 'the old content is kept beside the new');
});

test('what was inserted is found, as well as a scan of all vectors finds it', async () => {
  const dims = 64;
  const { vectors, queries } = clusteredUnitVectors(3_000, 50, dims, 3);
  const shelf = new Shelf();
  let shard = EMPTY;
  for (let from = 0; from < 3_000; from += 1_000) {
    const { hash, size, rows } = await insert(shelf, { dims, vectors: vectors.subarray(from * dims, (from + 1_000) * dims), ids: count(1_000, from), shard });
    shard = { hash, size, rows };
  }
  const found = await find(shelf, { queries, dims, k: 10, shard });
  const exact = referenceSearch({ queries, vectors, dims, k: 10, metric: 'cos' });
  const expected = Array.from({ length: 50 }, (_, query) => [...exact.rows.subarray(query * 10, query * 10 + 10)]);
  assert.ok(recall(expected, found) >= 0.99, `recall ${recall(expected, found)}`);
});

test('native usearch loads a shard as it is', async () => {
  const dims = 32;
  const { vectors } = clusteredUnitVectors(300, 1, dims, 5);
  const shelf = new Shelf();
  const { hash } = await insert(shelf, { dims, vectors, ids: count(300, 1_000), scalar: 'f32', shard: EMPTY });
  const folder = await mkdtemp(join(tmpdir(), 'shard-'));
  try {
    await writeFile(join(folder, 'index'), shelf.contents.get(hash)!);
    const native = new Index({ dimensions: dims, metric: MetricKind.Cos, quantization: ScalarKind.F32, connectivity: 16, expansion_add: 128, expansion_search: 64, multi: false });
    native.load(join(folder, 'index'));
    assert.equal(native.size(), 300);
    for (const row of [0, 150, 299]) assert.equal(native.search(vectors.subarray(row * dims, (row + 1) * dims), 1, 1).keys[0], BigInt(1_000 + row));
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('a task that misstates its shard, or repeats an id, is refused by every holder alike', async () => {
  const dims = 4;
  const shelf = new Shelf();
  const { hash, size } = await insert(shelf, { dims, vectors: [[1, 0, 0, 0], [0, 1, 0, 0]], ids: [7, 8], shard: EMPTY });
  const shard = { hash, rows: 2, size };
  const more = { dims, vectors: [[0, 0, 1, 0]], ids: [9] };
  const refused = async (promise: Promise<unknown>): Promise<string | undefined> => promise.then(() => undefined, codeOf);
  assert.equal(await refused(insert(shelf, { ...more, shard: { ...shard, rows: 3 } })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard: { ...shard, size: size - 1 } })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard: { ...EMPTY, size: 1 } })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard, ids: [8] })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard, scalar: 'f32' })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard, metric: 'ip' })), 'bad-input');
  assert.equal(await refused(insert(shelf, { ...more, shard, dims: 2, vectors: [[0, 1]] })), 'bad-input');
  const query = { query: [1, 0, 0, 0], k: 1, shard };
  assert.deepEqual(await find(shelf, query), [[7]]);
  assert.equal(await refused(find(shelf, { ...query, shard: { ...shard, rows: 1 } })), 'bad-input');
  assert.equal(await refused(find(shelf, { ...query, shard: { ...shard, size: 1 } })), 'bad-input');
  assert.equal(await refused(find(shelf, { ...query, metric: 'l2' })), 'bad-input');
  assert.equal(await refused(find(shelf, { ...query, query: [1, 0] })), 'bad-input');
  assert.equal(await refused(find(shelf, { ...query, shard: { hash: '', rows: 0, size: 0 } })), 'bad-input');
});

test('a machine that does not hold the shard fails by itself, so that another one is asked', async () => {
  const payload = { dims: 2, vectors: [[1, 0]], ids: [1], shard: { hash: 'A'.repeat(43), rows: 5, size: 500 } };
  await assert.rejects(insert(new Shelf(), payload), (error: unknown) => !(error instanceof KernelError));
});

test('a shard that is loaded already answers nobody whose task is not on it', async () => {
  const shelf = new Shelf();
  const { hash, size } = await insert(shelf, { dims: 2, vectors: [[1, 0], [0, 1]], ids: [7, 8], shard: EMPTY });
  const query = { query: [1, 0], k: 1, shard: { hash, rows: 2, size } };
  assert.deepEqual(await find(shelf, query), [[7]]);
  // Hashes are public. On a shard of the stranger's own, and on none at all.
  await assert.rejects(find(new Shelf(), query), (error: unknown) => !(error instanceof KernelError));
  await assert.rejects(find(undefined, query), (error: unknown) => codeOf(error) === 'bad-input');
  await assert.rejects(insert(undefined, { dims: 2, vectors: [[1, 1]], ids: [9], shard: EMPTY }), (error: unknown) => codeOf(error) === 'bad-input');
  assert.deepEqual(await find(shelf, query), [[7]]);
});

test('price and work follow from the sizes, and a full shard takes no more', () => {
  const sizes = fc.record({ rows: fc.integer({ min: 1, max: 2_000 }), dims: fc.integer({ min: 1, max: 64 }), held: fc.integer({ min: 1, max: 2_000 }) });
  fc.assert(
    fc.property(sizes, ({ rows, dims, held }) => {
      const shard = { hash: 'A'.repeat(43), rows: held, size: shardBytes(held, dims, 'f16') };
      const payload = manifest.normalise({ vectors: new Float32Array(rows * dims), ids: count(rows), dims, shard });
      assert.deepEqual(manifest.normalise(payload), payload);
      const { price, fuel } = manifest.meter(payload);
      assert.equal(price, rows * 5_000, '0.5 credit for 100');
      assert.ok(Number.isSafeInteger(fuel) && fuel > workOf({ ...(payload as unknown as VectorInsertPayload), ids: new Float64Array(0) }).fuel);
      assert.equal(searchManifest.meter(searchManifest.normalise({ query: new Float32Array(dims), k: 1, shard })).price, held * 1_000);
    }),
    { numRuns: 50 },
  );
  const full = { hash: 'A'.repeat(43), rows: 8_800, size: 8_000_000 };
  assert.throws(() => manifest.normalise({ vectors: new Float32Array(384), ids: [1], dims: 384, shard: full }), (error) => codeOf(error) === 'payload-too-large');
  assert.ok(searchWorkOf({ queries: new Float32Array(384), shard: full, metric: 'cos', dims: 384, k: 10, efSearch: 64 }).fuel < 1e6);
});

test('what is no payload of the kind is refused with the field named', () => {
  const good = { dims: 2, vectors: [[1, 0]], ids: [1], shard: EMPTY };
  const bad: readonly (readonly [Record<string, unknown>, RegExp])[] = [
    [{ dims: 0 }, /dims/], [{ vectors: 'no' }, /vectors/], [{ ids: [1, 2] }, /ids/], [{ ids: [-1] }, /ids/], [{ scalar: 'f64' }, /scalar/], [{ scalar: 'i8', metric: 'l2' }, /scalar/],
    [{ shard: undefined }, /shard/], [{ shard: { hash: '../etc', rows: 1, size: 1 } }, /shard/], [{ shard: { ...EMPTY, rows: 1 } }, /shard/], [{ collection: 'x' }, /collection/],
  ];
  for (const [change, named] of bad) assert.throws(() => manifest.normalise({ ...good, ...change }), (error: unknown) => codeOf(error) === 'bad-input' && named.test((error as Error).message), JSON.stringify(change));
});
