/** Shards that this worker has searched lately, loaded and ready. */
import { KernelError, type KernelContext, type ShardAccess } from '../kernel.js';
import { instantiate } from './module.js';
import { readSavedIndex } from './saved_index.js';
import { checkShard, type ShardRef } from './shard.js';
import { UsearchIndex } from './usearch.js';

/** Indexes kept loaded between tasks, by the memory of their instances. */
const LOADED_BYTES_MAX = 96 * 2 ** 20;

/**
 * Asked for every task, whatever is loaded: a content's hash is public, and the right to it comes with the shard that the
 * task is on.
 * @throws KernelError `bad-input` where the task is on no shard, or misstates its size
 * @throws Error where this machine does not hold the content: another may
 */
export async function heldShard(shard: ShardRef, { shards }: KernelContext): Promise<ShardAccess> {
  if (!shards) throw new KernelError('bad-input', '`shard`: the task is not on a shard of a collection. Name the collection instead.');
  const held = await shards.has(shard.hash);
  if (!held) throw new Error('This node does not hold that content of the shard.');
  if (held.size !== shard.size) throw new KernelError('bad-input', `\`shard\`: it has ${held.size} bytes, not ${shard.size}.`);
  return shards;
}

/** Least recently used first. */
const loaded = new Map<string, { readonly index: UsearchIndex; readonly bytes: number }>();

/** The shard's index, ready to search; those used last stay loaded. Searching changes nothing in it. */
export async function openShard(shard: ShardRef, dims: number, context: KernelContext): Promise<UsearchIndex> {
  const shards = await heldShard(shard, context);
  const entry = loaded.get(shard.hash) ?? (await load(shards, shard, dims, context.assetBase));
  const { index } = entry;
  checkShard({ rows: index.size, dims: index.dims }, shard, dims);
  loaded.delete(shard.hash);
  loaded.set(shard.hash, entry);
  forgetOldest();
  return index;
}

async function load(shards: ShardAccess, shard: ShardRef, dims: number, assetBase: string): Promise<{ readonly index: UsearchIndex; readonly bytes: number }> {
  const content = await shards.read(shard.hash);
  checkShard(readSavedIndex(content), shard, dims);
  const native = await instantiate(assetBase);
  const index = UsearchIndex.load(native, content);
  return { index, bytes: native.memory.buffer.byteLength };
}

function forgetOldest(): void {
  let bytes = 0;
  for (const [hash, entry] of [...loaded].reverse()) {
    bytes += entry.bytes;
    if (bytes > LOADED_BYTES_MAX && bytes > entry.bytes) loaded.delete(hash);
  }
}
