/**
 * A shard of a collection, as tasks on it name it: the worker has the content, the task says which. Both kinds that work
 * on shards read their fields here.
 */
import { KernelError } from '../kernel.js';
import { SCALARS, type Scalar } from './saved_index.js';

export interface ShardRef {
  /** base64url of the SHA-256 of its ciphertext; empty while nothing was inserted. */
  readonly hash: string;
  /** Vectors in it. Price and work are metered by them, so the worker compares. */
  readonly rows: number;
  /** Bytes of its ciphertext. */
  readonly size: number;
}

/** Of a shard's content: what a task's payload or result may have, less room for the encryption around it. */
export const SHARD_BYTES_MAX = 8_000_000;
const ROWS_MAX = 2 ** 32 - 1;

/** A node's key, level and links: 32 on its lowest level, and 16 on each above, of which it has one in ten at most. */
const NODE_BYTES = 2 + 10 + 4 * 33 + (4 * 17) / 10;

/** About how many bytes of content so many vectors take in an index of the default connectivity. */
export function shardBytes(rows: number, dims: number, scalar: Scalar): number {
  return 112 + Math.ceil(rows * (dims * SCALARS[scalar].bytes + NODE_BYTES));
}

/** @throws KernelError `bad-input` */
export function readShardRef(value: unknown): ShardRef {
  const { hash, rows, size } = (value ?? {}) as Readonly<Record<string, unknown>>;
  const sound = typeof hash === 'string' && /^([\w-]{43})?$/u.test(hash) && isCount(rows, ROWS_MAX) && isCount(size, 2 * SHARD_BYTES_MAX) && (hash !== '') === rows > 0;
  if (!sound) throw new KernelError('bad-input', '`shard` must be {hash, rows, size} of a shard in the collection.');
  return { hash, rows, size };
}

function isCount(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && (value as number) <= max;
}

/** @throws KernelError `bad-input` where the task describes its shard wrongly: it was priced by that */
export function checkShard(found: { readonly rows: number; readonly dims: number }, shard: ShardRef, dims: number): void {
  if (found.rows !== shard.rows) throw new KernelError('bad-input', `\`shard\`: it has ${found.rows} vectors, not ${shard.rows}.`);
  if (found.dims !== dims) throw new KernelError('bad-input', `The collection has ${found.dims} dimensions, the task's vectors ${dims}.`);
}
