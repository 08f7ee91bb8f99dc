/**
 * The contract between the engine and a task kind.
 *
 * A kind is a folder with two halves. `manifest.ts` is light: the engine imports it to check, price and
 * encode a payload, so it must not import the kernel's code or any model runtime. `kernel.ts` is heavy:
 * only the compute-worker entry imports it, lazily. Neither half knows that a network exists.
 *
 * Payload and output travel as canonical bytes (see `codec.ts`): the digest that workers are compared
 * by is taken over the output's bytes, so one value must have one encoding.
 */

/** JSON-like values plus the binary ones the codec has an encoding for. */
export type Value =
  | null
  | boolean
  | number
  | string
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | readonly Value[]
  | { readonly [key: string]: Value | undefined };

/** What a task costs before redundancy and priority, known before it is submitted. */
export interface Meter {
  /** Price of one replica, in micro-credits (10^-6 credit). */
  readonly price: number;
  /** Reference work of one replica, in fuel units; one million is one reference second. */
  readonly fuel: number;
}

export interface Limits {
  /** Largest encoded payload and output, in bytes. */
  readonly payloadBytesMax: number;
  readonly outputBytesMax: number;
  /** Linear memory a run may use, in bytes. */
  readonly memoryBytesMax: number;
  /** Wall time after which the worker is killed, in milliseconds. */
  readonly wallMsMax: number;
}

/** Thrown by manifests and kernels for input that can never work. Deterministic: every worker agrees. */
export class KernelError extends Error {
  constructor(
    readonly code: 'bad-input' | 'payload-too-large' | 'limit-exceeded' | 'model-missing' | 'model-mismatch' | 'kernel-failed',
    message: string,
  ) {
    super(message);
    this.name = 'KernelError';
  }
}

export interface Manifest {
  /** Task kind as in API.md, e.g. `vector_search`. */
  readonly kind: string;
  /** Bumped whenever the same input may give other bytes. */
  readonly version: number;
  /** Workers are compared only within a class; `wasm` is bit-equal on every machine. */
  readonly equivalence: 'wasm' | 'webgpu';
  /** Runs code of strangers: one disposable worker a run, where there is nothing to reach. */
  readonly sandboxed?: true;
  readonly limits: Limits;
  /**
   * Checks what a caller passed to `submit` and turns it into the canonical payload (plain arrays become
   * typed ones, defaults are filled in). Idempotent.
   * @throws KernelError `bad-input` or `payload-too-large`, with a message that names the field
   */
  normalise(payload: unknown): Value;
  /** Price and work of a normalised payload. Integers; pure. */
  meter(payload: Value): Meter;
  /** How many texts, vectors or queries a normalised payload has, for the log. Left out where nothing is counted. */
  items?(payload: Value): number;
  /** Turns the kernel's output into what API.md promises the caller (e.g. Float32Array into number[][]). */
  present(output: Value): Record<string, unknown>;
}

/** What this node holds of the one shard that a task is on, as saved usearch indexes. */
export interface ShardAccess {
  /**
   * Bytes of a content's ciphertext, by its hash (base64url); undefined for what this node does not hold of this shard.
   * Hashes are public: whoever keeps contents loaded asks for every task.
   */
  has(hash: string): Promise<{ readonly size: number } | undefined>;
  /**
   * Plain bytes of a shard's content, by the hash of its ciphertext (base64url); fewer than a header's where the shard is new.
   * @throws Error where this node does not hold it
   */
  read(hash: string): Promise<Uint8Array>;
  /** Keeps changed content beside the old. The encryption is deterministic: all holders get one and the same hash. */
  write(hash: string, plain: Uint8Array): Promise<{ readonly hash: string; readonly size: number }>;
}

/** What a running kernel may ask of its surroundings. */
export interface KernelContext {
  /** Aborted when the task is cancelled; check it between chunks. */
  readonly signal: AbortSignal;
  /** Base URL (page) or directory (Node) that model names are resolved against. */
  readonly modelBase: string | undefined;
  /** Directory (Node) that downloaded models are kept in; pages keep them in Cache Storage. */
  readonly modelCache?: string | undefined;
  /** Only for a task on a shard of a collection, and for no other shard. */
  readonly shards?: ShardAccess | undefined;
  /** Base URL where the package's own assets (.wasm) lie, ending in a slash. */
  readonly assetBase: string;
  /** Done so far, in units of the kernel's choice. */
  progress(phase: string, loaded: number, total: number): void;
  /** Awaited every few milliseconds of work: the CPU limit is kept here. */
  breathe(): Promise<void>;
  /** The same for code that cannot be left and entered again: blocks the thread until the CPU limit has room. */
  breatheSync(): void;
}

export interface KernelResult {
  readonly output: Value;
  /** Work done, in fuel units; the same on every machine for the same input. */
  readonly fuel: number;
}

/** A pure function of the normalised payload. One may be loaded once and run many times. */
export interface Kernel {
  readonly kind: string;
  readonly version: number;
  run(payload: Value, context: KernelContext): Promise<KernelResult>;
}
