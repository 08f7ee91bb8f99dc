/** The shape of what a compute worker says. A kernel that reads strangers' bytes may have been taken over by them. */
import type { PoolError } from '../../ports/pool.js';
import type { FromWorker } from './protocol.js';

type Field = 't' | 'id' | 'phase' | 'loaded' | 'total' | 'call' | 'wish' | 'hash' | 'bytes' | 'output' | 'fuel' | 'items' | 'busyMs' | 'resting' | 'code' | 'message';
type Fields = { readonly [field in Field]?: unknown };

const CODES: ReadonlySet<unknown> = new Set<PoolError['code']>([
  'bad-input', 'payload-too-large', 'limit-exceeded', 'model-missing', 'model-mismatch', 'kernel-failed', 'timeout', 'aborted', 'unsupported',
  'csp-worker', 'csp-wasm', 'csp-frame', 'csp-connect', 'trusted-types', 'closed',
]);

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
const isSpan = (value: unknown): boolean => Number.isFinite(value) && (value as number) >= 0;
/** Shared bytes could still change when they have been looked at. */
const isBytes = (value: unknown): boolean => value instanceof Uint8Array && value.buffer instanceof ArrayBuffer;

export function isFromWorker(said: unknown): said is FromWorker {
  if (typeof said !== 'object' || said === null) return false;
  const fields: Fields = said;
  switch (fields.t) {
    case 'ready':
    case 'rested':
      return true;
    case 'progress':
      return isCount(fields.id) && typeof fields.phase === 'string' && typeof fields.loaded === 'number' && typeof fields.total === 'number';
    case 'beat':
      return isCount(fields.id) && isSpan(fields.busyMs);
    case 'shard-call':
      return isCount(fields.id) && isCount(fields.call) && typeof fields.hash === 'string' && isWish(fields);
    case 'done':
      return isReport(fields) && isBytes(fields.output) && isCount(fields.fuel) && isCount(fields.items);
    case 'failed':
      return isReport(fields) && CODES.has(fields.code) && typeof fields.message === 'string';
    default:
      return false;
  }
}

function isReport({ id, busyMs, resting }: Fields): boolean {
  return isCount(id) && isSpan(busyMs) && typeof resting === 'boolean';
}

function isWish({ wish, bytes }: Fields): boolean {
  return wish === 'write' ? isBytes(bytes) : wish === 'has' || wish === 'read';
}
