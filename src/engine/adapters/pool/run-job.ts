/** One job inside a compute worker: bytes in, canonical bytes out, every limit of the manifest kept. */
import { decode, encode } from '../../../kernels/codec.js';
import { KernelError, type Kernel, type KernelContext, type Manifest, type Meter, type Value } from '../../../kernels/kernel.js';
import { PoolError } from '../../ports/pool.js';
import { isSameValue } from './same-value.js';

export interface KernelEntry {
  /** Loads the light half; asked for every job, so it remembers. */
  manifest(): Promise<Manifest>;
  /** Loads the heavy half; asked for every job, so it remembers. */
  load(): Promise<Kernel>;
}

/** By kind as in API.md. */
export type KernelRegistry = ReadonlyMap<string, KernelEntry>;

export interface JobInput {
  readonly kind: string;
  readonly version: number;
  readonly payload: Uint8Array;
  /** What was declared and paid for; work beyond it is refused. */
  readonly meter?: Meter;
}

export interface JobOutput {
  readonly output: Uint8Array;
  readonly fuel: number;
  /** As the manifest counts them; 0 where it counts none. */
  readonly items: number;
}

/**
 * The payload is a stranger's: it is decoded, normalised and measured here again, whatever was checked before.
 * @throws KernelError for what is wrong with the input: every worker throws the same
 * @throws PoolError `unsupported` where this build has no such kernel; anything else is this machine's failure
 */
export async function runJob(registry: KernelRegistry, job: JobInput, context: KernelContext): Promise<JobOutput> {
  const entry = registry.get(job.kind);
  if (!entry) throw new PoolError('unsupported', `No kernel for ${job.kind} here.`);
  const manifest = await entry.manifest();
  if (manifest.version !== job.version) throw new PoolError('unsupported', `The ${job.kind} kernel here has version ${manifest.version}, not ${job.version}.`);

  const { payloadBytesMax, outputBytesMax } = manifest.limits;
  if (job.payload.byteLength > payloadBytesMax) throw new KernelError('payload-too-large', `A ${job.kind} payload has at most ${payloadBytesMax} bytes, this one ${job.payload.byteLength}.`);
  const given = decode(job.payload);
  const payload = manifest.normalise(given);
  // Defaults that may be drawn by chance are the submitter's to fill in: workers would each draw another.
  if (!isSameValue(payload, given)) throw new KernelError('bad-input', `The ${job.kind} payload is not in its canonical form.`);
  if (job.meter) checkMeter(manifest, payload, job.meter);

  const kernel = await entry.load();
  const { output, fuel } = await kernel.run(payload, context);
  if (!Number.isSafeInteger(fuel) || fuel < 0) throw new Error(`The ${job.kind} kernel reported ${fuel} units of fuel.`);
  const bytes = encodeOutput(job.kind, output);
  if (bytes.byteLength > outputBytesMax) throw new KernelError('limit-exceeded', `A ${job.kind} output has at most ${outputBytesMax} bytes, this one ${bytes.byteLength}.`);
  return { output: bytes, fuel, items: manifest.items?.(payload) ?? 0 };
}

function checkMeter(manifest: Manifest, payload: Value, declared: Meter): void {
  const { price, fuel } = manifest.meter(payload);
  if (price <= declared.price && fuel <= declared.fuel) return;
  throw new KernelError('payload-too-large', `The ${manifest.kind} payload meters ${price} micro-credits and ${fuel} fuel, and ${declared.price} and ${declared.fuel} were declared.`);
}

/** The codec blames the input; a value without an encoding in the output is the kernel's fault. */
function encodeOutput(kind: string, output: Value): Uint8Array {
  try {
    return encode(output);
  } catch (cause) {
    throw new Error(`The ${kind} kernel returned a value without an encoding.`, { cause });
  }
}
