/**
 * The definition of network.ts, word for word: what the WebAssembly module is compared with, and what runs where
 * there is no WebAssembly SIMD. Sums and products of two 32-bit floats are exact enough in a double for `fround` to
 * round them as a 32-bit unit would.
 */
import { inputLength, type Layer, type Network, type Simulation } from './network.js';

const SYNAPSES_PER_BREATH = 1_000_000;

const { fround } = Math;

/** A layer's membranes, and one timestep of it: from inputs to spikes. */
class LeakyLayer {
  readonly membranes: Float32Array;
  readonly #layer: Layer;

  constructor(layer: Layer) {
    this.#layer = layer;
    this.membranes = new Float32Array(layer.shape[0]);
  }

  step(inputs: Float32Array): Float32Array {
    this.membranes.forEach((membrane, neuron) => {
      this.membranes[neuron] = this.#integrate(neuron, membrane, this.#current(neuron, inputs));
    });
    return this.membranes.map((membrane, neuron) => (membrane > this.#threshold(neuron) ? 1 : 0));
  }

  #current(neuron: number, inputs: Float32Array): number {
    const { weights, bias } = this.#layer;
    let sum = 0;
    for (let i = 0; i < inputs.length; i++) sum = fround(sum + fround(weights[neuron * inputs.length + i]! * inputs[i]!));
    return fround(sum + (bias?.[neuron] ?? 0));
  }

  #integrate(neuron: number, membrane: number, current: number): number {
    const { beta: betas, reset: mode } = this.#layer;
    const beta = betas[neuron % betas.length]!;
    const threshold = this.#threshold(neuron);
    const reset = membrane > threshold ? 1 : 0;
    if (mode === 'zero') return fround(fround(beta * fround((1 - reset) * membrane)) + current);
    return fround(fround(fround(beta * membrane) + current) - fround(reset * threshold));
  }

  #threshold(neuron: number): number {
    const { threshold } = this.#layer;
    return threshold[neuron % threshold.length]!;
  }
}

export function referenceSimulation(network: Network): Simulation {
  const width = network.layers[0]!.shape[1];
  let layers: LeakyLayer[] = [];
  let counts = new Uint32Array();
  let sampleAt = 0;

  const inputAt = (step: number): Float32Array => {
    const from = sampleAt + (network.held ? 0 : step * width);
    return network.inputs.subarray(from, from + width);
  };

  return {
    stepsMax: 1,
    synapsesPerBreath: SYNAPSES_PER_BREATH,
    begin(sample) {
      layers = network.layers.map((layer) => new LeakyLayer(layer));
      counts = new Uint32Array(network.layers.at(-1)!.shape[0]);
      sampleAt = sample * inputLength(network);
    },
    advance(step, steps) {
      for (let t = step; t < step + steps; t++) {
        const spikes = layers.reduce((inputs, layer) => layer.step(inputs), inputAt(t));
        spikes.forEach((spike, neuron) => (counts[neuron]! += spike));
      }
    },
    spikeCounts: () => counts,
    membranes: () => layers.at(-1)!.membranes,
  };
}
