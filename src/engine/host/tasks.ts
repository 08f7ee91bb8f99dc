/** Between what a caller passes to `submit` and what the core understands. */
import { decode, encode } from '../../kernels/codec.js';
import { KernelError, type Manifest, type Meter } from '../../kernels/kernel.js';
import { catalogue } from '../../kernels/catalogue.js';
import { loadManifest } from '../../kernels/manifests.js';
import type { Quote, Task, TaskOptions, TaskResult } from '../api.js';
import { escrowAmount } from '../core/assignment/price.js';
import { fromBase64url, toBase64url } from '../core/encoding.js';
import type { TaskRequest } from '../core/event.js';
import { PUBLIC_PARAMETERS } from '../core/network.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import type { Random } from '../ports/clock.js';

const MICRO = 1_000_000;
const TIMEOUT_MS = 60_000;
const TASK_ID_BYTES = 16;

export interface PreparedTask {
  readonly manifest: Manifest;
  readonly request: TaskRequest;
  /** In the payload, as the kind counts them; 0 where it counts none. */
  readonly items: number;
  readonly local: NonNullable<TaskOptions['local']>;
}

/** Options with their defaults filled in; amounts in micro-credits. */
export type ReadOptions = Pick<TaskRequest, 'task' | 'k' | 'priority' | 'maxAmount' | 'timeoutMs'> & Pick<PreparedTask, 'local'>;

/** @throws EdgeNetError `bad-input`, `payload-too-large`, `config-invalid` */
export async function prepareTask({ type, payload, options }: Task, defaults: { readonly local: NonNullable<TaskOptions['local']> }, random: Random): Promise<PreparedTask> {
  const manifest = await manifestOf(type);
  const { bytes, meter, items } = encodePayload(manifest, payload);
  const { local, ...terms } = readOptions(options, defaults, random);
  return { manifest, request: { kind: manifest.kind, version: manifest.version, payload: bytes, meter, ...terms }, items, local };
}

/** @throws EdgeNetError `bad-input` that names the option */
export function readOptions(options: TaskOptions = {}, defaults: { readonly local: NonNullable<TaskOptions['local']> }, random: Random, patienceMs = TIMEOUT_MS): ReadOptions {
  const { priority = 'normal', redundancy, maxCredits = Infinity, timeout = patienceMs, local = defaults.local, taskId = toBase64url(random.bytes(TASK_ID_BYTES)) } = options;
  if (redundancy !== undefined && ![1, 2, 3].includes(redundancy)) throw bad('options.redundancy is 1, 2 or 3, or left out.');
  if (!['low', 'normal', 'high'].includes(priority)) throw bad("options.priority is 'low', 'normal' or 'high'.");
  if (!['fallback', 'never', 'only'].includes(local)) throw bad("options.local is 'fallback', 'never' or 'only'.");
  if (!(timeout > 0)) throw bad('options.timeout is a number of milliseconds above 0.');
  if (!(maxCredits >= 0)) throw bad('options.maxCredits is a number of credits, 0 or more.');
  if (fromBase64url(taskId)?.length !== TASK_ID_BYTES) throw bad(`options.taskId is ${TASK_ID_BYTES} bytes as base64url, 22 characters.`);
  return {
    task: taskId, k: (redundancy ?? 0) as TaskRequest['k'], priority,
    maxAmount: Math.min(Number.MAX_SAFE_INTEGER, Math.floor(maxCredits * MICRO)), timeoutMs: Math.min(timeout, 2 ** 31 - 1), local,
  };
}

/** What `submit` would escrow for this task. */
export async function quoteTask({ type, payload, options = {} }: Task, payMin: number = PUBLIC_PARAMETERS.payMin): Promise<Quote> {
  const { meter } = encodePayload(await manifestOf(type), payload);
  const redundancy = options.redundancy ?? 2;
  const amount = escrowAmount(meter.price, redundancy, options.priority ?? 'normal', payMin);
  return { cost: amount / MICRO, perReplica: amount / redundancy / MICRO, redundancy, fuel: meter.fuel };
}

export function presentResult(manifest: Manifest, taskId: string, output: Uint8Array, { amount, workers, verified }: { readonly amount: number; readonly workers: readonly string[]; readonly verified: boolean }): TaskResult {
  return { ...manifest.present(decode(output)), cost: amount / MICRO, workers, verified, taskId };
}

/** @throws EdgeNetError `bad-input` for a kind that this build does not know */
export async function manifestOf(type: string): Promise<Manifest> {
  const manifest = await loadManifest(type);
  if (!manifest) throw bad(`There is no task kind "${String(type)}" in this version. Known are: ${[...catalogue.keys()].join(', ')}.`);
  return manifest;
}

function encodePayload(manifest: Manifest, payload: unknown): { readonly bytes: Uint8Array; readonly meter: Meter; readonly items: number } {
  try {
    const value = manifest.normalise(payload);
    const bytes = encode(value);
    if (bytes.length > manifest.limits.payloadBytesMax) {
      throw new KernelError('payload-too-large', `The payload has ${bytes.length} bytes, and ${manifest.kind} takes ${manifest.limits.payloadBytesMax}. Split it.`);
    }
    return { bytes, meter: manifest.meter(value), items: manifest.items?.(value) ?? 0 };
  } catch (cause) {
    if (cause instanceof KernelError) throw new EdgeNetError(cause.code as EdgeNetErrorCode, cause.message, { cause });
    throw cause;
  }
}

function bad(message: string): EdgeNetError {
  return new EdgeNetError('bad-input', message);
}
