/** The network in WebAssembly SIMD: the same bits as reference.ts. */
import type { Native } from './module.js';
import { inputLength, lanesOf, synapsesOf, type Layer, type Network, type Simulation } from './network.js';

/** Several timesteps a call read a tile of weights from the cache; more of them would not let the run breathe. */
const SYNAPSES_PER_CALL = 16_000_000;
const STEPS_PER_CALL_MAX = 256;

/** @param breathe awaited after each layer's weights were copied */
export async function simdSimulation(native: Native, network: Network, breathe: () => Promise<void>): Promise<Simulation> {
  const { layers, held, inputs } = network;
  const width = layers[0]!.shape[1];
  const neurons = layers.at(-1)!.shape[0];
  const { perStep, perSample } = synapsesOf(network);
  const stepsMax = Math.min(STEPS_PER_CALL_MAX, Math.max(1, Math.floor(SYNAPSES_PER_CALL / Math.max(perStep, perSample))));

  check(native.network_begin(layers.length, stepsMax));
  const scratch = allocate(native, Math.max(...layers.map(({ weights }) => weights.byteLength)));
  for (const layer of layers) {
    add(native, layer, scratch);
    await breathe();
  }
  check(native.network_ready(Number(held)));
  const inputAt = allocate(native, inputs.byteLength);
  write(native, inputAt, inputs);
  let sampleAt = inputAt;

  return {
    stepsMax,
    synapsesPerBreath: SYNAPSES_PER_CALL,
    begin(sample) {
      sampleAt = inputAt + sample * inputLength(network) * Float32Array.BYTES_PER_ELEMENT;
      native.sample_begin(sampleAt);
    },
    advance: (step, steps) => native.sample_advance(sampleAt + (held ? 0 : step * width * Float32Array.BYTES_PER_ELEMENT), steps),
    spikeCounts: () => new Uint32Array(native.memory.buffer, native.spike_counts(), neurons),
    membranes: () => new Float32Array(native.memory.buffer, native.membranes(), neurons),
  };
}

function add(native: Native, layer: Layer, scratch: number): void {
  const [neurons, inputs] = layer.shape;
  const lanes = lanesOf(layer);
  write(native, scratch, layer.weights);
  const perNeuron = (values: Float32Array): number => {
    const address = allocate(native, lanes * Float32Array.BYTES_PER_ELEMENT);
    write(native, address, values.length === neurons ? values : new Float32Array(neurons).fill(values[0]!));
    return address;
  };
  const bias = perNeuron(layer.bias ?? Float32Array.of(0));
  check(native.network_add(inputs, neurons, scratch, bias, perNeuron(layer.beta), perNeuron(layer.threshold), Number(layer.reset === 'zero')));
}

function write(native: Native, address: number, values: Float32Array): void {
  new Float32Array(native.memory.buffer, address, values.length).set(values);
}

function allocate(native: Native, bytes: number): number {
  const address = native.allocate(bytes);
  check(Number(address === 0));
  return address;
}

function check(failed: number): void {
  if (failed) throw new Error('The spiking network ran out of memory.');
}
