/** Seeded networks, the same in every engine: nothing but integers and one division each. */
import type { Layer, Network, Reset } from '../../src/kernels/neural_inference/network.js';

/** Numbers from 0 to 1. Source: Numerical Recipes' quick linear congruential generator. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32;
}

export interface Shape {
  /** Inputs, then the neurons of each layer. */
  readonly widths: readonly number[];
  readonly timesteps: number;
  readonly samples: number;
  readonly held: boolean;
  /** Share of inputs that are not zero. */
  readonly density: number;
}

export function seededNetwork({ widths, timesteps, samples, held, density }: Shape, seed: number): Network {
  const random = uniform(seed);
  const floats = (length: number, low: number, high: number): Float32Array => Float32Array.from({ length }, () => low + (high - low) * random());
  const layers = widths.slice(1).map((neurons, i): Layer => {
    const inputs = widths[i]!;
    const perNeuron = i % 2 === 0 ? neurons : 1;
    const reset: Reset = i % 3 === 1 ? 'zero' : 'subtract';
    return {
      weights: floats(neurons * inputs, -3 / Math.sqrt(inputs), 4 / Math.sqrt(inputs)), shape: [neurons, inputs], bias: floats(neurons, -0.2, 0.2),
      beta: floats(perNeuron, 0.5, 1), threshold: floats(perNeuron, 0.5, 1.5), reset,
    };
  });
  const inputs = Float32Array.from({ length: samples * (held ? 1 : timesteps) * widths[0]! }, () => (random() < density ? 2 * random() - 0.5 : 0));
  return { layers, timesteps, samples, inputs, held };
}

/** As one would submit it. */
export function payloadOf({ layers, timesteps, samples, inputs }: Network): Record<string, unknown> {
  return { layers, timesteps, inputs, samples, membranes: true };
}

/** One network whose output every engine must give bit by bit, and the SHA-256 of its encoding. */
export const FIXED_NETWORK = seededNetwork({ widths: [100, 67, 33, 10], timesteps: 40, samples: 3, held: false, density: 0.4 }, 2026);
