/** Our spiking network against the loops one would write in JavaScript, on a network of the size of an MNIST classifier. */
import { kernel } from '../src/kernels/neural_inference/kernel.js';
import { manifest } from '../src/kernels/neural_inference/manifest.js';
import type { Layer, Network } from '../src/kernels/neural_inference/network.js';
import { payloadOf, seededNetwork } from '../test/kernels/neural_inference-networks.js';
import { contextOf } from './context.js';
import { race } from './race.js';

const SHAPE = { widths: [784, 512, 256, 10], timesteps: 25, samples: 4, held: false } as const;
/** Shares of inputs that are not zero: a rate-coded image, and one where nothing can be skipped. */
const DENSITIES = { sparse: 0.2, dense: 1 } as const;
const ROUNDS = 7;

export interface Figures {
  readonly samplesPerSecond: number;
  /** Over 1 where the kernel is faster. */
  readonly relativeToPlain: number;
  /** The same against loops that pass over inputs that are zero, which takes weights laid out by columns. */
  readonly relativeToPlainSkippingZeros: number;
}

/** Adds to `currents` what the inputs drive through the weights. */
type Drive = (signal: Float32Array, currents: Float32Array) => void;

function byRows({ weights }: Layer): Drive {
  return (signal, currents) => {
    for (let n = 0, at = 0; n < currents.length; n++) {
      let sum = 0;
      for (let i = 0; i < signal.length; i++, at++) sum += weights[at]! * signal[i]!;
      currents[n]! += sum;
    }
  };
}

function byColumns({ weights, shape: [neurons, inputs] }: Layer): Drive {
  const columns = weights.map((_, at) => weights[(at % neurons) * inputs + Math.floor(at / neurons)]!);
  return (signal, currents) => {
    for (let i = 0; i < inputs; i++) {
      const input = signal[i]!;
      if (input === 0) continue;
      for (let n = 0, at = i * neurons; n < neurons; n++, at++) currents[n]! += columns[at]! * input;
    }
  };
}

/** In doubles, as JavaScript does: rounding each step, as the kernel has to, would only cost more. */
function plainNetwork({ layers, timesteps, samples, inputs }: Network, driveOf: (layer: Layer) => Drive): () => Uint32Array {
  const drives = layers.map(driveOf);
  const width = layers[0]!.shape[1];
  return () => {
    const counts = new Uint32Array(samples * layers.at(-1)!.shape[0]);
    for (let sample = 0; sample < samples; sample++) {
      const membranes = layers.map(({ shape: [neurons] }) => new Float32Array(neurons));
      for (let t = sample * timesteps; t < (sample + 1) * timesteps; t++) {
        let signal = inputs.subarray(t * width, (t + 1) * width);
        for (const [l, layer] of layers.entries()) {
          const currents = layer.bias?.slice() ?? new Float32Array(layer.shape[0]);
          drives[l]!(signal, currents);
          signal = fire(layer, membranes[l]!, currents);
        }
        for (let n = 0; n < signal.length; n++) counts[sample * signal.length + n]! += signal[n]!;
      }
    }
    return counts;
  };
}

function fire({ beta, threshold, reset }: Layer, membranes: Float32Array, currents: Float32Array): Float32Array {
  const spikes = new Float32Array(membranes.length);
  for (let n = 0; n < membranes.length; n++) {
    const limit = threshold[n % threshold.length]!;
    const decayed = beta[n % beta.length]! * membranes[n]!;
    const hasFired = membranes[n]! > limit;
    membranes[n] = currents[n]! + (reset === 'zero' ? (hasFired ? 0 : decayed) : decayed - (hasFired ? limit : 0));
    if (membranes[n]! > limit) spikes[n] = 1;
  }
  return spikes;
}

async function benchDensity(density: number): Promise<Figures> {
  const network = seededNetwork({ ...SHAPE, density }, 7);
  const payload = manifest.normalise(payloadOf(network));
  const context = contextOf('neural_inference');
  const { ms, speedup } = await race(
    { kernel: () => kernel.run(payload, context), plain: plainNetwork(network, byRows), skippingZeros: plainNetwork(network, byColumns) },
    { rounds: ROUNDS },
  );
  return { samplesPerSecond: Math.round((SHAPE.samples * 1e3) / ms.kernel), relativeToPlain: speedup('kernel', 'plain'), relativeToPlainSkippingZeros: speedup('kernel', 'skippingZeros') };
}

export async function bench(): Promise<Record<keyof typeof DENSITIES, Figures>> {
  return { sparse: await benchDensity(DENSITIES.sparse), dense: await benchDensity(DENSITIES.dense) };
}
