import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { runJob } from '../../src/engine/adapters/pool/run-job.js';
import { decode, encode } from '../../src/kernels/codec.js';
import type { KernelContext, Value } from '../../src/kernels/kernel.js';
import { codeOf } from '../contract/runner.js';
import { testKernels } from './fixtures/kernels.js';

const context: KernelContext = { signal: new AbortController().signal, modelBase: undefined, assetBase: '', progress: () => {}, breathe: async () => {}, breatheSync: () => {} };
const run = (kind: string, payload: Uint8Array) => runJob(testKernels, { kind, version: 1, payload }, context);

test('the output is the canonical encoding of what the kernel returned', async () => {
  const { output, fuel } = await run('echo', encode({ b: 1, a: Float32Array.of(1.5) }));
  assert.deepEqual(output, encode({ a: Float32Array.of(1.5), b: 1 }));
  assert.equal(fuel, 1);
});

test('bytes of a stranger end in an answer or in bad-input, never in a failure of this machine', async () => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (payload) => {
      const code = await codeOf(run('echo', payload));
      assert.ok(code === undefined || code === 'bad-input', code);
    }),
    { numRuns: 2_000 },
  );
});

test('the manifest is asked again, whatever the submitter checked', async () => {
  assert.equal(await codeOf(run('echo', encode('never valid'))), 'bad-input');
  assert.equal(await codeOf(run('small', encode('x'.repeat(98)))), undefined);
  assert.equal(await codeOf(run('small', encode('x'.repeat(99)))), 'payload-too-large');
  assert.equal(await codeOf(run('large', encode(null))), 'limit-exceeded');
});

test('a kernel without a proper answer is a failure of this machine, not of the input', async () => {
  for (const kind of ['unencodable', 'weightless', 'unfit']) assert.match((await codeOf(run(kind, encode(null))))!, /^no code: /);
});

test('kinds that are names of object members are no kinds', async () => {
  for (const kind of ['constructor', '__proto__', 'toString', '']) assert.equal(await codeOf(run(kind, encode(null))), 'unsupported');
});

test('what the kernel sees is a copy of its own', async () => {
  const payload = encode(Float32Array.of(1, 2, 3));
  const { output } = await run('echo', payload);
  payload.fill(0);
  assert.deepEqual(decode(output) as Value, Float32Array.of(1, 2, 3));
});

test('a payload that needs more than was declared for it is refused', async () => {
  const payload = encode('text');
  const { price, fuel } = (await testKernels.get('echo')!.manifest()).meter('text');
  const declared = (meter: { price: number; fuel: number }) => codeOf(runJob(testKernels, { kind: 'echo', version: 1, payload, meter }, context));
  assert.equal(await declared({ price, fuel }), undefined);
  assert.equal(await declared({ price: price - 1, fuel }), 'payload-too-large');
  assert.equal(await declared({ price, fuel: fuel - 1 }), 'payload-too-large');
});
