import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { writeHeader } from '../../src/kernels/compression/container.js';
import { kernel } from '../../src/kernels/compression/kernel.js';
import { manifest } from '../../src/kernels/compression/manifest.js';
import { HEADER_BYTES } from '../../src/kernels/compression/schemes.js';
import { KernelError } from '../../src/kernels/kernel.js';
import { compress, context, unpack } from './compression-context.js';
import { random } from './vector_search-vectors.js';

const dictionary = Buffer.alloc(32_768);

/** A container around any deflated stream, as a stranger may write it. */
function contain(stream: Uint8Array, length: number): Uint8Array {
  const data = new Uint8Array(HEADER_BYTES + stream.length);
  writeHeader(data, { scheme: 'deflate', length });
  data.set(stream, HEADER_BYTES);
  return data;
}

/** Runs of few bytes, repeats from far and near, and noise. */
const lumpy = fc.array(fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.tuple(fc.constantFrom(0, 1, 97), fc.integer({ min: 1, max: 3000 })).map(([byte, length]) => new Uint8Array(length).fill(byte))), { maxLength: 12 })
  .chain((lumps) => fc.array(fc.nat(), { maxLength: 30 }).map((order) => Buffer.concat([...lumps, ...order.map((i) => lumps[i % Math.max(1, lumps.length)] ?? new Uint8Array(0))])));

test('what is deflated is inflated by zlib, and here', async () => {
  await fc.assert(fc.asyncProperty(lumpy, async (plain) => {
    const { scheme, data, ratio, maxError } = await compress({ data: new Uint8Array(plain) });
    if (scheme === 'deflate') assert.deepEqual(inflateRawSync(data.subarray(HEADER_BYTES), { dictionary }), plain);
    else assert.deepEqual(Buffer.from(data.subarray(HEADER_BYTES)), plain);
    assert.ok(data.length <= HEADER_BYTES + plain.length);
    assert.deepEqual([ratio, maxError], [plain.length / data.length, 0]);
    assert.deepEqual(Buffer.from((await unpack(data)).data), plain);
  }), { numRuns: 200 });
});

test('short inputs of few values refer to nothing but themselves and the dictionary', async () => {
  // Without the dictionary, fflate's stream is broken for one in seven of these.
  for (let seed = 1; seed <= 100; seed++) {
    const uniform = random(seed);
    const plain = new Uint8Array(600).map(() => uniform() * 2);
    const { scheme, data } = await compress({ data: plain });
    assert.equal(scheme, 'deflate');
    assert.deepEqual(new Uint8Array(inflateRawSync(data.subarray(HEADER_BYTES), { dictionary })), plain);
    assert.deepEqual((await unpack(data)).data, plain);
  }
});

test('what zlib deflates is inflated here, with its dictionary or without', async () => {
  await fc.assert(fc.asyncProperty(lumpy, fc.integer({ min: 1, max: 9 }), fc.boolean(), async (plain, level, primed) => {
    const stream = deflateRawSync(plain, primed ? { level, dictionary } : { level });
    fc.pre(stream.length < plain.length);
    assert.deepEqual(Buffer.from((await unpack(contain(stream, plain.length))).data), plain);
  }), { numRuns: 200 });
});

test('megabytes go there and back in pieces, zeros, text, bits and noise alike', async () => {
  const uniform = random(9);
  const source = readFileSync(new URL('../../package-lock.json', import.meta.url));
  const inputs = { zeros: new Uint8Array(2_000_000), text: new Uint8Array(source), bits: new Uint8Array(700_000).map(() => uniform() * 2), noise: new Uint8Array(300_000).map(() => uniform() * 256) };
  for (const [name, plain] of Object.entries(inputs)) {
    let breaths = 0;
    const { output } = await kernel.run(manifest.normalise({ op: 'compress', data: plain }), context({ breathe: async () => void breaths++ }));
    const { scheme, data, ratio } = output as unknown as { scheme: string; data: Uint8Array; ratio: number };
    assert.equal(scheme, name === 'noise' ? 'store' : 'deflate');
    assert.ok(breaths >= plain.length / 40_000, name);
    assert.ok(name === 'noise' || ratio > 3, `${name}: ${ratio}`);
    assert.deepEqual((await unpack(data)).data, plain);
  }
});

test('what does not shrink is stored, and so is what is asked to be', async () => {
  for (const payload of [{ data: new Uint8Array(0) }, { data: Uint8Array.of(1, 2, 3) }, { data: new Uint8Array(1000), scheme: 'store' }]) {
    const { scheme, data } = await compress(payload);
    assert.equal(scheme, 'store');
    assert.equal(data.length, HEADER_BYTES + payload.data.length);
    assert.deepEqual((await unpack(data)).data, payload.data);
  }
});

test('base64 stands for bytes, both ways', async () => {
  const text = 'a text that repeats, a text that repeats, a text that repeats, a text that repeats';
  const { data } = await compress({ data: Buffer.from(text).toString('base64') });
  assert.equal(Buffer.from((await unpack(Buffer.from(data).toString('base64'))).data).toString(), text);
  await assert.rejects(compress({ data: 'no base64!' }), { code: 'bad-input', message: /`data` is not valid base64/ });
});

test('a bomb is refused for what it says, or stopped at the size it claims', async () => {
  const bomb = deflateRawSync(new Uint8Array(100_000_000));
  assert.throws(() => manifest.normalise({ op: 'decompress', data: contain(bomb, 100_000_000) }), { code: 'limit-exceeded', message: /expand to 100000000 bytes of at most 8000000/ });

  let inflated = 0;
  const lying = manifest.normalise({ op: 'decompress', data: contain(bomb, 200_000) });
  const running = kernel.run(lying, context({ progress: (_, loaded) => void (inflated = loaded) }));
  await assert.rejects(running, { code: 'bad-input', message: /expands to more than its 200000 bytes/ });
  assert.equal(inflated, 0, 'it was stopped in its first piece');
});

test('streams that are cut, changed or too short are refused, and never anything else', async () => {
  const plain = new Uint8Array(readFileSync(new URL('../../package.json', import.meta.url)));
  const { data } = await compress({ data: plain });
  const stream = data.subarray(HEADER_BYTES);
  await assert.rejects(unpack(contain(stream.subarray(0, -20), plain.length)), { code: 'bad-input', message: /broken|of its/ });
  await assert.rejects(unpack(contain(stream, plain.length + 1)), { code: 'bad-input', message: /expands to \d+ of its/ });
  await assert.rejects(unpack(contain(stream, plain.length - 1)), { code: 'bad-input', message: /expands to more/ });
  await fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.nat(stream.length - 1), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 5 }), async (changes) => {
    const changed = stream.slice();
    for (const [at, by] of changes) changed[at]! ^= by;
    try {
      assert.equal((await unpack(contain(changed, plain.length))).data.length, plain.length);
    } catch (error) {
      assert.ok(error instanceof KernelError && error.code === 'bad-input', String(error));
    }
  }), { numRuns: 300 });
});

test('a run stops where it is cancelled', async () => {
  const controller = new AbortController();
  let breaths = 0;
  const breathe = async (): Promise<void> => void (++breaths === 3 && controller.abort(new Error('cancelled')));
  const payload = manifest.normalise({ op: 'compress', data: new Uint8Array(1_000_000) });
  await assert.rejects(kernel.run(payload, context({ signal: controller.signal, breathe })), /cancelled/);
  assert.equal(breaths, 3);
});
