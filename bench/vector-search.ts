/**
 * Queries a second of our usearch index against native usearch and hnswlib-wasm, one thread each, in the same run
 * over the same 10,000 x 384 vectors with the same parameters; and of the exact scan against plain JavaScript and
 * against the speed of memory. CPU time, medians over interleaved rounds: most of what else runs on the machine cancels out.
 *
 *   node --import tsx bench/vector-search.ts
 */
import { pathToFileURL } from 'node:url';
import { Index, MetricKind, ScalarKind, type Matches } from 'usearch';
import { instantiate, place } from '../src/kernels/vector_search/module.js';
import { METRIC_CODES, simdScanner } from '../src/kernels/vector_search/scan.js';
import { UsearchIndex } from '../src/kernels/vector_search/usearch.js';
import { clusteredUnitVectors, recall } from '../test/kernels/vector_search-vectors.js';

const DIMS = 384;
const COUNT = 10_000;
const QUERIES = 200;
const K = 10;
const CONNECTIVITY = 16;
const EF_CONSTRUCTION = 128;
const EF_SEARCH = 64;
const ROUNDS = 15;
const LARGE = 100_000;

const ASSET_BASE = new URL('../src/kernels/vector_search/', import.meta.url).href;

interface Engine {
  readonly buildSeconds: number;
  search(query: Float32Array): number[];
}

function cpuSeconds(work: () => void): number {
  const from = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e6;
}

const round = (value: number, digits = 3): number => Number(value.toPrecision(digits));
const sequence = (length: number): number[] => Array.from({ length }, (_, i) => i);

async function ours(vectors: Float32Array, scalar: 'f32' | 'f16' | 'i8'): Promise<Engine> {
  const index = UsearchIndex.create(await instantiate(ASSET_BASE), { dims: DIMS, metric: 'cos', scalar, connectivity: CONNECTIVITY, efConstruction: EF_CONSTRUCTION, efSearch: EF_SEARCH });
  index.reserve(COUNT);
  const buildSeconds = cpuSeconds(() => index.add(sequence(COUNT), vectors));
  return { buildSeconds, search: (query) => index.search(query, K).map(({ id }) => id) };
}

function nativeUsearch(vectors: Float32Array): Engine {
  const index = new Index({ dimensions: DIMS, metric: MetricKind.Cos, quantization: ScalarKind.F32, connectivity: CONNECTIVITY, expansion_add: EF_CONSTRUCTION, expansion_search: EF_SEARCH, multi: false });
  const keys = BigUint64Array.from(sequence(COUNT), BigInt);
  // A flat array is taken as rows, which the types leave out.
  const buildSeconds = cpuSeconds(() => index.add(keys, vectors as never, 1));
  return { buildSeconds, search: (query) => Array.from((index.search(query, K, 1) as Matches).keys, Number) };
}

interface Hnswlib {
  readonly HierarchicalNSW: new (space: string, dims: number, file: string) => {
    initIndex(max: number, m: number, efConstruction: number, seed: number): void;
    setEfSearch(ef: number): void;
    addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void;
    searchKnn(point: Float32Array, k: number, filter: undefined): { neighbors: number[] };
  };
}

/** The package is for browsers: it wants a `window`, and its loader a file system in IndexedDB that nobody needs here. */
export async function loadHnswlib(): Promise<Hnswlib> {
  const globals = globalThis as { window?: unknown };
  globals.window = globalThis;
  try {
    const factory = import.meta.resolve('hnswlib-wasm/dist/hnswlib-317962d7.js');
    const { default: create } = (await import(factory)) as { default: () => Promise<Hnswlib> };
    return await create();
  } finally {
    delete globals.window;
  }
}

async function hnswlibWasm(vectors: Float32Array): Promise<Engine> {
  const { HierarchicalNSW } = await loadHnswlib();
  const index = new HierarchicalNSW('cosine', DIMS, '');
  index.initIndex(COUNT, CONNECTIVITY, EF_CONSTRUCTION, 1);
  const buildSeconds = cpuSeconds(() => sequence(COUNT).forEach((i) => index.addPoint(vectors.subarray(i * DIMS, (i + 1) * DIMS), i, false)));
  index.setEfSearch(EF_SEARCH);
  return { buildSeconds, search: (query) => index.searchKnn(query, K, undefined).neighbors };
}

async function exactNeighbours(vectors: Float32Array, queries: Float32Array): Promise<number[][]> {
  const scanner = simdScanner(await instantiate(ASSET_BASE), { queries, vectors, dims: DIMS, k: K, metric: 'cos' });
  scanner.scan(0, QUERIES, 0, COUNT);
  const { rows } = scanner.matches();
  return sequence(QUERIES).map((query) => Array.from(rows.subarray(query * K, (query + 1) * K)));
}

async function benchIndexes(vectors: Float32Array, queries: Float32Array): Promise<Record<string, unknown>> {
  const rows = sequence(QUERIES).map((query) => queries.slice(query * DIMS, (query + 1) * DIMS));
  const engines: Record<string, Engine> = {
    f32: await ours(vectors, 'f32'),
    f16: await ours(vectors, 'f16'),
    i8: await ours(vectors, 'i8'),
    nativeF32: nativeUsearch(vectors),
    hnswlibWasm: await hnswlibWasm(vectors),
  };
  const seconds = race(Object.fromEntries(Object.entries(engines).map(([name, engine]) => [name, () => rows.forEach((query) => engine.search(query))])));
  const truth = await exactNeighbours(vectors, queries);
  const results = Object.entries(engines).map(([name, engine]) => [
    name,
    { qps: Math.round(QUERIES / median(seconds[name]!)), recall: round(recall(truth, rows.map((query) => engine.search(query))), 4), buildSeconds: round(engine.buildSeconds) },
  ]);
  return {
    ...(Object.fromEntries(results) as Record<string, unknown>),
    relativeToNativeF32: ratio(seconds['nativeF32']!, seconds['f32']!),
    relativeToHnswlibWasm: ratio(seconds['hnswlibWasm']!, seconds['f32']!),
    f16RelativeToHnswlibWasm: ratio(seconds['hnswlibWasm']!, seconds['f16']!),
  };
}

function plainScan(query: Float32Array, vectors: Float32Array): number[] {
  const best: { row: number; score: number }[] = [];
  for (let row = 0; row < vectors.length / DIMS; row++) {
    let score = 0;
    for (let i = 0, at = row * DIMS; i < DIMS; i++, at++) score += query[i]! * vectors[at]!;
    if (best.length === K && score <= best[K - 1]!.score) continue;
    best.push({ row, score });
    best.sort((a, b) => b.score - a.score);
    best.length = Math.min(K, best.length);
  }
  return best.map(({ row }) => row);
}

/** One query over `count` vectors in the module's memory. */
async function residentScan(query: Float32Array, vectors: Float32Array, count: number, metric: 'cos' | 'ip'): Promise<() => void> {
  const native = await instantiate(ASSET_BASE);
  const rows = native.allocate(count * DIMS * 4);
  for (let row = 0; row < count; row += COUNT) new Float32Array(native.memory.buffer, rows + row * DIMS * 4, vectors.length).set(vectors);
  native.scan_begin(METRIC_CODES[metric], DIMS, K, place(native, query), 1, rows, count);
  return () => native.scan(0, 1, 0, count);
}

/** CPU seconds of each contestant in every round. They take turns, so that one round sees one state of the machine. */
function race<Name extends string>(contestants: Record<Name, () => void>, repeats = 1): Record<Name, number[]> {
  const names = Object.keys(contestants) as Name[];
  const seconds = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let turn = 0; turn < ROUNDS; turn++) {
    for (const name of names) {
      seconds[name].push(cpuSeconds(() => { for (let i = 0; i < repeats; i++) contestants[name](); }) / repeats);
    }
  }
  return seconds;
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;
/** How many times as fast: the median over rounds of the ratio within a round. */
const ratio = (slower: readonly number[], faster: readonly number[]): number => round(median(slower.map((seconds, turn) => seconds / faster[turn]!)));

async function benchScan(vectors: Float32Array, queries: Float32Array): Promise<Record<string, unknown>> {
  const query = queries.slice(0, DIMS);
  const small = race({
    plain: () => void plainScan(query, vectors),
    simd: await residentScan(query, vectors, COUNT, 'ip'),
    cosine: await residentScan(query, vectors, COUNT, 'cos'),
  }, 5);
  const bytes = Buffer.alloc(LARGE * DIMS * 4, 1);
  const large = race({
    simd: await residentScan(query, vectors, LARGE, 'ip'),
    // memchr over as many bytes: nothing reads memory faster.
    memory: () => void bytes.indexOf(2),
  });
  return {
    plainQps: round(1 / median(small.plain)),
    simdQps: round(1 / median(small.simd)),
    simdCosineQps: round(1 / median(small.cosine)),
    relativeToPlain: ratio(small.plain, small.simd),
    simdQps100k: round(1 / median(large.simd)),
    relativeToMemory100k: ratio(large.memory, large.simd),
  };
}

/** About a minute. QPS are of this machine; what carries over are the ratios. */
export async function bench(): Promise<Record<string, unknown>> {
  const { vectors, queries } = clusteredUnitVectors(COUNT, QUERIES, DIMS, 1);
  return { scan: await benchScan(vectors, queries), index: await benchIndexes(vectors, queries) };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) console.log(JSON.stringify(await bench(), null, 2));
