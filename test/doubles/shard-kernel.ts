/** Searching and inserting in a shard as the simulator knows it: a content is a row of bytes, and an answer depends on all of them. */
import { fromBase64url, sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { ShardAccess } from '../../src/engine/ports/pool.js';

export interface ShardTask {
  readonly hash: string;
  /** base64url. */
  readonly bytes: string;
}

export interface Inserted {
  readonly hash: string;
  readonly size: number;
  readonly rows: number;
}

const START = '{"hash":';

export function shardPayload(hash: string, bytes: Uint8Array): Uint8Array {
  return utf8(JSON.stringify({ hash, bytes: toBase64url(bytes) } satisfies ShardTask));
}

export function readOutput<T>(output: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(output)) as T;
}

/** What a search of these contents for these bytes must say. */
export function found(content: Uint8Array, bytes: Uint8Array): string {
  return sha256Id(Uint8Array.of(...content, ...bytes));
}

/** Undefined for a task that is on no shard. */
export async function runOnShard(kind: string, payload: Uint8Array, shards: ShardAccess): Promise<Uint8Array | undefined> {
  if (!new TextDecoder().decode(payload).startsWith(START)) return undefined;
  const { hash, bytes } = readOutput<ShardTask>(payload);
  const content = await shards.read(hash);
  const more = fromBase64url(bytes)!;
  if (kind !== 'vector_insert') return utf8(JSON.stringify(found(content, more)));
  const whole = Uint8Array.of(...content, ...more);
  const kept = await shards.write(hash, whole);
  return utf8(JSON.stringify({ ...kept, rows: whole.length } satisfies Inserted));
}
