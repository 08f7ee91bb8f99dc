/**
 * A feed-forward spiking network: layers of leaky integrate-and-fire neurons, each fully connected to the next.
 *
 * One timestep of a layer, every operation rounded to 32 bits, membranes 0 before the first:
 *
 *     current  = sum over inputs of weight * input, ascending, from +0; then + bias
 *     reset    = membrane > threshold
 *     membrane = beta * membrane + current - reset * threshold      reset 'subtract'
 *     membrane = beta * ((1 - reset) * membrane) + current          reset 'zero'
 *     spike    = membrane > threshold
 *
 * Spikes are the next layer's inputs within the same timestep. Overflow follows IEEE 754: a membrane may become
 * infinite or NaN, and NaN never fires.
 *
 * Source: snnTorch's `Leaky` after `torch.nn.Linear`, https://snntorch.readthedocs.io/en/latest/snn.neurons_leaky.html
 */

/** What a spike leaves of the membrane: the excess over the threshold, or nothing. */
export type Reset = 'subtract' | 'zero';

export interface Layer {
  /** Row-major, a row for each neuron. */
  readonly weights: Float32Array;
  /** Neurons and inputs: rows and columns of `weights`. */
  readonly shape: readonly [neurons: number, inputs: number];
  /** One for each neuron; none is zero. */
  readonly bias?: Float32Array;
  /** Decay of the membrane in a timestep, 0 to 1, and threshold: one for all neurons or one for each. */
  readonly beta: Float32Array;
  readonly threshold: Float32Array;
  readonly reset: Reset;
}

export interface Network {
  readonly layers: readonly Layer[];
  readonly timesteps: number;
  readonly samples: number;
  /** Sample after sample: a row for each timestep, or where it is held, one row for all of them. */
  readonly inputs: Float32Array;
  readonly held: boolean;
}

/** Runs samples one at a time; nothing is left of one when the next begins. */
export interface Simulation {
  /** Timesteps that one call may advance by. */
  readonly stepsMax: number;
  /** Synaptic operations between two breaths: a few milliseconds. */
  readonly synapsesPerBreath: number;
  begin(sample: number): void;
  /** Runs the sample's timesteps from `step` on. They come in order, without gaps. */
  advance(step: number, steps: number): void;
  /** Of the last layer, for the timesteps run so far: one number a neuron. */
  spikeCounts(): Uint32Array;
  membranes(): Float32Array;
}

/** Numbers of `inputs` that belong to one sample. */
export function inputLength({ layers, timesteps, held }: Network): number {
  return layers[0]!.shape[1] * (held ? 1 : timesteps);
}

/** Neurons lie four to a register, so a layer costs as much as one with its neurons rounded up to a multiple of four. */
export const lanesOf = ({ shape: [neurons] }: Layer): number => Math.ceil(neurons / 4) * 4;

/**
 * What else takes time, in synaptic operations that take as long: listing an input that is active, updating a neuron,
 * turning to a layer, and to a sample.
 */
const SYNAPSES_PER_INPUT = 16;
const SYNAPSES_PER_UPDATE = 8;
const SYNAPSES_PER_LAYER = 100;
const SYNAPSES_PER_SAMPLE = 3_000;

/**
 * Synaptic operations when every input is active: of a timestep, and of what a sample needs but once, such as the
 * currents into the first layer where the input is held.
 */
export function synapsesOf({ layers, held }: Network): { perStep: number; perSample: number } {
  const currents = (layer: Layer): number => layer.shape[1] * (lanesOf(layer) + SYNAPSES_PER_INPUT);
  const updates = (layer: Layer): number => lanesOf(layer) * SYNAPSES_PER_UPDATE + SYNAPSES_PER_LAYER;
  const first = currents(layers[0]!);
  const perStep = layers.reduce((sum, layer) => sum + currents(layer) + updates(layer), 0);
  return held ? { perStep: perStep - first, perSample: SYNAPSES_PER_SAMPLE + first } : { perStep, perSample: SYNAPSES_PER_SAMPLE };
}
