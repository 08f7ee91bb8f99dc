/** Compute workers. Contract suite: `test/contract/pool.ts`. */

export interface Job {
  readonly kind: string;
  readonly version: number;
  /** Canonical payload (kernels/codec.ts). The pool takes ownership: the buffer may be transferred. */
  readonly payload: Uint8Array;
  /** Wall time after which the worker is killed and a fresh one takes its place. */
  readonly wallMs: number;
  /** Larger runs first; equal ones in order of arrival. */
  readonly priority: number;
  /** What the submitter declared; a payload that meters higher is `payload-too-large`. */
  readonly meter?: { readonly price: number; readonly fuel: number };
}

export interface JobResult {
  /** Canonical output. */
  readonly output: Uint8Array;
  readonly fuel: number;
  /** Texts, vectors or queries in the payload; 0 where the kind counts none. */
  readonly items: number;
  /** CPU-bound milliseconds the kernel reported. */
  readonly busyMs: number;
}

/** The shard of a collection that a job is on, as `KernelContext.shards` describes it. */
export interface ShardAccess {
  has(hash: string): Promise<{ readonly size: number } | undefined>;
  read(hash: string): Promise<Uint8Array>;
  write(hash: string, plain: Uint8Array): Promise<{ readonly hash: string; readonly size: number }>;
}

export interface RunOptions {
  /** Where the job finds the shard it is on. A job on none has access to none. */
  readonly shards?: ShardAccess | undefined;
  readonly signal?: AbortSignal;
  onProgress?(progress: { readonly phase: string; readonly loaded: number; readonly total: number }): void;
}

export interface Pool {
  /** Workers that may run at once. */
  readonly size: number;
  /** Jobs running and waiting. */
  readonly load: { readonly running: number; readonly waiting: number };
  /** Share of wall time the workers computed over the last seconds, 0 to 1 of one core. */
  readonly busy: number;
  /** @throws PoolError */
  run(job: Job, options?: RunOptions): Promise<JobResult>;
  /**
   * Share of time a worker may compute, 0 to 1, which applies from the next breath on; and how many may run at once,
   * as before where it is left out. What runs already is not cut short.
   */
  limit(duty: number, size?: number): void;
  close(): Promise<void>;
}

export class PoolError extends Error {
  constructor(
    /** `bad-input`, `payload-too-large` and `limit-exceeded` are properties of the input: every worker finds the same. */
    readonly code: 'bad-input' | 'payload-too-large' | 'limit-exceeded' | 'model-missing' | 'model-mismatch' | 'kernel-failed' | 'timeout' | 'aborted' | 'unsupported' | 'csp-worker' | 'csp-wasm' | 'csp-frame' | 'csp-connect' | 'trusted-types' | 'closed',
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'PoolError';
  }
}
