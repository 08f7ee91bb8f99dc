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
  readonly limits: Limits;
  /**
   * Checks what a caller passed to `submit` and turns it into the canonical payload (plain arrays become
   * typed ones, defaults are filled in). Idempotent.
   * @throws KernelError `bad-input` or `payload-too-large`, with a message that names the field
   */
  normalise(payload: unknown): Value;
  /** Price and work of a normalised payload. Integers; pure. */
  meter(payload: Value): Meter;
  /** Turns the kernel's output into what API.md promises the caller (e.g. Float32Array into number[][]). */
  present(output: Value): Record<string, unknown>;
}

/** What a running kernel may ask of its surroundings. */
export interface KernelContext {
  /** Aborted when the task is cancelled; check it between chunks. */
  readonly signal: AbortSignal;
  /** Base URL (page) or directory (Node) that model names are resolved against. */
  readonly modelBase: string | undefined;
  /** Base URL where the package's own assets (.wasm) lie, ending in a slash. */
  readonly assetBase: string;
  /** Done so far, in units of the kernel's choice. */
  progress(phase: string, loaded: number, total: number): void;
  /** Awaited every few milliseconds of work: the CPU limit is kept here. */
  breathe(): Promise<void>;
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
