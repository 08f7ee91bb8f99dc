import { expect } from '@open-wc/testing';
import { encode } from '../../src/kernels/codec.js';
import type { KernelContext, Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/neural_inference/kernel.js';
import { manifest, type NeuralInferenceOutput } from '../../src/kernels/neural_inference/manifest.js';
import { hasSimd } from '../../src/kernels/neural_inference/module.js';
import { FIXED_NETWORK_SHA256, sha256 } from '../kernels/neural_inference-hash.js';
import { FIXED_NETWORK, payloadOf } from '../kernels/neural_inference-networks.js';

const root = new URL('../../', import.meta.url);

async function run(payload: unknown, assetBase = new URL('src/kernels/neural_inference/', root).href): Promise<Value> {
  const context: KernelContext = { signal: new AbortController().signal, modelBase: undefined, assetBase, progress() {}, breathe: async () => {}, breatheSync() {} };
  return (await kernel.run(manifest.normalise(payload), context)).output;
}

const base64 = (values: Uint32Array | Float32Array): string => btoa(String.fromCharCode(...new Uint8Array(values.buffer)));

describe('spiking network in a page', () => {
  it('gives the bytes that Node gives', async () => {
    expect(hasSimd()).to.equal(true);
    expect(await sha256(encode(await run(payloadOf(FIXED_NETWORK))))).to.equal(FIXED_NETWORK_SHA256);
  });

  it('gives them without SIMD too', async () => {
    const { validate } = WebAssembly;
    WebAssembly.validate = () => false;
    try {
      expect(await sha256(encode(await run(payloadOf(FIXED_NETWORK), 'https://nowhere.invalid/')))).to.equal(FIXED_NETWORK_SHA256);
    } finally {
      WebAssembly.validate = validate;
    }
  });

  for (const file of ['numpy.json', 'snntorch.json']) {
    it(`agrees with ${file} bit by bit`, async () => {
      const { cases } = (await (await fetch(new URL(`test/vectors/neural_inference/${file}`, root))).json()) as { cases: { name: string; payload: unknown; spikeCounts: string; membranes: string }[] };
      expect(cases).not.to.have.length(0);
      for (const { name, payload, spikeCounts, membranes } of cases) {
        const output = (await run(payload)) as unknown as Required<NeuralInferenceOutput>;
        expect([name, base64(output.spikeCounts), base64(output.membranes)]).to.deep.equal([name, spikeCounts, membranes]);
      }
    });
  }
});
