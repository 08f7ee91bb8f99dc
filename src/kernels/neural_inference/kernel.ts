/** Runs `neural_inference`: sample after sample through the network, in WebAssembly SIMD where there is one. */
import { type Kernel, type KernelContext, type Value } from '../kernel.js';
import { manifest, networkOf, workOf, type NeuralInferenceOutput, type NeuralInferencePayload } from './manifest.js';
import { hasSimd, instantiate } from './module.js';
import { synapsesOf, type Network, type Simulation } from './network.js';
import { referenceSimulation } from './reference.js';
import { simdSimulation } from './simd.js';

const CANONICAL_NAN = 0x7fc00000;

async function pause({ signal, breathe }: KernelContext): Promise<void> {
  await breathe();
  signal.throwIfAborted();
}

/** Progress is told in timesteps, all samples together. */
async function simulate(simulation: Simulation, network: Network, context: KernelContext): Promise<Required<Omit<NeuralInferenceOutput, 'samples'>>> {
  const { samples, timesteps, layers } = network;
  const neurons = layers.at(-1)!.shape[0];
  const { perStep, perSample } = synapsesOf(network);
  const spikeCounts = new Uint32Array(samples * neurons);
  const membranes = new Float32Array(samples * neurons);
  let synapses = 0;
  for (let sample = 0; sample < samples; sample++) {
    simulation.begin(sample);
    synapses += perSample;
    for (let step = 0; step < timesteps; ) {
      const steps = Math.min(simulation.stepsMax, timesteps - step);
      simulation.advance(step, steps);
      step += steps;
      synapses += steps * perStep;
      if (synapses < simulation.synapsesPerBreath) continue;
      synapses = 0;
      context.progress('simulate', sample * timesteps + step, samples * timesteps);
      await pause(context);
    }
    spikeCounts.set(simulation.spikeCounts(), sample * neurons);
    membranes.set(simulation.membranes(), sample * neurons);
  }
  context.progress('simulate', samples * timesteps, samples * timesteps);
  return { spikeCounts, membranes };
}

/** Engines differ in the sign and payload of the NaN that an operation gives. */
function canonicalise(floats: Float32Array): Float32Array {
  const bits = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  floats.forEach((value, i) => {
    if (Number.isNaN(value)) bits[i] = CANONICAL_NAN;
  });
  return floats;
}

export const kernel: Kernel = {
  kind: manifest.kind,
  version: manifest.version,
  async run(payload: Value, context: KernelContext) {
    // The payload may come from a stranger: checked again, it cannot lead the module out of its bounds.
    const checked = manifest.normalise(payload) as unknown as NeuralInferencePayload;
    context.signal.throwIfAborted();
    const network = networkOf(checked);
    const simulation = hasSimd() ? await simdSimulation(await instantiate(context.assetBase), network, () => pause(context)) : referenceSimulation(network);
    const { spikeCounts, membranes } = await simulate(simulation, network, context);
    const output: NeuralInferenceOutput = {
      spikeCounts,
      ...(checked.membranes ? { membranes: canonicalise(membranes) } : {}),
      ...(checked.samples === undefined ? {} : { samples: checked.samples }),
    };
    return { output: output as unknown as Value, fuel: workOf(checked).fuel };
  },
};
