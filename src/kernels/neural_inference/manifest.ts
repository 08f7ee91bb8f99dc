/**
 * What the engine knows of the task kind `neural_inference` without loading its kernel: a spiking network
 * (network.ts says which) run over one input sequence, or over a batch of them.
 *
 *     { layers: [{ weights, bias?, beta, threshold?, reset? }, …], timesteps, input, membranes? }
 *       -> { spikeCounts: Uint32Array, membranes?: Float32Array }                one number for each neuron of the last layer
 *     { layers, timesteps, inputs, samples?, membranes? }
 *       -> { spikeCounts: Uint32Array[], membranes?: Float32Array[] }            one array for each sample
 *
 * - `weights`: `number[][]`, a row a neuron; or flat (row-major) with `shape: [neurons, inputs]`.
 * - `bias`: one number for each neuron, default 0. `beta`, `threshold` (default 1): a number, or one for each neuron;
 *   beta is clamped to 0–1. `reset`: `'subtract'` (default) or `'zero'`.
 * - `input`: a row of numbers held for all timesteps, or a row for each timestep (`number[][]`, or flat).
 * - `inputs`: an array of such inputs, all of one form; or flat, with `samples`.
 * - `membranes`: whether the last layer's membranes after the last timestep are wanted.
 *
 * Flat numbers are `number[]`, `Float32Array`, `Float64Array`, or little-endian 32-bit floats as bytes or base64.
 * All of them are rounded to 32 bits and have to be finite. Membranes may overflow to infinity or NaN (one NaN: 0x7fc00000).
 */
import { bad, readCount } from '../fields.js';
import { KernelError, type Manifest, type Meter, type Value } from '../kernel.js';
import { synapsesOf, type Layer, type Network } from './network.js';
import { checkPayload, readFlag, readInput, readInputs, readLayers } from './payload.js';

/** A batch has `inputs` and `samples`, a single sample `input`. */
export interface NeuralInferencePayload {
  readonly layers: readonly Layer[];
  readonly timesteps: number;
  readonly membranes: boolean;
  readonly input?: Float32Array;
  readonly inputs?: Float32Array;
  readonly samples?: number;
}

/** Sample after sample, one number for each neuron of the last layer. `samples` is there for a batch. */
export interface NeuralInferenceOutput {
  readonly spikeCounts: Uint32Array;
  readonly membranes?: Float32Array;
  readonly samples?: number;
}

const TIMESTEPS_MAX = 1_000_000;
const BYTES_MAX = 8_000_000;
/** Room for keys and numbers of up to 64 layers beside the bulk of a payload. */
const ENVELOPE_BYTES = 16_384;

/** 3 credits for each started batch of 32 samples. */
const PRICE_PER_BATCH = 3_000_000;
const SAMPLES_PER_BATCH = 32;
const FUEL_MAX = 30_000_000;
/** Starting a run: an instance of the module, and copying what it works on. */
const FUEL_PER_RUN = 1_000;
const BYTES_PER_FUEL = 250;
/** Synaptic operations a microsecond with every input active, measured on 784-512-256-12 over 25 timesteps. */
const SYNAPSES_PER_FUEL = 8_000;

function normalise(payload: unknown): Value {
  const { layers: given, timesteps: steps, input, inputs, samples, membranes: wanted } = checkPayload(payload);
  const layers = readLayers(given);
  const timesteps = readCount(steps, 'timesteps', TIMESTEPS_MAX);
  const membranes = readFlag(wanted, 'membranes');
  if ((input === undefined) === (inputs === undefined)) throw bad('Pass either `input`, or `inputs` for a batch, and not both.');
  if (input !== undefined && samples !== undefined) throw bad('`samples` goes with `inputs`: `input` is one sample.');

  const width = layers[0]!.shape[1];
  const data = input === undefined ? readInputs(inputs, samples, width, timesteps) : { input: readInput(input, 'input', width, timesteps) };
  const normalised: NeuralInferencePayload = { layers, timesteps, membranes, ...data };
  checkSize(normalised);
  return normalised as unknown as Value;
}

export function networkOf({ layers, timesteps, input, inputs = input!, samples = 1 }: NeuralInferencePayload): Network {
  return { layers, timesteps, samples, inputs, held: inputs.length === samples * layers[0]!.shape[1] };
}

function checkSize(payload: NeuralInferencePayload): void {
  const tooLarge = (what: string): never => {
    throw new KernelError('payload-too-large', `${what}; split the task.`);
  };
  const bytes = bytesOf(networkOf(payload));
  if (bytes > BYTES_MAX) tooLarge(`The payload has ${bytes} bytes of at most ${BYTES_MAX}`);
  const outputBytes = (payload.samples ?? 1) * payload.layers.at(-1)!.shape[0] * (payload.membranes ? 8 : 4);
  if (outputBytes > BYTES_MAX) tooLarge(`The result would have ${outputBytes} bytes of at most ${BYTES_MAX}`);
  const { fuel } = workOf(payload);
  if (fuel > FUEL_MAX) tooLarge(`The run would take ${Math.ceil(fuel / 1e6)} reference seconds of at most ${FUEL_MAX / 1e6}`);
}

function bytesOf({ layers, inputs }: Network): number {
  return layers.reduce((sum, { weights, bias, beta, threshold }) => sum + weights.byteLength + (bias?.byteLength ?? 0) + beta.byteLength + threshold.byteLength, inputs.byteLength);
}

/**
 * Price and work of a normalised payload. A function of its sizes alone, as if every neuron fired at every
 * timestep: what depended on the spikes could not be known before the run.
 */
export function workOf(payload: NeuralInferencePayload): Meter {
  const network = networkOf(payload);
  const { perStep, perSample } = synapsesOf(network);
  const synapses = network.samples * (perSample + network.timesteps * perStep);
  return {
    price: Math.ceil(network.samples / SAMPLES_PER_BATCH) * PRICE_PER_BATCH,
    fuel: Math.ceil(FUEL_PER_RUN + bytesOf(network) / BYTES_PER_FUEL + synapses / SYNAPSES_PER_FUEL),
  };
}

function present(output: Value): Record<string, unknown> {
  const { spikeCounts, membranes, samples } = (output ?? {}) as Partial<NeuralInferenceOutput>;
  const countsWhole = spikeCounts instanceof Uint32Array && isCount(samples ?? 1) && isCount(spikeCounts.length / (samples ?? 1));
  const membranesWhole = membranes === undefined || (membranes instanceof Float32Array && membranes.length === spikeCounts?.length);
  if (!countsWhole || !membranesWhole) throw new KernelError('kernel-failed', 'The result of the spiking network is malformed.');
  const each = <T extends Uint32Array | Float32Array>(values: T): T | T[] => (samples === undefined ? values : split(values, samples));
  return { spikeCounts: each(spikeCounts), ...(membranes === undefined ? {} : { membranes: each(membranes) }) };
}

const isCount = (value: unknown): boolean => Number.isInteger(value) && (value as number) > 0;

function split<T extends Uint32Array | Float32Array>(values: T, parts: number): T[] {
  const length = values.length / parts;
  return Array.from({ length: parts }, (_, i) => values.slice(i * length, (i + 1) * length) as T);
}

export const manifest: Manifest = {
  kind: 'neural_inference',
  version: 1,
  equivalence: 'wasm',
  limits: {
    payloadBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    outputBytesMax: BYTES_MAX + ENVELOPE_BYTES,
    memoryBytesMax: 256 * 1024 * 1024,
    wallMsMax: 30_000,
  },
  normalise,
  meter: (payload) => workOf(payload as unknown as NeuralInferencePayload),
  items: (payload) => (payload as unknown as NeuralInferencePayload).samples ?? 1,
  present,
};
