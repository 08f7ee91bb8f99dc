/**
 * Runs `vector_insert`: the holder of a shard adds vectors to its index and keeps the new content beside the old.
 *
 * The index is loaded afresh each time, never taken from an earlier run: usearch draws the levels of new nodes from a
 * generator that starts with the instance, so only then do all holders get the same bytes.
 */
import { KernelError, type Kernel, type KernelContext, type ShardAccess, type Value } from '../kernel.js';
import { hasSimd, instantiate, type Native } from '../vector_search/module.js';
import { readSavedIndex } from '../vector_search/saved_index.js';
import { heldShard } from '../vector_search/open_shard.js';
import { checkShard, SHARD_BYTES_MAX } from '../vector_search/shard.js';
import { UsearchIndex } from '../vector_search/usearch.js';
import { manifest, workOf, type VectorInsertOutput, type VectorInsertPayload } from './manifest.js';

/** Vectors between two breaths: about two milliseconds. */
const VECTORS_PER_BREATH = 4;

async function openForWriting({ dims, metric, scalar, shard }: VectorInsertPayload, native: Native, shards: ShardAccess): Promise<UsearchIndex> {
  if (shard.rows === 0) return UsearchIndex.create(native, { dims, metric, scalar });
  const content = await shards.read(shard.hash);
  const saved = readSavedIndex(content);
  checkShard(saved, shard, dims);
  if (saved.metric !== metric || saved.scalar !== scalar) throw new KernelError('bad-input', `The collection keeps ${saved.scalar} vectors for the metric ${saved.metric}.`);
  return UsearchIndex.load(native, content);
}

async function insert(payload: VectorInsertPayload, context: KernelContext): Promise<VectorInsertOutput> {
  // Plain JavaScript could not give the same bytes, so this is a trait of the machine, not of the input.
  if (!hasSimd()) throw new Error('This machine has no WebAssembly SIMD, which inserting into an index needs.');
  const { vectors, ids, dims, shard } = payload;
  const shards = await heldShard(shard, context);
  const index = await openForWriting(payload, await instantiate(context.assetBase), shards);
  index.reserve(shard.rows + ids.length);
  for (let at = 0; at < ids.length; at += VECTORS_PER_BREATH) {
    const end = Math.min(at + VECTORS_PER_BREATH, ids.length);
    index.add(ids.subarray(at, end), vectors.subarray(at * dims, end * dims));
    context.progress('insert', end, ids.length);
    await context.breathe();
    context.signal.throwIfAborted();
  }
  const content = index.save();
  if (content.length > SHARD_BYTES_MAX) throw new KernelError('limit-exceeded', `The shard would have ${content.length} bytes of at most ${SHARD_BYTES_MAX}.`);
  const kept = await shards.write(shard.hash, content);
  return { ...kept, rows: index.size, inserted: ids.length };
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: checked again, it cannot lead the module out of its bounds.
    const checked = manifest.normalise(payload) as unknown as VectorInsertPayload;
    context.signal.throwIfAborted();
    return { output: (await insert(checked, context)) as unknown as Value, fuel: workOf(checked).fuel };
  },
};
