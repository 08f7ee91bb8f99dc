import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { exactSearch, MetricKind } from 'usearch';
import { decode, encode } from '../../src/kernels/codec.js';
import { KernelError, type Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/vector_search/kernel.js';
import { manifest } from '../../src/kernels/vector_search/manifest.js';
import { hasSimd } from '../../src/kernels/vector_search/module.js';
import { referenceSearch } from '../../src/kernels/vector_search/reference.js';
import type { Metric } from '../../src/kernels/vector_search/scan.js';
import { ASSET_BASE, context, run } from './vector_search-context.js';
import { clusteredUnitVectors } from './vector_search-vectors.js';

const METRICS = ['cos', 'ip', 'l2'] as const satisfies readonly Metric[];
const small = { query: [1, 0], vectors: [[1, 0], [0, 1], [1, 1]], k: 2 };

const finite = fc.float({ min: -Math.fround(1e15), max: Math.fround(1e15), noNaN: true });
/** Few distinct values make ties and zero vectors, others the whole range. */
const number = fc.oneof(fc.constantFrom(0, -0, 1, -1, 0.5), fc.float({ min: -2, max: 2, noNaN: true }), finite);
const scans = fc.record({ dims: fc.integer({ min: 1, max: 37 }), queryCount: fc.integer({ min: 1, max: 5 }), rowCount: fc.integer({ min: 1, max: 40 }), k: fc.integer({ min: 1, max: 45 }), metric: fc.constantFrom(...METRICS) }).chain((shape) =>
  fc.record({
    query: fc.array(number, { minLength: shape.dims * shape.queryCount, maxLength: shape.dims * shape.queryCount }).map((list) => Float32Array.from(list)),
    vectors: fc.array(number, { minLength: shape.dims * shape.rowCount, maxLength: shape.dims * shape.rowCount }).map((list) => Float32Array.from(list)),
    dims: fc.constant(shape.dims),
    k: fc.constant(shape.k),
    metric: fc.constant(shape.metric),
  }),
);

test('gives the same bytes as the plain reference', async () => {
  assert.ok(hasSimd(), 'without SIMD the reference would be compared with itself');
  await fc.assert(
    fc.asyncProperty(scans, async (payload) => {
      const { output } = await run(payload);
      const reference = referenceSearch({ ...payload, queries: payload.query });
      assert.deepEqual(encode(output as unknown as Value), encode({ ids: Float64Array.from(reference.rows), scores: reference.scores, counts: reference.counts }));
    }),
    { numRuns: 300 },
  );
});

test('loads its module over HTTP, and tries again after a failure', async () => {
  let answers = 0;
  const wasm = await readFile(new URL('vector_search.wasm', ASSET_BASE));
  const server = createServer((_, response) => void (++answers === 1 ? response.writeHead(503).end() : response.end(wasm)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const assetBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}/assets/`;
    const payload = manifest.normalise(small);
    await assert.rejects(kernel.run(payload, context({ assetBase })), /503/);
    const { output } = await kernel.run(payload, context({ assetBase }));
    assert.deepEqual(encode(output), (await run(small)).bytes);
    await kernel.run(payload, context({ assetBase }));
    assert.equal(answers, 2, 'the module is fetched once');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('cuts a large search into tiles without a trace in the result', async () => {
  const { vectors, queries } = clusteredUnitVectors(3_000, 70, 100, 1);
  let breaths = 0;
  const payload = manifest.normalise({ query: queries, vectors, dims: 100, k: 7 });
  const { output } = await kernel.run(payload, context({ breathe: async () => void breaths++ }));
  const { rows, scores } = referenceSearch({ queries, vectors, dims: 100, k: 7, metric: 'cos' });
  assert.ok(breaths > 3);
  assert.deepEqual(encode(output), encode({ ids: Float64Array.from(rows), scores, counts: new Uint32Array(70).fill(7) }));
});

test('falls back to plain JavaScript without WebAssembly SIMD, with the same bytes', async (t) => {
  const { vectors, queries } = clusteredUnitVectors(300, 4, 50, 2);
  const payload = { query: queries, vectors, dims: 50, k: 10 };
  const fast = await run(payload);
  t.mock.method(WebAssembly, 'validate', () => false);
  t.mock.method(WebAssembly, 'instantiate', () => assert.fail('the module must not be needed'));
  assert.deepEqual((await run(payload)).bytes, fast.bytes);
});

test('agrees with native usearch on the exact neighbours', async () => {
  const dims = 96;
  const { vectors, queries } = clusteredUnitVectors(500, 3, dims, 3);
  const native = { cos: MetricKind.Cos, ip: MetricKind.IP, l2: MetricKind.L2sq };
  for (const metric of METRICS) {
    const { matches } = await run({ query: queries, vectors, dims, k: 5, metric });
    matches.forEach((found, i) => {
      // A copy, because the native function reads a view from the start of its buffer.
      const truth = exactSearch(vectors, queries.slice(i * dims, (i + 1) * dims), dims, 5, native[metric], 1);
      assert.ok('keys' in truth);
      assert.deepEqual(found.map(({ id }) => id), Array.from(truth.keys, Number));
      found.forEach(({ score }, rank) => {
        const distance = truth.distances[rank]!;
        assert.ok(Math.abs(score - (metric === 'l2' ? -distance : 1 - distance)) < 1e-5);
      });
    });
  }
});

test('ranks higher scores first and equal ones by position', async () => {
  const { matches } = await run({ query: [[1, 0], [0, 2]], vectors: [[0, 1], [1, 0], [2, 0], [0, 0]], k: 3 });
  assert.deepEqual(matches, [
    [{ id: 1, score: 1 }, { id: 2, score: 1 }, { id: 0, score: 0 }],
    [{ id: 0, score: 1 }, { id: 1, score: 0 }, { id: 2, score: 0 }],
  ]);
  assert.deepEqual((await run({ query: [3, 4], vectors: [[0, 0], [3, 5]], k: 2, metric: 'l2' })).matches, [[{ id: 1, score: -1 }, { id: 0, score: -25 }]]);
  assert.deepEqual((await run({ query: [3, 4], vectors: [[1, 1], [2, 2]], k: 1, metric: 'ip', ids: [70, 2 ** 53 - 1] })).matches, [[{ id: 2 ** 53 - 1, score: 14 }]]);
});

test('gives fewer matches than k when there are fewer vectors', async () => {
  assert.equal((await run({ ...small, k: 1000 })).matches[0]!.length, 3);
});

test('stops between tiles when the task is cancelled', async () => {
  const controller = new AbortController();
  const { vectors, queries } = clusteredUnitVectors(2_000, 200, 64, 4);
  const payload = manifest.normalise({ query: queries, vectors, dims: 64, k: 1 });
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    if (++breaths === 2) controller.abort(new Error('cancelled'));
  };
  await assert.rejects(kernel.run(payload, context({ signal: controller.signal, breathe })), /cancelled/);
  assert.equal(breaths, 2);
});

test('normalises every accepted form to the same canonical payload', () => {
  const canonical = encode(manifest.normalise(small));
  const forms: unknown[] = [
    { ...small, query: [[1, 0]] },
    { ...small, query: Float32Array.of(1, 0), vectors: Float32Array.of(1, 0, 0, 1, 1, 1) },
    { ...small, query: Float32Array.of(1, 0), vectors: Float64Array.of(1, 0, 0, 1, 1, 1), dims: 2 },
    { ...small, query: [Float32Array.of(1, 0)], vectors: [Float32Array.of(1, 0), [0, 1], [1, 1]] },
    { ...small, metric: 'cos' },
    manifest.normalise(small),
    decode(canonical),
  ];
  for (const form of forms) assert.deepEqual(encode(manifest.normalise(form)), canonical);
});

test('a payload that has crossed the wire runs to the same bytes', async () => {
  const direct = await run(small);
  const { output } = await kernel.run(decode(encode(manifest.normalise(small))), context());
  assert.deepEqual(encode(output), direct.bytes);
});

test('prices by vectors and queries, and measures what it priced', async () => {
  assert.equal(manifest.meter(manifest.normalise({ query: [1, 0], vectors: [[0, 1]], k: 1 })).price, 1_000);
  const { vectors, queries } = clusteredUnitVectors(1_000, 3, 16, 5);
  const payload = manifest.normalise({ query: queries, vectors, dims: 16, k: 1 });
  assert.equal(manifest.meter(payload).price, 3_000_000);
  assert.equal((await kernel.run(payload, context())).fuel, manifest.meter(payload).fuel);
  assert.ok(Number.isInteger(manifest.meter(payload).fuel));
});

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['no object', null, /must be an object/],
  ['an array', [1], /must be an object/],
  ['an unknown field', { ...small, vecotrs: [] }, /`vecotrs` is not a field/],
  ['a collection', { query: [1], k: 1, collection: 'docs' }, /only the holders/],
  ['nothing to search', { query: [1], k: 1 }, /`vectors`, `index` or `collection`/],
  ['two things to search', { ...small, index: new Uint8Array(9) }, /one of them only/],
  ['no query', { ...small, query: undefined }, /`query` must be/],
  ['an empty query', { ...small, query: [] }, /`query` must be/],
  ['a query of no dimensions', { ...small, query: [[]] }, /1 to 4096 dimensions/],
  ['a text for a query', { ...small, query: 'near' }, /`query` must be/],
  ['a query that is not a number', { ...small, query: [1, Number.NaN] }, /`query\[1\]` must be a finite number/],
  ['an infinite number', { ...small, vectors: [[1, Infinity]] }, /`vectors\[0\]\[1\]` must be a finite number/],
  ['a number too large to square', { ...small, vectors: [[1, 2e15]] }, /`vectors\[0\]\[1\]`/],
  ['a number in quotes', { ...small, vectors: [[1, '2']] }, /`vectors\[0\]\[1\]`/],
  ['NaN in a typed array', { ...small, vectors: Float32Array.of(1, Number.NaN) }, /`vectors\[1\]`/],
  ['unequal dimensions', { ...small, vectors: [[1, 2], [3]] }, /`vectors\[1\]` must be an array of 2 numbers/],
  ['a flat array of vectors', { ...small, vectors: [1, 2, 3, 4] }, /array of arrays/],
  ['no vectors', { ...small, vectors: [] }, /`vectors` must be a non-empty/],
  ['a broken typed array', { ...small, vectors: Float32Array.of(1, 2, 3) }, /no multiple of 2/],
  ['dims that contradict the query', { ...small, dims: 3 }, /`dims` is 3/],
  ['dims of zero', { ...small, dims: 0 }, /`dims` must be an integer/],
  ['no k', { ...small, k: undefined }, /`k` must be an integer from 1 to 1000/],
  ['k of zero', { ...small, k: 0 }, /`k` must be/],
  ['a fractional k', { ...small, k: 1.5 }, /`k` must be/],
  ['a k too large', { ...small, k: 1001 }, /`k` must be/],
  ['an unknown metric', { ...small, metric: 'constructor' }, /`metric` must be one of cos, ip, l2/],
  ['too few ids', { ...small, ids: [1] }, /1 entries for 3 vectors/],
  ['a negative id', { ...small, ids: [1, 2, -3] }, /`ids\[2\]`/],
  ['ids beyond 2^53', { ...small, ids: [1, 2, 2 ** 53] }, /`ids\[2\]`/],
  ['ids of text', { ...small, ids: 'abc' }, /`ids` must be an array/],
  ['efSearch for a scan', { ...small, efSearch: 64 }, /`efSearch` goes with `index`/],
];
for (const [what, payload, message] of refused) {
  test(`refuses ${what}`, () => {
    assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'bad-input' && message.test(error.message));
  });
}

test('refuses what is too large before anything runs', () => {
  const tooLarge = (payload: unknown, message: RegExp): void =>
    assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'payload-too-large' && message.test(error.message));
  tooLarge({ query: new Float32Array(1000), vectors: new Float32Array(2_000_000), k: 1 }, /payload has/);
  tooLarge({ query: new Float32Array(1000), vectors: new Float32Array(1000), dims: 1, k: 1000 }, /result would have/);
  tooLarge({ query: new Float32Array(500_000), vectors: new Float32Array(1_400_000), dims: 1, k: 1 }, /reference seconds/);
});

test('a payload near the limits stays within them on the wire', async () => {
  const { vectors, queries } = clusteredUnitVectors(5_100, 2, 384, 6);
  const payload = manifest.normalise({ query: queries, vectors, dims: 384, k: 1000, ids: Array.from({ length: 5_100 }, (_, i) => i) });
  const encoded = encode(payload).length;
  assert.ok(encoded > 7_800_000 && encoded <= manifest.limits.payloadBytesMax);
});

test('a malformed output from elsewhere is refused, not shown', () => {
  for (const output of [null, {}, { ids: [1], scores: [1], counts: [1] }, { ids: new Float64Array(1), scores: new Float32Array(1), counts: Uint32Array.of(2) }] as Value[]) {
    assert.throws(() => manifest.present(output), (error) => error instanceof KernelError && error.code === 'kernel-failed');
  }
});
