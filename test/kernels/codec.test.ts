import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
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
  const hostile = new Uint8Array(Array.from({ length: 20 }, () => [0xdd, 0x7f, 0xff, 0xff, 0xff]).flat());
  const before = process.memoryUsage().rss;
  assert.throws(() => decode(hostile), KernelError);
  assert.ok(process.memoryUsage().rss - before < 200_000_000);
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
