/** What a shard of a collection is called. */
import type { Id } from './record.js';

export interface ShardName {
  readonly collection: Id;
  readonly shard: number;
}

/** One content of a shard; the empty hash is the shard that nobody has written. */
export interface Content extends ShardName {
  readonly hash: Id | '';
}

/** With the bytes of its ciphertext. */
export interface Stored extends Content {
  readonly size: number;
}

/** As timers and maps use it. */
export function nameOf({ collection, shard }: ShardName): string {
  return `${collection}/${shard}`;
}

export function shardNamed(name: string): ShardName {
  const slash = name.indexOf('/');
  return { collection: name.slice(0, slash), shard: Number(name.slice(slash + 1)) };
}
