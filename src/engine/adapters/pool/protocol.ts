/** What the pool and one compute worker say to each other, and what the pool asks of a worker. Types only. */
import type { Job, PoolError } from '../../ports/pool.js';

export interface Surroundings {
  readonly modelBase: string | undefined;
  readonly modelCache?: string | undefined;
  readonly assetBase: string;
}

export type ToWorker =
  /** First word, in answer to `ready`. */
  | { readonly t: 'start'; readonly duty: number; readonly surroundings: Surroundings }
  | { readonly t: 'run'; readonly id: number; readonly kind: string; readonly version: number; readonly payload: Uint8Array; readonly meter: Job['meter']; /** The job is on a shard. */ readonly onShard: boolean }
  /** To a `shard-call` of that number: what is held (nothing, perhaps), content read, what was kept, or why none of these. */
  | { readonly t: 'shard-answer'; readonly call: number; readonly held?: { readonly size: number } | undefined; readonly bytes?: Uint8Array<ArrayBuffer>; readonly kept?: { readonly hash: string; readonly size: number }; readonly failure?: string }
  | { readonly t: 'abort'; readonly id: number }
  | { readonly t: 'duty'; readonly duty: number };

export type ShardWish =
  | { readonly wish: 'has' | 'read'; readonly hash: string }
  | { readonly wish: 'write'; readonly hash: string; readonly bytes: Uint8Array<ArrayBuffer> };

export interface Report {
  /** Computing time of this job so far. */
  readonly busyMs: number;
  /** The CPU limit is overdrawn: a `rested` follows, until then the worker takes no job. */
  readonly resting: boolean;
}

export type FromWorker =
  | { readonly t: 'ready' }
  | { readonly t: 'progress'; readonly id: number; readonly phase: string; readonly loaded: number; readonly total: number }
  /** The kernel asks for a content of its shard, or hands a changed one over. */
  | ({ readonly t: 'shard-call'; readonly id: number; readonly call: number } & ShardWish)
  | { readonly t: 'beat'; readonly id: number; readonly busyMs: number }
  | ({ readonly t: 'done'; readonly id: number; readonly output: Uint8Array; readonly fuel: number; readonly items: number } & Report)
  | ({ readonly t: 'failed'; readonly id: number; readonly code: PoolError['code']; readonly message: string } & Report)
  | { readonly t: 'rested' };

/** Never called before `Spawn` has returned. */
export interface WorkerEvents {
  message(message: FromWorker): void;
  /** The worker did not start, crashed or left by itself. It is of no use any more. */
  failed(error: PoolError): void;
}

export interface ComputeWorker {
  post(message: ToWorker, transfer?: ArrayBuffer[]): void;
  /** Ends it in the midst of whatever it does; resolves when nothing is left of it. */
  terminate(): Promise<void>;
}

/** Starts one worker. @throws PoolError where the platform refuses on the spot */
export type Spawn = (events: WorkerEvents) => ComputeWorker;
