import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Decoder } from '@msgpack/msgpack';
import fc from 'fast-check';
import { scan } from '../../src/kernels/codec-scan.js';
import { decode, encode } from '../../src/kernels/codec.js';
import { KernelError, type Value } from '../../src/kernels/kernel.js';

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null), fc.boolean(), fc.integer(), fc.double({ noNaN: true }), fc.string({ unit: 'grapheme' }),
    fc.uint8Array(), fc.int8Array(), fc.uint16Array(), fc.uint32Array(), fc.float32Array({ noNaN: true }), fc.float64Array({ noNaN: true }),
    fc.array(tie('value'), { maxLength: 4 }), fc.dictionary(fc.string().filter((key) => key !== '__proto__'), tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('what is encoded comes back, typed arrays as what they were', () => {
  fc.assert(fc.property(value, (original) => assert.deepEqual(decode(encode(original)), original)));
});

test('one value has one encoding, whatever order its fields were written in', () => {
  fc.assert(fc.property(fc.dictionary(fc.string().filter((key) => key !== '__proto__'), fc.integer(), { noNullPrototype: true }), (fields) => {
    const turned = Object.fromEntries(Object.entries(fields).reverse());
    assert.deepEqual(encode(turned), encode(fields));
  }));
});

test('a header that claims more than there is makes no room for it', () => {
  for (const claim of [[0x7f, 0xff, 0xff, 0xff], [0, 0, 0x4e, 0x1b], [0, 0, 0, 0xff]]) {
    const hostile = new Uint8Array(Array.from({ length: 4_000 }, () => [0xdd, ...claim]).flat());
    const before = process.memoryUsage().rss;
    assert.throws(() => decode(hostile), { name: 'KernelError', code: 'bad-input', message: /nested deeper than 32|more is claimed than there are bytes/ });
    assert.ok(process.memoryUsage().rss - before < 100_000_000);
  }
});

test('claims are held against what the containers around still lack', () => {
  // 3 of 4 bytes are owed to the outer array when the inner one claims 2.
  assert.throws(() => decode(Uint8Array.of(0x94, 0x92, 1, 1, 1)), { code: 'bad-input', message: /more is claimed/ });
  assert.throws(() => decode(Uint8Array.of(0x82, 0xa1, 97, 0x81)), { code: 'bad-input', message: /more is claimed/ });
  assert.deepEqual(decode(Uint8Array.of(0x94, 0x92, 1, 1, 1, 1, 1)), [[1, 1], 1, 1, 1]);
});

test('depth ends for both at the same number', () => {
  const nested = (depth: number): Value => (depth === 1 ? [] : [nested(depth - 1)]);
  const bytes = (depth: number): Uint8Array => new Uint8Array(depth).fill(0x91).fill(0x90, depth - 1);
  assert.deepEqual(encode(nested(32)), bytes(32));
  assert.deepEqual(decode(bytes(32)), nested(32));
  assert.throws(() => encode(nested(33)), { code: 'bad-input' });
  assert.throws(() => decode(bytes(33)), { code: 'bad-input', message: /nested deeper than 32/ });
});

test('what the decoder can read is never refused before it, in any format', () => {
  const head = fc.oneof(fc.integer({ min: 0x80, max: 0x93 }), fc.integer({ min: 0xa0, max: 0xa3 }), fc.integer({ min: 0xc0, max: 0xe0 }), fc.integer({ min: 0, max: 9 }));
  const every = Array.from({ length: 32 }, (_, i) => new Uint8Array([0xc0 + i, ...new Array<number>(20).fill(0)]));
  const refuses = (read: () => unknown): boolean => {
    try {
      read();
      return false;
    } catch {
      return true;
    }
  };
  const agree = (bytes: Uint8Array): void => assert.ok(!refuses(() => scan(bytes)) || refuses(() => new Decoder().decode(bytes)), bytes.join(' '));
  for (const bytes of every) for (let length = 1; length <= bytes.length; length++) agree(bytes.subarray(0, length));
  fc.assert(fc.property(fc.array(head, { maxLength: 12 }), (bytes) => agree(Uint8Array.from(bytes))), { numRuns: 5_000 });
});

test('bytes that are no encoding are refused as bad input', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => {
    try {
      decode(bytes);
    } catch (error) {
      assert.ok(error instanceof KernelError);
      assert.equal(error.code, 'bad-input');
    }
  }));
});

test('a view into a larger buffer decodes like bytes of its own', () => {
  const original = { data: Float32Array.of(1, 2, 3) };
  const bytes = encode(original);
  const pool = Buffer.alloc(bytes.length + 3);
  pool.set(bytes, 3);
  assert.deepEqual(decode(pool.subarray(3)), original);
});
