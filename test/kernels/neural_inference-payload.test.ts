import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { KernelError, type Value } from '../../src/kernels/kernel.js';
import { kernel } from '../../src/kernels/neural_inference/kernel.js';
import { manifest } from '../../src/kernels/neural_inference/manifest.js';
import { context, run } from './neural_inference-context.js';
import { payloadOf, seededNetwork } from './neural_inference-networks.js';

const base64 = (...numbers: number[]): string => Buffer.from(Float32Array.from(numbers).buffer).toString('base64');
const bytes = (...numbers: number[]): Uint8Array => new Uint8Array(Float32Array.from(numbers).buffer);

const layer = { weights: [[1, 2, 3], [4, 5, 6]], beta: 0.5 };
const small = { layers: [layer], timesteps: 2, input: [1, 0, -1] };
const batch = { ...small, input: undefined, inputs: [[1, 0, -1], [2, 2, 2]] };
const withLayer = (change: Record<string, unknown>): unknown => ({ ...small, layers: [{ ...layer, ...change }] });

const same: readonly (readonly [string, unknown, readonly unknown[]])[] = [
  ['weights and parameters', small, [
    withLayer({ shape: [2, 3] }),
    withLayer({ weights: [Float32Array.of(1, 2, 3), Float64Array.of(4, 5, 6)] }),
    withLayer({ weights: [base64(1, 2, 3), bytes(4, 5, 6)] }),
    withLayer({ weights: [1, 2, 3, 4, 5, 6], shape: [2, 3] }),
    withLayer({ weights: Float64Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }),
    withLayer({ weights: base64(1, 2, 3, 4, 5, 6), shape: [2, 3] }),
    withLayer({ beta: [0.5], threshold: 1, reset: 'subtract' }),
    withLayer({ beta: base64(0.5), threshold: Float32Array.of(1) }),
    { ...small, membranes: false },
  ]],
  ['one input, held', small, [
    { ...small, input: Float32Array.of(1, 0, -1) },
    { ...small, input: base64(1, 0, -1) },
    { ...small, input: Buffer.from(bytes(1, 0, -1)) },
  ]],
  ['one input, a row for each timestep', { ...small, input: [[1, 0, -1], [2, 2, 2]] }, [
    { ...small, input: [1, 0, -1, 2, 2, 2] },
    { ...small, input: base64(1, 0, -1, 2, 2, 2) },
    { ...small, input: [base64(1, 0, -1), Float32Array.of(2, 2, 2)] },
  ]],
  ['a batch of held inputs', batch, [
    { ...batch, samples: 2 },
    { ...batch, inputs: [base64(1, 0, -1), Float32Array.of(2, 2, 2)] },
    { ...batch, inputs: [1, 0, -1, 2, 2, 2], samples: 2 },
    { ...batch, inputs: base64(1, 0, -1, 2, 2, 2), samples: 2 },
  ]],
  ['a batch of one sequence', { ...batch, inputs: [[[1, 0, -1], [2, 2, 2]]] }, [{ ...batch, inputs: Float32Array.of(1, 0, -1, 2, 2, 2), samples: 1 }]],
  ['a beta beyond its range', withLayer({ beta: [0, 1] }), [withLayer({ beta: [-3, 1.5] }), withLayer({ beta: [-0, 1] })]],
];
for (const [what, payload, forms] of same) {
  test(`normalises every accepted form of ${what} to one payload`, () => {
    const canonical = encode(manifest.normalise(payload));
    for (const form of [...forms, manifest.normalise(payload), decode(canonical)]) assert.deepEqual(encode(manifest.normalise(form)), canonical);
  });
}

test('shows one array for one input, and one for each sample of a batch', async () => {
  assert.deepEqual((await run(small)).presented, { spikeCounts: Uint32Array.of(0, 0) });
  assert.deepEqual((await run({ ...batch, membranes: true })).presented, {
    spikeCounts: [Uint32Array.of(0, 0), Uint32Array.of(2, 2)],
    membranes: [Float32Array.of(-3, -3), Float32Array.of(17, 44)],
  });
  assert.deepEqual((await run({ ...batch, inputs: [[1, 0, -1]] })).presented, { spikeCounts: [Uint32Array.of(0, 0)] });
});

test('prices each started batch of 32 samples, and measures what it priced', async () => {
  const price = (samples: number): number => manifest.meter(manifest.normalise({ ...batch, inputs: new Float32Array(3 * samples), samples })).price;
  assert.equal(manifest.meter(manifest.normalise(small)).price, 3_000_000);
  assert.deepEqual([1, 32, 33, 64, 65].map(price), [3e6, 3e6, 6e6, 6e6, 9e6]);
  const payload = manifest.normalise(payloadOf(seededNetwork({ widths: [20, 33, 5], timesteps: 7, samples: 2, held: false, density: 0.5 }, 1)));
  const { fuel } = manifest.meter(payload);
  assert.equal((await kernel.run(payload, context())).fuel, fuel);
  assert.ok(Number.isSafeInteger(fuel), 'fuel is an integer');
});

test('asks more fuel for more timesteps, samples, neurons and inputs, and less where the input is held', () => {
  const fuel = (widths: number[], timesteps: number, samples: number, held = false): number =>
    manifest.meter(manifest.normalise(payloadOf(seededNetwork({ widths, timesteps, samples, held, density: 1 }, 1)))).fuel;
  const base = fuel([200, 100, 10], 50, 4);
  for (const more of [fuel([200, 100, 10], 60, 4), fuel([200, 100, 10], 50, 5), fuel([200, 120, 10], 50, 4), fuel([240, 100, 10], 50, 4)]) assert.ok(more > base, `${more} > ${base}`);
  const held = fuel([200, 100, 10], 50, 4, true);
  assert.ok(held < base, `${held} < ${base}`);
});

const refused: readonly (readonly [string, unknown, RegExp])[] = [
  ['no object', null, /must be an object/],
  ['bytes', new Uint8Array(3), /must be an object/],
  ['an unknown field', { ...small, steps: 3 }, /`steps` is not a field/],
  ['no layers', { ...small, layers: undefined }, /`layers` must be an array of 1 to 64/],
  ['an empty list of layers', { ...small, layers: [] }, /`layers` must be/],
  ['too many layers', { ...small, layers: new Array(65).fill(layer) }, /`layers` must be/],
  ['a layer that is none', { ...small, layers: [layer, 3] }, /`layers\[1\]` must be an object/],
  ['a hole among the layers', { ...small, layers: new Array(2) }, /`layers\[0\]` must be an object/],
  ['an unknown field of a layer', withLayer({ treshold: 1 }), /`layers\[0\]\.treshold` is not a field/],
  ['no weights', withLayer({ weights: undefined }), /`layers\[0\]\.weights` must be an array of rows/],
  ['flat weights without a shape', withLayer({ weights: Float32Array.of(1, 2) }), /need `shape: \[neurons, inputs\]`/],
  ['a shape that does not fit', withLayer({ weights: Float32Array.of(1, 2), shape: [2, 3] }), /`layers\[0\]\.weights` has 2 numbers instead of 6/],
  ['a shape that contradicts the rows', withLayer({ shape: [3, 2] }), /is 2 x 3, but `shape` says 3 x 2/],
  ['a shape of zero', withLayer({ weights: [], shape: [0, 3] }), /`layers\[0\]\.shape` must be/],
  ['a fractional shape', withLayer({ shape: [1.5, 4] }), /`layers\[0\]\.shape` must be/],
  ['a shape beyond all memory', withLayer({ weights: [1], shape: [2 ** 40, 2 ** 40] }), /has 1 numbers instead of/],
  ['rows of unequal length', withLayer({ weights: [[1, 2, 3], [4, 5]] }), /`layers\[0\]\.weights\[1\]` has 2 numbers instead of 3/],
  ['an empty row', withLayer({ weights: [[], []] }), /`layers\[0\]\.weights\[0\]` must be a non-empty/],
  ['a hole among the rows', withLayer({ weights: Object.assign(new Array(2), { 0: [1, 2, 3] }) }), /`layers\[0\]\.weights\[1\]` must be a non-empty/],
  ['a weight that is not a number', withLayer({ weights: [[1, 2, Number.NaN], [4, 5, 6]] }), /`layers\[0\]\.weights\[0\]\[2\]` must be a finite number/],
  ['a weight in quotes', withLayer({ weights: [[1, 2, '3'], [4, 5, 6]] }), /`layers\[0\]\.weights\[0\]\[2\]`/],
  ['a weight beyond 32 bits', withLayer({ weights: [[1, 2, 3], [4, 1e39, 6]] }), /`layers\[0\]\.weights\[1\]\[1\]`/],
  ['an infinite weight in base64', withLayer({ weights: base64(1, 2, 3, 4, 5, Infinity), shape: [2, 3] }), /`layers\[0\]\.weights\[5\]`/],
  ['bytes that are no floats', withLayer({ weights: new Uint8Array(23), shape: [2, 3] }), /23 bytes, which is no whole number/],
  ['text that is no base64', withLayer({ beta: 'half!' }), /`layers\[0\]\.beta` is not valid base64/],
  ['no beta', withLayer({ beta: undefined }), /`layers\[0\]\.beta` must be/],
  ['an infinite beta', withLayer({ beta: Infinity }), /`layers\[0\]\.beta\[0\]` must be a finite/],
  ['betas for other neurons', withLayer({ beta: [0.1, 0.2, 0.3] }), /`layers\[0\]\.beta` has 3 numbers for 2 neurons/],
  ['thresholds for other neurons', withLayer({ threshold: [1, 2, 3] }), /`layers\[0\]\.threshold` has 3 numbers for 2 neurons/],
  ['a bias for other neurons', withLayer({ bias: [1] }), /`layers\[0\]\.bias` has 1 numbers instead of 2/],
  ['an unknown reset', withLayer({ reset: 'none' }), /`layers\[0\]\.reset` must be one of subtract, zero/],
  ['layers that do not fit', { ...small, layers: [layer, layer] }, /`layers\[1\]\.weights` has 3 columns, but the layer before it has 2 neurons/],
  ['no timesteps', { ...small, timesteps: undefined }, /`timesteps` must be an integer/],
  ['timesteps of zero', { ...small, timesteps: 0 }, /`timesteps` must be an integer/],
  ['too many timesteps', { ...small, timesteps: 1_000_001 }, /`timesteps` must be an integer/],
  ['no input', { ...small, input: undefined }, /either `input`, or `inputs`/],
  ['input and inputs', { ...small, inputs: [[1, 2, 3]] }, /either `input`, or `inputs`/],
  ['samples of an input', { ...small, samples: 1 }, /`samples` goes with `inputs`/],
  ['an input of other width', { ...small, input: [1, 2] }, /`input` has 2 numbers; the first layer takes 3, or 6 for 2 timesteps/],
  ['too few rows', { ...small, input: [[1, 2, 3]] }, /`input` has 1 rows for 2 timesteps/],
  ['a row of other width', { ...small, input: [[1, 2, 3], [4, 5]] }, /`input\[1\]` has 2 numbers instead of 3/],
  ['an input that is not finite', { ...small, input: [1, -Infinity, 3] }, /`input\[1\]` must be a finite/],
  ['no samples of flat inputs', { ...batch, inputs: new Float32Array(6) }, /`samples` must be an integer/],
  ['samples that do not fit', { ...batch, inputs: new Float32Array(9), samples: 2 }, /`inputs` has 9 numbers; 2 samples/],
  ['samples that contradict the inputs', { ...batch, samples: 3 }, /`samples` is 3, but `inputs` has 2/],
  ['an empty batch', { ...batch, inputs: [] }, /`inputs` must be a non-empty/],
  ['a hole among the inputs', { ...batch, inputs: Object.assign(new Array(2), { 0: [1, 2, 3] }) }, /`inputs\[1\]` must be a non-empty/],
  ['inputs of two forms', { ...batch, inputs: [[1, 2, 3], [[1, 2, 3], [4, 5, 6]]] }, /`inputs\[1\]` has 6 numbers, `inputs\[0\]` 3/],
  ['membranes that are no flag', { ...small, membranes: 1 }, /`membranes` must be true or false/],
];
for (const [what, payload, message] of refused) {
  test(`refuses ${what}`, () => {
    assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'bad-input' && message.test(error.message));
  });
}

test('refuses what is too large before anything runs', () => {
  const square = (side: number): unknown => ({ weights: new Float32Array(side * side), shape: [side, side], beta: 0.5 });
  const tooLarge = (payload: unknown, message: RegExp): void =>
    assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'payload-too-large' && message.test(error.message));
  tooLarge({ layers: [square(1_415)], timesteps: 1, input: new Float32Array(1_415) }, /payload has/);
  tooLarge({ layers: [{ weights: new Float32Array(2_000), shape: [2_000, 1], beta: 0 }], timesteps: 1, inputs: new Float32Array(501), samples: 501, membranes: true }, /result would have/);
  tooLarge({ layers: [square(900), square(900)], timesteps: 500_000, input: new Float32Array(900) }, /reference seconds of at most 30/);
});

test('a payload near the limits stays within them on the wire, and runs', async () => {
  const side = 175;
  const layers = Array.from({ length: 64 }, () => ({ weights: new Float32Array(side * side).fill(0.01), shape: [side, side], bias: new Float32Array(side), beta: new Float32Array(side), threshold: new Float32Array(side) }));
  const payload = manifest.normalise({ layers, timesteps: 3, inputs: new Float32Array(3 * side).fill(1), samples: 3, membranes: true });
  const encoded = encode(payload).length;
  assert.ok(encoded > 7_970_000 && encoded - 7_974_400 - 3 * side * 4 < manifest.limits.payloadBytesMax - 8_000_000, `${encoded} bytes`);
  const { output } = await kernel.run(payload, context());
  assert.ok(encode(output).length < manifest.limits.outputBytesMax, 'the output is within its limit');
});

test('a malformed output from elsewhere is refused, not shown', () => {
  const broken = [
    null, {}, { spikeCounts: [1] }, { spikeCounts: new Uint32Array() }, { spikeCounts: new Uint32Array(3), samples: 2 }, { spikeCounts: new Uint32Array(), samples: 1e9 },
    { spikeCounts: new Uint32Array(2), samples: 0 }, { spikeCounts: new Uint32Array(2), samples: '2' }, { spikeCounts: new Uint32Array(2), membranes: new Float32Array(3) }, { spikeCounts: new Uint32Array(2), membranes: [1, 2] },
  ];
  for (const output of broken as Value[]) assert.throws(() => manifest.present(output), (error) => error instanceof KernelError && error.code === 'kernel-failed');
});

test('refuses with a KernelError whatever is thrown at it', () => {
  const junk = fc.oneof(fc.anything(), fc.record({ layers: fc.oneof(fc.anything(), fc.array(fc.oneof(fc.anything(), fc.record({ weights: fc.anything({ withTypedArray: true }), beta: fc.anything(), shape: fc.anything() }))), fc.constant([layer])), timesteps: fc.oneof(fc.anything(), fc.constant(2)), input: fc.anything({ withTypedArray: true }), inputs: fc.oneof(fc.anything(), fc.constant(undefined)) }));
  fc.assert(
    fc.property(junk, (payload) => {
      try {
        manifest.normalise(payload);
      } catch (error) {
        assert.ok(error instanceof KernelError, String(error));
      }
    }),
    { numRuns: 2_000 },
  );
});
