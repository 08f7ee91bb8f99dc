import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/neural_inference/kernel.js';
import { manifest } from '../../src/kernels/neural_inference/manifest.js';
import { hasSimd } from '../../src/kernels/neural_inference/module.js';
import type { Network } from '../../src/kernels/neural_inference/network.js';
import { referenceSimulation } from '../../src/kernels/neural_inference/reference.js';
import { ASSET_BASE, context, oracleCases, run } from './neural_inference-context.js';
import { FIXED_NETWORK, payloadOf, seededNetwork } from './neural_inference-networks.js';
import { FIXED_NETWORK_SHA256, sha256 } from './neural_inference-hash.js';

/** What goes beyond a double's own arithmetic: denormals, both zeros, and what overflows. */
const edge = fc.constantFrom(0, -0, 1, -1, 0.5, 1e-40, -1e-45, 3e38, -3.4028234663852886e38);
const number = fc.oneof({ weight: 3, arbitrary: fc.float({ min: -2, max: 2, noNaN: true }) }, { weight: 1, arbitrary: edge }, { weight: 1, arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true }) });
const tame = fc.oneof(fc.float({ min: -2, max: 2, noNaN: true }), fc.constantFrom(0, 1, -0));
const floats = (length: number, of = number): fc.Arbitrary<Float32Array> => fc.array(of, { minLength: length, maxLength: length }).map((list) => Float32Array.from(list));

const networks = fc
  .record({
    widths: fc.array(fc.integer({ min: 1, max: 45 }), { minLength: 2, maxLength: 4 }),
    timesteps: fc.integer({ min: 1, max: 12 }), samples: fc.integer({ min: 1, max: 3 }), held: fc.boolean(), wild: fc.boolean(),
  })
  .chain(({ widths, timesteps, samples, held, wild }) => {
    const of = wild ? number : tame;
    const layer = (inputs: number, neurons: number): fc.Arbitrary<Record<string, unknown>> =>
      fc.record({
        weights: floats(neurons * inputs, of), shape: fc.constant([neurons, inputs]), bias: fc.oneof(fc.constant(undefined), floats(neurons, of)),
        beta: fc.oneof(floats(1), floats(neurons)), threshold: fc.oneof(floats(1, of), floats(neurons, of)), reset: fc.constantFrom('subtract', 'zero', undefined),
      });
    return fc.record({
      layers: fc.tuple(...widths.slice(1).map((neurons, i) => layer(widths[i]!, neurons))),
      timesteps: fc.constant(timesteps), inputs: floats(samples * widths[0]! * (held ? 1 : timesteps), of), samples: fc.constant(samples), membranes: fc.constant(true),
    });
  });

/** The definition alone, in one go; NaN as the kernel writes it. */
function referenceOutput(network: Network): Uint8Array {
  const simulation = referenceSimulation(network);
  const runs = Array.from({ length: network.samples }, (_, sample) => {
    simulation.begin(sample);
    simulation.advance(0, network.timesteps);
    return { counts: simulation.spikeCounts(), membranes: simulation.membranes() };
  });
  const membranes = Float32Array.from(runs.flatMap((each) => [...each.membranes]));
  const bits = new Uint32Array(membranes.buffer);
  membranes.forEach((value, i) => void (value !== value && (bits[i] = 0x7fc00000)));
  return encode({ spikeCounts: Uint32Array.from(runs.flatMap(({ counts }) => [...counts])), membranes, samples: network.samples });
}

test('gives the same bytes as the plain reference', async () => {
  assert.ok(hasSimd(), 'without SIMD the reference would be compared with itself');
  let nan = 0;
  let spikes = 0;
  await fc.assert(
    fc.asyncProperty(networks, async (payload) => {
      const normalised = manifest.normalise(payload) as unknown as Network;
      const { output, bytes } = await run(payload);
      assert.deepEqual(bytes, referenceOutput({ ...normalised, held: payload.inputs.length === payload.samples * normalised.layers[0]!.shape[1] }));
      nan += output.membranes!.filter(Number.isNaN).length;
      spikes += output.spikeCounts.reduce((sum, count) => sum + count, 0);
    }),
    { numRuns: 400 },
  );
  assert.ok(nan > 0 && spikes > 0, 'the networks must reach what is hard');
});

for (const [oracle, file] of [['NumPy', 'numpy.json'], ['snnTorch', 'snntorch.json']] as const) {
  for (const { name, payload, spikeCounts, membranes } of await oracleCases(file)) {
    test(`agrees with ${oracle} bit by bit: ${name}`, async (t) => {
      const check = async (): Promise<void> => {
        const { output } = await run(payload);
        assert.equal(Buffer.from(output.spikeCounts.buffer).toString('base64'), spikeCounts);
        assert.equal(Buffer.from(output.membranes!.buffer).toString('base64'), membranes);
      };
      await check();
      t.mock.method(WebAssembly, 'validate', () => false);
      await check();
    });
  }
}

test('gives the bytes that are recorded for every engine', async () => {
  const { bytes } = await run(payloadOf(FIXED_NETWORK));
  assert.deepEqual(bytes, referenceOutput(FIXED_NETWORK));
  assert.equal(await sha256(bytes), FIXED_NETWORK_SHA256);
});

test('cuts a long run into calls without a trace in the result', async () => {
  for (const held of [true, false]) {
    const network = seededNetwork({ widths: [200, 257, 128, 9], timesteps: 901, samples: 2, held, density: 0.3 }, 5);
    let breaths = 0;
    const told: number[] = [];
    const { output } = await kernel.run(manifest.normalise(payloadOf(network)), context({ breathe: async () => void breaths++, progress: (_, loaded, total) => void told.push(loaded / total) }));
    assert.deepEqual(encode(output), referenceOutput(network));
    assert.ok(breaths > 5, `only ${breaths} breaths`);
    assert.deepEqual(told, told.toSorted((a, b) => a - b));
    assert.equal(told.at(-1), 1);
    assert.ok(told.length > 2 && told[0]! < 1, 'progress is told on the way');
  }
});

test('runs the same timesteps over a held input as over one that repeats it', async () => {
  const network = seededNetwork({ widths: [30, 20, 5], timesteps: 17, samples: 1, held: true, density: 0.7 }, 3);
  const { layers, timesteps, inputs } = network;
  const held = await run({ layers, timesteps, input: inputs, membranes: true });
  const repeated = await run({ layers, timesteps, input: Array.from({ length: timesteps }, () => inputs), membranes: true });
  assert.deepEqual(repeated.bytes, held.bytes);
  assert.ok(held.output.spikeCounts.some((count) => count > 0));
});

test('leaves nothing of one sample to the next', async () => {
  const network = seededNetwork({ widths: [12, 30, 7], timesteps: 9, samples: 3, held: false, density: 0.5 }, 8);
  const { layers, timesteps, inputs } = network;
  const batch = await run(payloadOf(network));
  const alone = [];
  for (let sample = 0; sample < 3; sample++) alone.push((await run({ layers, timesteps, input: inputs.slice(sample * 108, (sample + 1) * 108), membranes: true })).presented);
  assert.deepEqual(batch.presented, { spikeCounts: alone.map(({ spikeCounts }) => spikeCounts), membranes: alone.map(({ membranes }) => membranes) });
});

test('resets by the threshold or to zero, one timestep after the spike', async () => {
  const neuron = (reset: string, timesteps: number): unknown => ({ layers: [{ weights: [[1]], beta: 0.5, reset }], timesteps, input: [1.5], membranes: true });
  const after = async (reset: string, timesteps: number): Promise<unknown> => (await run(neuron(reset, timesteps))).presented;
  assert.deepEqual(await after('subtract', 1), { spikeCounts: Uint32Array.of(1), membranes: Float32Array.of(1.5) });
  assert.deepEqual(await after('subtract', 2), { spikeCounts: Uint32Array.of(2), membranes: Float32Array.of(1.25) });
  assert.deepEqual(await after('zero', 2), { spikeCounts: Uint32Array.of(2), membranes: Float32Array.of(1.5) });
  // Not above the threshold is not a spike.
  assert.deepEqual((await run({ layers: [{ weights: [[1]], beta: 0, threshold: 1.5 }], timesteps: 4, input: [1.5] })).presented, { spikeCounts: Uint32Array.of(0) });
});

test('falls back to plain JavaScript without WebAssembly SIMD, with the same bytes', async (t) => {
  const fast = await run(payloadOf(FIXED_NETWORK));
  t.mock.method(WebAssembly, 'validate', () => false);
  t.mock.method(WebAssembly, 'instantiate', () => assert.fail('the module must not be needed'));
  let breaths = 0;
  const { output } = await kernel.run(manifest.normalise(payloadOf(FIXED_NETWORK)), context({ breathe: async () => void breaths++ }));
  assert.deepEqual(encode(output), fast.bytes);
  assert.ok(breaths > 0);
});

test('stops between calls when the task is cancelled', async () => {
  const payload = manifest.normalise(payloadOf(seededNetwork({ widths: [200, 200], timesteps: 2_000, samples: 1, held: false, density: 1 }, 4)));
  const controller = new AbortController();
  let breaths = 0;
  const breathe = async (): Promise<void> => {
    if (++breaths === 3) controller.abort(new Error('cancelled'));
  };
  await assert.rejects(kernel.run(payload, context({ signal: controller.signal, breathe })), /cancelled/);
  assert.equal(breaths, 3);
  await assert.rejects(kernel.run(payload, context({ signal: AbortSignal.abort(new Error('never began')) })), /never began/);
});

test('loads its module over HTTP, and tries again after a failure', async () => {
  let answers = 0;
  const wasm = await readFile(new URL('neural_inference.wasm', ASSET_BASE));
  const server = createServer((_, response) => void (++answers === 1 ? response.writeHead(503).end() : response.end(wasm)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const assetBase = `http://127.0.0.1:${(server.address() as AddressInfo).port}/assets/`;
    const payload = manifest.normalise(payloadOf(FIXED_NETWORK));
    await assert.rejects(kernel.run(payload, context({ assetBase })), /503/);
    for (let i = 0; i < 2; i++) assert.equal(await sha256(encode((await kernel.run(payload, context({ assetBase }))).output)), FIXED_NETWORK_SHA256);
    assert.equal(answers, 2, 'the module is fetched once');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('a payload that has crossed the wire runs to the same bytes', async () => {
  const { output } = await kernel.run(decode(encode(manifest.normalise(payloadOf(FIXED_NETWORK)))), context());
  assert.equal(await sha256(encode(output)), FIXED_NETWORK_SHA256);
});
