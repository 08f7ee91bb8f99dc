/**
 * What the engine knows of the task kind `vector_insert` without loading its kernel: vectors for one shard of a
 * collection. The node that submits splits what its caller passes (`{collection, vectors, ids?}`) into such tasks.
 */
import { checkFields, readCount } from '../fields.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import { readIds, readMetric, readVectors } from '../vector_search/payload.js';
import { SCALARS, type Scalar } from '../vector_search/saved_index.js';
import { readShardRef, SHARD_BYTES_MAX, shardBytes, type ShardRef } from '../vector_search/shard.js';
import type { Metric } from '../vector_search/scan.js';

export interface VectorInsertPayload {
  /** Row-major. */
  readonly vectors: Float32Array;
  /** One for each vector, none of them in the collection yet. */
  readonly ids: Float64Array;
  readonly dims: number;
  readonly metric: Metric;
  readonly scalar: Scalar;
  /** The shard as it is before the insertion. */
  readonly shard: ShardRef;
}

/** The shard as it is afterwards: all holders must come to the same content. */
export interface VectorInsertOutput extends ShardRef {
  readonly inserted: number;
}

const FIELDS = new Set(['vectors', 'ids', 'dims', 'metric', 'scalar', 'shard']);
const BYTES_MAX = 8_000_000;
const ENVELOPE_BYTES = 512;

/** 0.5 credit for 100 vectors. */
const PRICE_PER_VECTOR = 5_000;
const FUEL_MAX = 30_000_000;
const FUEL_PER_RUN = 2_000;
/** The old content is decrypted and loaded, the new one saved and encrypted. */
const CONTENT_BYTES_PER_FUEL = 60;
/** Distances worked out for each vector while its neighbours are sought, and multiplications a microsecond among them; measured. */
const DISTANCES_PER_VECTOR = 1_600;
const PRODUCTS_PER_FUEL = 1_500;
const PRODUCTS_PER_DISTANCE = 40;

function normalise(payload: unknown): Value {
  const given = checkFields(payload, 'vector_insert', '{vectors, ids, dims, metric, scalar, shard}', FIELDS);
  const dims = readCount(given['dims'], 'dims', 4096);
  const metric = readMetric(given['metric']) ?? 'cos';
  const scalar = readScalar(given['scalar'], metric);
  const vectors = readVectors(given['vectors'], dims);
  const ids = readIds(given['ids'], vectors.length / dims);
  const normalised: VectorInsertPayload = { vectors, ids, dims, metric, scalar, shard: readShardRef(given['shard']) };
  checkSize(normalised);
  return normalised as unknown as Value;
}

function readScalar(value: unknown, metric: Metric): Scalar {
  if (value !== undefined && (typeof value !== 'string' || !Object.hasOwn(SCALARS, value))) throw new KernelError('bad-input', `\`scalar\` must be one of ${Object.keys(SCALARS).join(', ')}.`);
  if (value === 'i8' && metric !== 'cos') throw new KernelError('bad-input', '`scalar`: i8 vectors go with the metric cos only.');
  return (value as Scalar | undefined) ?? 'f16';
}

function checkSize(payload: VectorInsertPayload): void {
  const { vectors, ids, dims, scalar, shard } = payload;
  const tooLarge = (what: string): never => {
    throw new KernelError('payload-too-large', `${what}; split the task.`);
  };
  const bytes = vectors.byteLength + ids.byteLength;
  if (bytes > BYTES_MAX) tooLarge(`The payload has ${bytes} bytes of at most ${BYTES_MAX}`);
  const content = shardBytes(shard.rows + ids.length, dims, scalar);
  if (content > SHARD_BYTES_MAX) tooLarge(`The shard would have about ${content} bytes of at most ${SHARD_BYTES_MAX}`);
  const { fuel } = workOf(payload);
  if (fuel > FUEL_MAX) tooLarge(`The insertion would take ${Math.ceil(fuel / 1e6)} reference seconds of at most ${FUEL_MAX / 1e6}`);
}

/** Price and work: a function of the sizes alone. */
export function workOf({ ids, dims, scalar, shard }: VectorInsertPayload): Meter {
  const content = shard.size + shardBytes(shard.rows + ids.length, dims, scalar);
  const products = ids.length * DISTANCES_PER_VECTOR * (dims + PRODUCTS_PER_DISTANCE);
  return { price: ids.length * PRICE_PER_VECTOR, fuel: Math.ceil(FUEL_PER_RUN + content / CONTENT_BYTES_PER_FUEL + products / PRODUCTS_PER_FUEL) };
}

function present(output: Value): Record<string, unknown> {
  const { inserted, rows, hash, size } = (output ?? {}) as Partial<VectorInsertOutput>;
  if (![inserted, rows, size].every(Number.isSafeInteger) || typeof hash !== 'string') throw new KernelError('kernel-failed', 'The result of the insertion is malformed.');
  return { inserted, rows, hash, size };
}

export const manifest: Manifest = {
  kind: 'vector_insert',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    outputBytesMax: ENVELOPE_BYTES,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 30_000,
  },
  normalise,
  meter: (payload) => workOf(payload as unknown as VectorInsertPayload),
  items: (payload) => (payload as unknown as VectorInsertPayload).ids.length,
  present,
};
