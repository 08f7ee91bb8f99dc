/**
 * What the engine knows of the task kind `vector_search` without loading its kernel.
 *
 * A payload brings the vectors to search, or a saved usearch index of them, or names a shard of a collection. A match's score is higher the
 * nearer: the cosine, the inner product, or for `l2` the squared Euclidean distance negated.
 */
import { readBytes, readCount } from '../fields.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import { checkRecord, readIds, readMetric, readRows, readVectors } from './payload.js';
import { checkSavedIndex, readSavedIndex } from './saved_index.js';
import type { Metric, ScanInput } from './scan.js';
import { readShardRef, type ShardRef } from './shard.js';

/** The scan reads every vector for every query; ids default to positions. */
export type ScanPayload = ScanInput & { readonly ids?: Float64Array };

/** The index is entered and followed; its own metric and ids apply. */
export interface IndexPayload {
  readonly queries: Float32Array;
  readonly index: Uint8Array;
  readonly dims: number;
  readonly k: number;
  /** Candidates kept while searching: more finds more of the true neighbours, and takes longer. */
  readonly efSearch: number;
}

/** A shard of a collection is followed like an index; whoever holds it has its content. */
export interface ShardPayload {
  readonly queries: Float32Array;
  readonly shard: ShardRef;
  readonly metric: Metric;
  readonly dims: number;
  readonly k: number;
  readonly efSearch: number;
}

export type VectorSearchPayload = ScanPayload | IndexPayload | ShardPayload;

/** All queries' matches in a row, best first within each; equal scores by position (scan) or id (index). */
export interface VectorSearchOutput {
  readonly ids: Float64Array;
  readonly scores: Float32Array;
  /** How many of them belong to each query. */
  readonly counts: Uint32Array;
}

const K_MAX = 1000;
const EF_SEARCH_DEFAULT = 64;
const EF_SEARCH_MAX = 4096;
const BYTES_MAX = 8_000_000;
/** Room for keys and numbers beside the bulk of a payload or output. */
const ENVELOPE_BYTES = 256;
const MATCH_BYTES = Float64Array.BYTES_PER_ELEMENT + Float32Array.BYTES_PER_ELEMENT;

/** 1 credit for 1,000 vectors and query. */
const PRICE_PER_VECTOR = 1_000;
const FUEL_MAX = 30_000_000;
/** Starting a run: an instance of the module, and copying what it works on. */
const FUEL_PER_RUN = 1_000;
const VECTOR_BYTES_PER_FUEL = 500;
/** An index is checked link by link, loaded, and its keys are hashed. */
const INDEX_BYTES_PER_FUEL = 200;
/** Multiplications a microsecond, measured on the scan; ranking a pair costs as much as so many of them. */
const PRODUCTS_PER_FUEL = 5_000;
const PRODUCTS_PER_PAIR = 40;
/** An index looks at about so many neighbours of each candidate that it had not seen before, in random order. */
const NEIGHBOURS_PER_CANDIDATE = 12;
const RANDOM_ACCESS_FACTOR = 2;

export function isSharded(payload: VectorSearchPayload): payload is ShardPayload {
  return 'shard' in payload;
}

export function isIndexed(payload: VectorSearchPayload): payload is IndexPayload {
  return 'index' in payload;
}

function normalise(payload: unknown): Value {
  const { query, queries = query, vectors, index, shard, ...rest } = checkRecord(payload);
  if (rest['collection'] !== undefined) throw new KernelError('bad-input', '`collection`: only the holders of its shards can search a collection; submit the task through the network.');
  if ([vectors, index, shard].filter((source) => source !== undefined).length !== 1) throw new KernelError('bad-input', 'Pass `vectors`, `index` or `collection`, and one of them only.');

  const dimsGiven = rest['dims'] === undefined ? undefined : readCount(rest['dims'], 'dims', 4096);
  const k = readCount(rest['k'], 'k', K_MAX);
  const asked = readRows(queries, 'query', dimsGiven);
  const { dims } = asked;
  let normalised: VectorSearchPayload;
  if (vectors !== undefined) normalised = normaliseScan(asked.data, readVectors(vectors, dims), dims, k, rest);
  else if (index !== undefined) normalised = normaliseIndex(asked.data, readBytes(index, 'index'), dims, k, rest);
  else normalised = normaliseShard(asked.data, readShardRef(shard), dims, k, rest);
  checkSize(normalised);
  return normalised as unknown as Value;
}

function normaliseScan(queries: Float32Array, vectors: Float32Array, dims: number, k: number, { metric, ids, efSearch }: Record<string, unknown>): ScanPayload {
  if (efSearch !== undefined) throw new KernelError('bad-input', '`efSearch` goes with `index`: a scan of `vectors` is exact.');
  const scan = { queries, vectors, dims, k, metric: readMetric(metric) ?? 'cos' };
  return ids === undefined ? scan : { ...scan, ids: readIds(ids, vectors.length / dims) };
}

function normaliseIndex(queries: Float32Array, index: Uint8Array, dims: number, k: number, { metric, ids, efSearch }: Record<string, unknown>): IndexPayload {
  if (ids !== undefined) throw new KernelError('bad-input', '`ids` goes with `vectors`: an index has its own.');
  const saved = checkSavedIndex(index);
  if (saved.dims !== dims) throw new KernelError('bad-input', `\`query\` has ${dims} dimensions, the vectors of \`index\` ${saved.dims}.`);
  if ((readMetric(metric) ?? saved.metric) !== saved.metric) throw new KernelError('bad-input', `\`metric\`: the index was built for "${saved.metric}".`);
  return { queries, index, dims, k, efSearch: readEfSearch(efSearch) };
}

function normaliseShard(queries: Float32Array, shard: ShardRef, dims: number, k: number, { metric, ids, efSearch }: Record<string, unknown>): ShardPayload {
  if (ids !== undefined) throw new KernelError('bad-input', '`ids` goes with `vectors`: a collection has its own.');
  if (shard.rows === 0) throw new KernelError('bad-input', '`shard`: there is nothing in it to search.');
  return { queries, shard, metric: readMetric(metric) ?? 'cos', dims, k, efSearch: readEfSearch(efSearch) };
}

function readEfSearch(value: unknown): number {
  return value === undefined ? EF_SEARCH_DEFAULT : readCount(value, 'efSearch', EF_SEARCH_MAX);
}

function checkSize(payload: VectorSearchPayload): void {
  const tooLarge = (what: string): never => {
    throw new KernelError('payload-too-large', `${what}; split the task.`);
  };
  const bytes = bytesOf(payload);
  if (bytes > BYTES_MAX) tooLarge(`The payload has ${bytes} bytes of at most ${BYTES_MAX}`);
  const { count, rows } = extent(payload);
  const outputBytes = count * (4 + Math.min(payload.k, rows) * MATCH_BYTES);
  if (outputBytes > BYTES_MAX) tooLarge(`The result would have ${outputBytes} bytes of at most ${BYTES_MAX}`);
  const { fuel } = workOf(payload);
  if (fuel > FUEL_MAX) tooLarge(`The search would take ${Math.ceil(fuel / 1e6)} reference seconds of at most ${FUEL_MAX / 1e6}`);
}

function bytesOf(payload: VectorSearchPayload): number {
  return payload.queries.byteLength + searchedBytes(payload);
}

/** Of a shard nothing: it does not travel. */
function searchedBytes(payload: VectorSearchPayload): number {
  if (isSharded(payload)) return 0;
  return isIndexed(payload) ? payload.index.byteLength : payload.vectors.byteLength + (payload.ids?.byteLength ?? 0);
}

/** Queries, and vectors each of them is compared with or could be. */
function extent(payload: VectorSearchPayload): { count: number; rows: number } {
  const rows = isSharded(payload) ? payload.shard.rows : isIndexed(payload) ? readSavedIndex(payload.index).rows : payload.vectors.length / payload.dims;
  return { count: payload.queries.length / payload.dims, rows };
}

/**
 * Price and work of a normalised payload. A function of its sizes alone, so submitter and workers agree; an index
 * is priced by the vectors in it, whose number its header cannot misstate.
 */
export function workOf(payload: VectorSearchPayload): Meter {
  const { count, rows } = extent(payload);
  const perPair = payload.dims + PRODUCTS_PER_PAIR;
  const followed = isSharded(payload) || isIndexed(payload);
  // A shard that was not used lately is decrypted and loaded first.
  const work = isSharded(payload) ? payload.queries.byteLength + payload.shard.size : bytesOf(payload);
  const bytesPerFuel = followed ? INDEX_BYTES_PER_FUEL : VECTOR_BYTES_PER_FUEL;
  const pairs = followed ? Math.min(rows, Math.max(payload.efSearch, payload.k) * NEIGHBOURS_PER_CANDIDATE) * RANDOM_ACCESS_FACTOR : rows;
  return {
    price: count * rows * PRICE_PER_VECTOR,
    fuel: Math.ceil(FUEL_PER_RUN + work / bytesPerFuel + (count * pairs * perPair) / PRODUCTS_PER_FUEL),
  };
}

function present(output: Value): { matches: { id: number; score: number }[][] } {
  const { ids, scores, counts } = (output ?? {}) as Partial<VectorSearchOutput>;
  const whole = ids instanceof Float64Array && scores instanceof Float32Array && counts instanceof Uint32Array && ids.length === scores.length;
  if (!whole || counts.reduce((sum, count) => sum + count, 0) !== ids.length) throw new KernelError('kernel-failed', 'The result of the vector search is malformed.');
  let at = 0;
  return {
    matches: Array.from(counts, (count) => Array.from({ length: count }, () => ({ id: ids[at]!, score: scores[at++]! }))),
  };
}

export const manifest: Manifest = {
  kind: 'vector_search',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    outputBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 30_000,
  },
  normalise,
  meter: (payload) => workOf(payload as unknown as VectorSearchPayload),
  items: (payload) => extent(payload as unknown as VectorSearchPayload).count,
  present,
};
