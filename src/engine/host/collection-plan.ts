/** How vectors are laid out over shards, and an insertion is cut into tasks that are small enough for everybody. */
import { SHARD_BYTES_MAX, shardBytes } from '../../kernels/vector_search/shard.js';
import { workOf } from '../../kernels/vector_insert/manifest.js';
import type { Parameters } from '../core/network.js';
import type { CollectionRecord, ShardEntry } from '../core/record.js';
import { bad } from './collection-world.js';

export const SHARDS_MAX = 64;
/** The estimate may be off by a little, and encryption adds a few bytes. */
const FULL = 0.97;
const ENVELOPE_BYTES = 1_024;
const ID_BYTES = 8;
/** Reference work of one task, in fuel: holders with other work are not kept from it for long, and one that fails loses no more. */
const PART_FUEL_MAX = 1_250_000;

type Format = Pick<CollectionRecord, 'dims' | 'metric' | 'scalar'>;
type Bounds = Pick<Parameters, 'payloadBytesMax' | 'shardBytesMax' | 'taskFuelMax'>;

/** Vectors `from` up to `to` of an insertion, for one shard. */
export interface Slice {
  readonly shard: number;
  readonly from: number;
  readonly to: number;
}

/** Rows that fit into a shard. */
export function shardRows({ dims, scalar }: Format, { shardBytesMax }: Bounds): number {
  const none = shardBytes(0, dims, scalar);
  const bytesMax = FULL * Math.min(SHARD_BYTES_MAX, shardBytesMax);
  return Math.max(1, Math.floor((bytesMax - none) / ((shardBytes(1_000, dims, scalar) - none) / 1_000)));
}

/** About how many bytes so many vectors take in shards, once. */
export function storedBytes(vectors: number, format: Format, bounds: Bounds): number[] {
  const rows = shardRows(format, bounds);
  return Array.from({ length: Math.ceil(vectors / rows) }, (_, at) => shardBytes(Math.min(rows, vectors - at * rows), format.dims, format.scalar));
}

/**
 * Shards with room are filled first, then new ones are added. The slices of one shard follow each other.
 * @param ranges of the insertion's vectors that are to be inserted
 * @throws EdgeNetError `bad-input` where the collection has no room
 */
export function planInsertion(ranges: readonly (readonly [from: number, to: number])[], format: Format, shards: readonly ShardEntry[], bounds: Bounds): Slice[] {
  const capacity = shardRows(format, bounds);
  const part = partRows(format, capacity, bounds);
  const slices: Slice[] = [];
  let shard = 0;
  let room = capacity - (shards[0]?.rows ?? 0);
  for (const [start, end] of ranges) {
    for (let from = start; from < end; ) {
      while (room <= 0) {
        shard += 1;
        room = capacity - (shards[shard]?.rows ?? 0);
      }
      if (shard >= SHARDS_MAX) throw bad(`A collection has ${SHARDS_MAX} shards at most, which is room for ${SHARDS_MAX * capacity} vectors of ${format.dims} dimensions kept as ${format.scalar}. Create another collection.`);
      const to = Math.min(end, from + Math.min(room, part));
      slices.push({ shard, from, to });
      room -= to - from;
      from = to;
    }
  }
  return slices;
}

/** Rows of one task, whatever the shard they go to holds by then. */
function partRows({ dims, metric, scalar }: Format, capacity: number, { payloadBytesMax, taskFuelMax }: Bounds): number {
  const byBytes = Math.floor((Math.min(payloadBytesMax, SHARD_BYTES_MAX) - ENVELOPE_BYTES) / (4 * dims + ID_BYTES));
  const shard = { hash: '', rows: capacity, size: shardBytes(capacity, dims, scalar) };
  const fuelOf = (rows: number): number => workOf({ vectors: new Float32Array(), ids: new Float64Array(rows), dims, metric, scalar, shard }).fuel;
  const byFuel = Math.floor((Math.min(PART_FUEL_MAX, taskFuelMax) - fuelOf(0)) / (fuelOf(1) - fuelOf(0)));
  return Math.max(1, Math.min(byBytes, byFuel));
}
