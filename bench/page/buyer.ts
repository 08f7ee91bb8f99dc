/** Demand for as long as a visit lasts: spiking networks to run, always one more under way than a page works on at once. */
import type { Task } from '../../src/engine/api.js';
import { openEngine } from '../../src/engine/host/engine.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { nodePlatform } from '../../src/engine/node/node-platform.js';

const UNDER_WAY = 2;
/** Half a second of work or so in some 25 KB, so that relay and buyer, which share the machine here, have little to do. */
const NEURONS = 64;
const TIMESTEPS = 200_000;
const SAMPLES = 32;
/** Nobody is there yet, or busy: what is asked at once is refused again. */
const AGAIN_MS = 200;

const task: Task = {
  type: 'neural_inference',
  payload: {
    layers: [{ weights: Float32Array.from({ length: NEURONS * NEURONS }, (_, i) => ((i * 7_919) % 1_000) / 10_000 - 0.04), shape: [NEURONS, NEURONS], beta: 0.9 }],
    timesteps: TIMESTEPS,
    inputs: Array.from({ length: SAMPLES }, (_, sample) => Array.from({ length: NEURONS }, (_, i) => ((i + sample) % 5) / 5)),
  },
  options: { redundancy: 1 },
};

/** A buyer has a hundred credits from the network's faucet, more than a visit takes. @returns a function that ends it */
export async function buy(relay: string): Promise<() => Promise<void>> {
  const config = nodeConfig({ relays: [relay], local: 'never' });
  const engine = await openEngine(config, nodePlatform(config));
  let stopped = false;
  const buyers = Array.from({ length: UNDER_WAY }, async () => {
    while (!stopped) await engine.submit(task).catch(() => (stopped ? undefined : new Promise((resolve) => setTimeout(resolve, AGAIN_MS))));
  });
  return async () => {
    stopped = true;
    await engine.close();
    await Promise.all(buyers);
  };
}
