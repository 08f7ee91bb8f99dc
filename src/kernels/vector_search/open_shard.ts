/** Shards that this worker has searched lately, loaded and ready. */
import type { KernelContext, ShardAccess } from '../kernel.js';
import { instantiate } from './module.js';
import { readSavedIndex } from './saved_index.js';
import { checkShard, type ShardRef } from './shard.js';
import { UsearchIndex } from './usearch.js';

/** Indexes kept loaded between tasks, by the memory of their instances. */
const LOADED_BYTES_MAX = 96 * 2 ** 20;

/** @throws Error where this machine holds no shards: somebody else's task then, no fault of the input */
export function accessOf({ shards }: KernelContext): ShardAccess {
  if (!shards) throw new Error('This task needs a shard, and this machine gives access to none.');
  return shards;
}

/** Least recently used first. */
const loaded = new Map<string, { readonly index: UsearchIndex; readonly bytes: number }>();

/** The shard's index, ready to search; those used last stay loaded. Searching changes nothing in it. */
export async function openShard(shard: ShardRef, dims: number, context: KernelContext): Promise<UsearchIndex> {
  const entry = loaded.get(shard.hash) ?? (await load(shard, dims, context));
  const { index } = entry;
  checkShard({ rows: index.size, dims: index.dims }, shard, dims);
  loaded.delete(shard.hash);
  loaded.set(shard.hash, entry);
  forgetOldest();
  return index;
}

async function load(shard: ShardRef, dims: number, context: KernelContext): Promise<{ readonly index: UsearchIndex; readonly bytes: number }> {
  const content = await accessOf(context).read(shard.hash);
  checkShard(readSavedIndex(content), shard, dims);
  const native = await instantiate(context.assetBase);
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
