import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { kernel } from '../../src/kernels/compression/kernel.js';
import { manifest } from '../../src/kernels/compression/manifest.js';
import { VECTOR_SCHEMES } from '../../src/kernels/compression/schemes.js';
import { KernelError, type Value } from '../../src/kernels/kernel.js';
import { compress, context, encodedOutput, restore, run } from './compression-context.js';
import { FIXED } from './compression-fixed.js';

const small = { op: 'compress', vectors: [[1, 0.5], [-2, 0.25], [3, 0]] };
const base64 = (floats: readonly number[]): string => Buffer.from(Float32Array.from(floats).buffer).toString('base64');

describe('a compression payload', () => {
  it('has one canonical form', () => {
    const flat = [1, 0.5, -2, 0.25, 3, 0];
    const canonical = encode(manifest.normalise(small));
    const forms: unknown[] = [
      { ...small, scheme: 'int8' },
      { ...small, dims: 2 },
      { ...small, vectors: [Float32Array.of(1, 0.5), [-2, 0.25], Float64Array.of(3, 0)] },
      { ...small, vectors: Float32Array.from(flat), dims: 2 },
      { ...small, vectors: Float64Array.from(flat), dims: 2 },
      { ...small, vectors: base64(flat), dims: 2 },
      manifest.normalise(small),
      decode(canonical),
    ];
    for (const form of forms) assert.deepEqual(encode(manifest.normalise(form)), canonical);
  });

  it('stays what it is when it is normalised again, whatever is asked', () => {
    const asked = [{}, { scheme: 'pq' }, { scheme: 'pq', subspaces: 2 }, { maxError: -0 }, { maxError: 0.1, subspaces: 1 }, { minRatio: 0.1 }];
    for (const criterion of asked) {
      const payload = manifest.normalise({ ...small, ...criterion });
      assert.deepEqual(encode(manifest.normalise(decode(encode(payload)))), encode(payload));
    }
  });

  it('rounds numbers to 32 bits', async () => {
    const { data } = await compress({ vectors: [[0.1, 1 / 3]], scheme: 'none' });
    assert.deepEqual((await restore(data)).vectors, [[Math.fround(0.1), Math.fround(1 / 3)]]);
  });

  const refused: readonly (readonly [string, unknown, RegExp])[] = [
    ['no object', null, /must be an object/],
    ['an array', [], /must be an object/],
    ['an unknown field', { ...small, quality: 3 }, /`quality` is not a field/],
    ['no op', { vectors: [[1]] }, /`op` must be one of compress, decompress/],
    ['another op', { ...small, op: 'shrink' }, /`op` must be one of/],
    ['nothing to compress', { op: 'compress' }, /either `vectors` or `data`/],
    ['two things to compress', { ...small, data: new Uint8Array(3) }, /either `vectors` or `data`/],
    ['no vectors', { ...small, vectors: [] }, /`vectors` must be a non-empty/],
    ['vectors of no dimensions', { ...small, vectors: [[]] }, /non-empty arrays/],
    ['a flat array', { ...small, vectors: [1, 2] }, /array of non-empty arrays/],
    ['unequal dimensions', { ...small, vectors: [[1, 2], [3]] }, /`vectors\[1\]` must be an array of 2/],
    ['NaN', { ...small, vectors: [[1], [Number.NaN]] }, /`vectors\[1\]\[0\]` must be a finite number/],
    ['NaN in a typed array', { ...small, vectors: Float32Array.of(1, Number.NaN), dims: 1 }, /`vectors\[1\]`/],
    ['infinity', { ...small, vectors: [[Infinity]] }, /`vectors\[0\]\[0\]`/],
    ['a number beyond a float', { ...small, vectors: [[1e39]] }, /`vectors\[0\]\[0\]`/],
    ['a number in quotes', { ...small, vectors: [['1']] }, /`vectors\[0\]\[0\]`/],
    ['a typed array without dims', { ...small, vectors: new Float32Array(4) }, /`dims` is missing/],
    ['a typed array of broken rows', { ...small, vectors: new Float32Array(4), dims: 3 }, /no multiple of 3/],
    ['dims of zero', { ...small, dims: 0 }, /`dims` must be an integer/],
    ['dims that contradict the rows', { ...small, dims: 3 }, /`vectors\[0\]` must be an array of 3/],
    ['base64 of broken floats', { ...small, vectors: 'AAAA', dims: 1 }, /no multiple of 4/],
    ['two criteria', { ...small, maxError: 1, minRatio: 1 }, /one of `scheme`, `maxError` and `minRatio`/],
    ['a negative error', { ...small, maxError: -1 }, /`maxError` must be a finite number/],
    ['an endless error', { ...small, maxError: Infinity }, /`maxError` must be/],
    ['a ratio of text', { ...small, minRatio: '4' }, /`minRatio` must be/],
    ['a ratio out of reach', { ...small, minRatio: 1000 }, /`minRatio` 1000 is out of reach/],
    ['an unknown scheme', { ...small, scheme: 'constructor' }, /`scheme` must be one of none, f16/],
    ['a scheme for bytes', { ...small, scheme: 'deflate' }, /`scheme` must be one of none, f16/],
    ['no subspaces', { ...small, scheme: 'pq', subspaces: 0 }, /`subspaces` must be an integer from 1 to 2/],
    ['more subspaces than dims', { ...small, scheme: 'pq', subspaces: 3 }, /`subspaces` must be an integer from 1 to 2/],
    ['subspaces elsewhere', { ...small, scheme: 'f16', subspaces: 1 }, /`subspaces` goes with/],
    ['f16 of numbers it cannot hold', { ...small, vectors: [[65_520]], scheme: 'f16' }, /overflow f16/],
    ['bytes of numbers', { op: 'compress', data: [1, 2] }, /`data` must be bytes/],
    ['a criterion for bytes', { op: 'compress', data: new Uint8Array(2), maxError: 0 }, /`maxError` goes with `vectors`/],
    ['a scheme of vectors for bytes', { op: 'compress', data: new Uint8Array(2), scheme: 'int8' }, /`scheme` must be one of store, deflate/],
    ['vectors to decompress', { op: 'decompress', vectors: [[1]] }, /`vectors` goes with/],
    ['a criterion to decompress by', { op: 'decompress', data: new Uint8Array(24), scheme: 'f16' }, /`scheme` goes with/],
    ['nothing but noise to decompress', { op: 'decompress', data: new Uint8Array(24) }, /signature is missing/],
    ['a few bytes to decompress', { op: 'decompress', data: new Uint8Array(3) }, /ends within its header/],
  ];
  for (const [what, payload, message] of refused) {
    it(`is refused with ${what}`, () => assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'bad-input' && message.test(error.message)));
  }

  it('is refused when it is too large, before anything runs', () => {
    const tooLarge = (payload: unknown, message: RegExp): void => assert.throws(() => manifest.normalise(payload), (error) => error instanceof KernelError && error.code === 'payload-too-large' && message.test(error.message));
    tooLarge({ op: 'compress', data: new Uint8Array(8_000_001) }, /more than 8000000/);
    tooLarge({ op: 'compress', data: 'A'.repeat(11_000_000) }, /more than 8000000/);
    tooLarge({ op: 'compress', vectors: new Float32Array(2_000_001), dims: 1 }, /2000001 numbers/);
    tooLarge({ op: 'compress', vectors: Array.from({ length: 2001 }, () => new Float32Array(1000)) }, /2001000 numbers/);
    tooLarge({ op: 'compress', vectors: new Float32Array(2_000_000), dims: 1, scheme: 'int8' }, /10000024 bytes in int8/);
  });
});

describe('price and fuel', () => {
  const meter = (payload: unknown): { price: number; fuel: number } => manifest.meter(manifest.normalise(payload));

  it('are 0.2 credit a megabyte of input, rounded up, and known before the run', async () => {
    assert.equal(meter({ op: 'compress', data: new Uint8Array(1_000_000) }).price, 200_000);
    assert.equal(meter({ op: 'compress', data: new Uint8Array(0) }).price, 1);
    assert.equal(meter({ op: 'compress', data: new Uint8Array(6) }).price, 2);
    assert.equal(meter({ op: 'compress', vectors: new Float32Array(250_000), dims: 100 }).price, 200_000);
    for (const { payload } of Object.values(FIXED)) {
      const { fuel } = await kernel.run(manifest.normalise(payload), context());
      const chooses = 'maxError' in payload || 'minRatio' in payload;
      assert.ok(chooses ? fuel < meter(payload).fuel : fuel === meter(payload).fuel);
      assert.ok(Number.isSafeInteger(fuel) && fuel > 0);
    }
  });

  it('stay within what a run may take, at the largest there is', () => {
    for (const dims of [1, 16, 384, 977, 4096]) {
      const rows = Math.floor(2_000_000 / dims);
      const { fuel } = meter({ op: 'compress', vectors: new Float32Array(rows * dims), dims, maxError: 0.1 });
      assert.ok(fuel < 30_000_000, `${dims}: ${fuel}`);
    }
  });

  it('fit payload and output of the largest input into the limits', async () => {
    const vectors = new Float32Array(2_000_000).fill(0.25);
    const payload = manifest.normalise({ op: 'compress', vectors, dims: 1000, scheme: 'none' });
    assert.ok(encode(payload).length <= manifest.limits.payloadBytesMax);
    const { output } = await kernel.run(payload, context());
    assert.ok(encode(output).length <= manifest.limits.outputBytesMax);
    const back = manifest.normalise({ op: 'decompress', data: (output as unknown as { data: Uint8Array }).data });
    assert.ok(encode(back).length <= manifest.limits.payloadBytesMax);
    assert.ok(encode((await kernel.run(back, context())).output).length <= manifest.limits.outputBytesMax);
  });
});

describe('the output', () => {
  for (const [name, { payload, sha256 }] of Object.entries(FIXED)) {
    it(`of ${name} is the recorded bytes, twice`, async () => {
      for (let time = 0; time < 2; time++) assert.equal(createHash('sha256').update(await encodedOutput(payload)).digest('hex'), sha256);
    });
  }

  it('is the same of a payload that has crossed the wire', async () => {
    const direct = await encodedOutput({ ...small, maxError: 0.1 });
    const { output } = await kernel.run(decode(encode(manifest.normalise({ ...small, maxError: 0.1 }))), context());
    assert.deepEqual(encode(output), direct);
  });

  it('reads back with its scheme, dimensions, ratio and error', async () => {
    for (const scheme of VECTOR_SCHEMES) {
      const { data, ...said } = await compress({ vectors: small.vectors, scheme });
      const { vectors, dims, ...read } = await restore(data);
      assert.deepEqual(read, said);
      assert.deepEqual([vectors.length, dims], [3, 2]);
    }
  });

  it('reads back from any place in a buffer', async () => {
    const { data } = await compress({ vectors: small.vectors, scheme: 'int8' });
    const pool = Buffer.alloc(data.length + 3);
    pool.set(data, 3);
    assert.deepEqual(await restore(pool.subarray(3)), await restore(data));
  });

  it('is refused when it is malformed, not shown', () => {
    const malformed: Value[] = [null, {}, { scheme: 'f16' }, { scheme: 'zip', data: new Uint8Array(1), ratio: 1, maxError: 0 }, { scheme: 'f16', ratio: 1, maxError: 0, vectors: new Float32Array(3), dims: 2 }, { scheme: 'f16', ratio: 1, maxError: 0, vectors: [1], dims: 1 }];
    for (const output of malformed) assert.throws(() => manifest.present(output), (error) => error instanceof KernelError && error.code === 'kernel-failed');
  });
});

describe('what comes from strangers to be decompressed', () => {
  const patched = (data: Uint8Array, patch: (view: DataView) => void): Uint8Array => {
    const copy = data.slice();
    patch(new DataView(copy.buffer));
    return copy;
  };

  it('must agree with its own header', async () => {
    const { data } = await compress({ vectors: [[1, 2, 3], [4, 5, 6]], scheme: 'pq', subspaces: 2 });
    const bad: readonly (readonly [RegExp, (view: DataView) => void])[] = [
      [/version 2/, (view) => view.setUint8(4, 2)],
      [/no scheme 9/, (view) => view.setUint8(5, 9)],
      [/no scheme 99/, (view) => view.setUint8(5, 99)],
      [/subspaces are out of range/, (view) => view.setUint16(6, 0, true)],
      [/subspaces are out of range/, (view) => view.setUint16(6, 4, true)],
      [/has 52 bytes for 2 x 3/, (view) => view.setUint16(6, 3, true)],
      [/holds no numbers/, (view) => view.setUint32(8, 0, true)],
      [/has 52 bytes for 3 x 3/, (view) => view.setUint32(12, 3, true)],
      [/error is no finite number/, (view) => view.setFloat64(16, Number.NaN, true)],
      [/error is no finite number/, (view) => view.setFloat64(16, -1, true)],
    ];
    assert.equal(data.length, 52);
    for (const [message, patch] of bad) assert.throws(() => manifest.normalise({ op: 'decompress', data: patched(data, patch) }), { code: 'bad-input', message });
    const huge = patched(data, (view) => view.setUint32(12, 0xffff_ffff, true));
    assert.throws(() => manifest.normalise({ op: 'decompress', data: huge }), { code: 'limit-exceeded' });
  });

  it('must not name a centroid that is not there, nor hold what is no finite number', async () => {
    const product = await compress({ vectors: [[1, 2, 3], [4, 5, 6]], scheme: 'pq', subspaces: 2 });
    await assert.rejects(restore(patched(product.data, (view) => view.setUint8(51, 2))), { code: 'bad-input', message: /centroid that is not there/ });
    for (const [scheme, patch] of [
      ['none', (view: DataView) => view.setFloat32(24, Number.NaN, true)],
      ['f16', (view: DataView) => view.setUint16(24, 0x7c00, true)],
      ['int8', (view: DataView) => view.setFloat32(24, 3e38, true)],
      ['int4', (view: DataView) => view.setFloat32(24, Infinity, true)],
      ['binary', (view: DataView) => view.setFloat32(24, Number.NaN, true)],
    ] as const) {
      const { data } = await compress({ vectors: [[5, 6], [7, 8]], scheme });
      await assert.rejects(restore(patched(data, patch)), { code: 'bad-input', message: /not finite/ });
    }
  });

  it('gives numbers or an error with a code, whatever it is', async () => {
    const containers = await Promise.all(VECTOR_SCHEMES.map(async (scheme) => (await compress({ vectors: [[1, 2, 3], [4, 5, 6], [0, -1, 2]], scheme })).data));
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...containers), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), fc.nat(3), async (data, changes, cut) => {
        const changed = data.slice(0, data.length - cut);
        for (const [at, byte] of changes) changed[at % changed.length] = byte;
        try {
          const { vectors } = (await run({ op: 'decompress', data: changed })) as { vectors?: Float32Array };
          assert.ok(vectors === undefined || vectors.every(Number.isFinite));
        } catch (error) {
          assert.ok(error instanceof KernelError && ['bad-input', 'limit-exceeded'].includes(error.code), String(error));
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
