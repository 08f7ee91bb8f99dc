import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { Index, MetricKind, ScalarKind, type Matches } from 'usearch';
import { KernelError } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/vector_search/kernel.js';
import { manifest } from '../../src/kernels/vector_search/manifest.js';
import { instantiate } from '../../src/kernels/vector_search/module.js';
import { readSavedIndex, type Scalar } from '../../src/kernels/vector_search/saved_index.js';
import type { Metric } from '../../src/kernels/vector_search/scan.js';
import { UsearchIndex, type IndexOptions } from '../../src/kernels/vector_search/usearch.js';
import { ASSET_BASE, context, run } from './vector_search-context.js';
import { clusteredUnitVectors, recall } from './vector_search-vectors.js';

const NATIVE_METRICS = { cos: MetricKind.Cos, ip: MetricKind.IP, l2: MetricKind.L2sq };
const NATIVE_SCALARS = { f32: ScalarKind.F32, f16: ScalarKind.F16, i8: ScalarKind.I8 };
const KINDS: readonly (readonly [Metric, Scalar])[] = [['cos', 'f32'], ['cos', 'f16'], ['cos', 'i8'], ['ip', 'f32'], ['ip', 'f16'], ['l2', 'f32'], ['l2', 'f16']];

const count = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const rows = (data: Float32Array, dims: number): Float32Array[] => count(data.length / dims).map((i) => data.subarray(i * dims, (i + 1) * dims));

async function build(options: IndexOptions, vectors: Float32Array): Promise<UsearchIndex> {
  const index = UsearchIndex.create(await instantiate(ASSET_BASE), options);
  const ids = count(vectors.length / options.dims);
  index.reserve(ids.length);
  index.add(ids, vectors);
  return index;
}

function native(dims: number, metric: Metric, scalar: Scalar): Index {
  return new Index({ dimensions: dims, metric: NATIVE_METRICS[metric], quantization: NATIVE_SCALARS[scalar], connectivity: 16, expansion_add: 128, expansion_search: 64, multi: false });
}

async function throughFile<T>(use: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'usearch-'));
  try {
    return await use(join(folder, 'index'));
  } finally {
    await rm(folder, { recursive: true });
  }
}

const badIndex = (error: unknown): boolean => error instanceof KernelError && error.code === 'bad-input' && /index/.test(error.message);

test('finds at least 99 % of the ten nearest among 10,000 x 384', async () => {
  const dims = 384;
  const { vectors, queries } = clusteredUnitVectors(10_000, 100, dims, 1);
  const exact = await Promise.all(rows(queries, dims).map(async (query) => (await scanInHalves(query, vectors, dims, 10)).map(({ id }) => id)));
  const index = await build({ dims, metric: 'cos', scalar: 'f32' }, vectors);
  const found = rows(queries, dims).map((query) => index.search(query, 10).map(({ id }) => id));
  assert.ok(recall(exact, found) >= 0.99, `recall ${recall(exact, found)}`);
});

/** 15 MB are more than one task may carry: two tasks and a merge. */
async function scanInHalves(query: Float32Array, vectors: Float32Array, dims: number, k: number): Promise<{ id: number; score: number }[]> {
  const half = vectors.length / 2;
  const parts = await Promise.all(
    [0, half].map(async (from) => {
      const { matches } = await run({ query, vectors: vectors.subarray(from, from + half), k });
      return matches[0]!.map(({ id, score }) => ({ id: id + from / dims, score }));
    }),
  );
  return parts.flat().sort((a, b) => b.score - a.score || a.id - b.id).slice(0, k);
}

for (const [metric, scalar] of KINDS) {
  test(`${metric} ${scalar}: a file of native usearch answers here, and ours there`, async () => {
    const dims = 100;
    const { vectors, queries } = clusteredUnitVectors(400, 5, dims, 2);
    await throughFile(async (path) => {
      const theirs = native(dims, metric, scalar);
      theirs.add(BigUint64Array.from(count(400), BigInt), vectors as never, 1);
      theirs.save(path);
      const { matches } = await run({ query: queries, dims, k: 10, index: new Uint8Array(await readFile(path)) });
      const expected = rows(queries, dims).map((query) => Array.from((theirs.search(query, 10, 1) as Matches).keys, Number));
      // Native i8 quantises its queries otherwise than we do.
      const same = scalar === 'f32' ? 1 : scalar === 'f16' ? 0.98 : 0.9;
      assert.ok(recall(expected, matches.map((found) => found.map(({ id }) => id))) >= same);

      const ours = await build({ dims, metric, scalar }, vectors);
      await writeFile(path, ours.save());
      const reader = native(dims, metric, scalar);
      reader.load(path);
      assert.equal(reader.size(), 400);
      const own = rows(queries, dims).map((query) => ours.search(query, 10).map(({ id }) => id));
      const read = rows(queries, dims).map((query) => Array.from((reader.search(query, 10, 1) as Matches).keys, Number));
      assert.ok(recall(own, read) >= same);
    });
  });
}

test('cosine of a native file whose vectors are not normalised', async () => {
  const dims = 20;
  const { vectors, queries } = clusteredUnitVectors(200, 3, dims, 3);
  const scaled = vectors.map((value, i) => value * (1 + (Math.floor(i / dims) % 7)));
  for (const scalar of ['f32', 'f16'] as const) {
    await throughFile(async (path) => {
      const theirs = native(dims, 'cos', scalar);
      theirs.add(BigUint64Array.from(count(200), BigInt), scaled as never, 1);
      theirs.save(path);
      const exact = await run({ query: queries, vectors: scaled, dims, k: 5 });
      const { matches } = await run({ query: queries, dims, k: 5, index: new Uint8Array(await readFile(path)) });
      assert.ok(recall(exact.matches.map((found) => found.map(({ id }) => id)), matches.map((found) => found.map(({ id }) => id))) >= 0.93);
      matches.forEach((found, query) => assert.ok(Math.abs(found[0]!.score - exact.matches[query]![0]!.score) < 2e-3));
    });
  }
});

test('same vectors, same file; same file, same answers; loading and saving changes nothing', async () => {
  const dims = 33;
  const { vectors, queries } = clusteredUnitVectors(300, 20, dims, 4);
  for (const [metric, scalar] of KINDS) {
    const file = (await build({ dims, metric, scalar }, vectors)).save();
    assert.deepEqual((await build({ dims, metric, scalar }, vectors)).save(), file);
    assert.deepEqual(UsearchIndex.load(await instantiate(ASSET_BASE), file).save(), file);
    const payload = { query: queries, dims, k: 10, index: file };
    assert.deepEqual((await run(payload)).bytes, (await run(payload)).bytes);
  }
});

test('the scores of an index are those of the scan, within its precision', async () => {
  const dims = 64;
  const { vectors, queries } = clusteredUnitVectors(200, 4, dims, 5);
  const precision = { f32: 1e-6, f16: 1e-3, i8: 2e-2 };
  for (const [metric, scalar] of KINDS) {
    const index = await build({ dims, metric, scalar }, vectors);
    const exact = (await run({ query: queries, vectors, dims, k: 200, metric })).matches;
    const { matches } = await run({ query: queries, dims, k: 10, index: index.save() });
    matches.forEach((found, query) => {
      for (const { id, score } of found) assert.ok(Math.abs(score - exact[query]!.find((match) => match.id === id)!.score) < precision[scalar]);
    });
  }
});

test('what is removed is not found, is left out of the size, and its place is taken again', async () => {
  const dims = 16;
  const { vectors } = clusteredUnitVectors(50, 1, dims, 6);
  const index = await build({ dims, metric: 'cos', scalar: 'f32' }, vectors);
  const first = vectors.subarray(0, dims);
  assert.equal(index.search(first, 1)[0]!.id, 0);
  assert.equal(index.remove(0), true);
  assert.equal(index.remove(0), false);
  assert.equal(index.size, 49);
  assert.ok(index.search(first, 50).every(({ id }) => id !== 0));

  const file = index.save();
  assert.ok((await run({ query: first, k: 50, index: file })).matches[0]!.every(({ id }) => id !== 0));
  index.add([77], first);
  assert.equal(index.search(first, 1)[0]!.id, 77);
  assert.equal(index.save().length, file.length);
});

test('memory that grows while adding and searching leaves no stale view behind', async () => {
  const dims = 128;
  const { vectors } = clusteredUnitVectors(4_000, 1, dims, 7);
  const module = await instantiate(ASSET_BASE);
  const before = module.memory.buffer;
  const index = UsearchIndex.create(module, { dims, metric: 'l2', scalar: 'f32', efConstruction: 32, connectivity: 8 });
  for (let from = 0; from < 4_000; from += 1_000) {
    index.reserve(from + 1_000);
    index.add(count(1_000).map((i) => from + i), vectors.subarray(from * dims, (from + 1_000) * dims));
  }
  assert.equal(before.byteLength, 0, 'the memory did not grow, so this shows nothing');
  for (const id of [0, 1_999, 3_999]) assert.deepEqual(index.search(vectors.subarray(id * dims, (id + 1) * dims), 1), [{ id, score: 0 }]);
});

test('says what is wrong with an add', async () => {
  const index = UsearchIndex.create(await instantiate(ASSET_BASE), { dims: 2, metric: 'l2', scalar: 'f16' });
  index.reserve(10);
  index.add([5], Float32Array.of(1, 2));
  assert.throws(() => index.add([5], Float32Array.of(3, 4)), /Duplicate keys/);
  assert.throws(() => index.add([6], Float32Array.of(7e4, 0)), /beyond the range of f16/);
  assert.throws(() => index.search(Float32Array.of(1), 1), /1 numbers, the index 2 dimensions/);
  const bytes = instantiate(ASSET_BASE).then((module) => UsearchIndex.create(module, { dims: 2, metric: 'l2', scalar: 'i8' }));
  await assert.rejects(bytes, badIndex);
});

test('prices an index by the vectors in it', async () => {
  const { vectors, queries } = clusteredUnitVectors(300, 2, 8, 8);
  const index = (await build({ dims: 8, metric: 'ip', scalar: 'f16' }, vectors)).save();
  assert.deepEqual(readSavedIndex(index), { dims: 8, metric: 'ip', scalar: 'f16', rows: 300, connectivityBase: 32 });
  const payload = manifest.normalise({ query: queries, dims: 8, k: 1, index });
  assert.equal(manifest.meter(payload).price, 600_000);
  assert.equal((await kernel.run(payload, context())).fuel, manifest.meter(payload).fuel);
});

test('takes an index as base64 and refuses fields that contradict it', async () => {
  const { vectors } = clusteredUnitVectors(20, 1, 4, 9);
  const index = (await build({ dims: 4, metric: 'cos' }, vectors)).save();
  const query = Array.from(vectors.subarray(0, 4));
  const text = Buffer.from(index).toString('base64');
  assert.deepEqual((await run({ query, k: 3, index: text })).bytes, (await run({ query, k: 3, index })).bytes);

  const refusals: readonly (readonly [object, RegExp])[] = [
    [{ index: '***' }, /not valid base64/],
    [{ index: 7 }, /`index` must be bytes/],
    [{ query: [1, 2, 3] }, /3 dimensions, the vectors of `index` 4/],
    [{ metric: 'l2' }, /built for "cos"/],
    [{ ids: [1] }, /has its own/],
    [{ efSearch: 0 }, /`efSearch` must be/],
  ];
  for (const [change, message] of refusals) {
    assert.throws(() => manifest.normalise({ query, k: 3, index, ...change }), (error) => error instanceof KernelError && error.code === 'bad-input' && message.test(error.message));
  }
});

test('a machine without SIMD reports itself, not the input', async (t) => {
  const { vectors } = clusteredUnitVectors(20, 1, 4, 10);
  const index = (await build({ dims: 4, metric: 'cos' }, vectors)).save();
  t.mock.method(WebAssembly, 'validate', () => false);
  await assert.rejects(run({ query: [1, 2, 3, 4], k: 1, index }), (error) => !(error instanceof KernelError) && /no WebAssembly SIMD/.test((error as Error).message));
});

test('a file cut short anywhere is refused, and so is one with a tail', async () => {
  const { vectors } = clusteredUnitVectors(12, 1, 3, 11);
  const index = (await build({ dims: 3, metric: 'cos', connectivity: 2 }, vectors)).save();
  for (let length = 0; length < index.length; length++) {
    assert.throws(() => manifest.normalise({ query: [1, 0, 0], k: 1, index: index.subarray(0, length) }), badIndex, `cut to ${length}`);
  }
  assert.throws(() => manifest.normalise({ query: [1, 0, 0], k: 1, index: Uint8Array.of(...index, 0) }), badIndex);
});

test('a damaged file is refused or answered, but never traps or hangs', async () => {
  const dims = 3;
  const { vectors } = clusteredUnitVectors(30, 1, dims, 12);
  const whole = (await build({ dims, metric: 'l2', scalar: 'f32', connectivity: 2 }, vectors)).save();
  let refusedCount = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 4 }), async (damage) => {
      const index = whole.slice();
      for (const [at, byte] of damage) index[at] = byte;
      const outcome = await run({ query: [1, 0, 0], k: 5, index }).catch((error: unknown) => error);
      if (outcome instanceof Error) {
        assert.ok(badIndex(outcome), outcome.message);
        refusedCount++;
      } else {
        assert.ok((outcome as Awaited<ReturnType<typeof run>>).output.scores.every(Number.isFinite));
      }
    }),
    { numRuns: 400 },
  );
  assert.ok(refusedCount > 50);
});

test('a file of a version that the loader refuses is bad input', async () => {
  const { vectors } = clusteredUnitVectors(30, 1, 3, 12);
  const index = (await build({ dims: 3, metric: 'l2', scalar: 'f32', connectivity: 2 }, vectors)).save();
  const minorAt = 8 + 30 * 3 * 4 + 9;
  index[minorAt] = 5;
  await assert.rejects(run({ query: [1, 0, 0], k: 5, index }), badIndex);
});

test('vectors that are not finite are refused', async () => {
  for (const scalar of ['f32', 'f16'] as const) {
    for (const value of [Number.NaN, Infinity, 3e38]) {
      const file = (await build({ dims: 2, metric: 'l2', scalar }, Float32Array.of(1, 2, 3, 4))).save();
      const view = new DataView(file.buffer);
      if (scalar === 'f32') view.setFloat32(8, value, true);
      else view.setUint16(8, Number.isNaN(value) ? 0x7e00 : 0x7c00, true);
      await assert.rejects(run({ query: [1, 2], k: 1, index: file }), badIndex);
    }
  }
});
