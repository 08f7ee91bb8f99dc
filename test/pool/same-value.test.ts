import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSameValue } from '../../src/engine/adapters/pool/same-value.js';
import { decode, encode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';

const value: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, '', 'a', [], {}), fc.boolean(), fc.integer({ min: -2, max: 2 }), fc.double(),
    fc.uint8Array({ maxLength: 9 }), fc.int8Array({ maxLength: 9 }), fc.uint16Array({ maxLength: 5 }), fc.uint32Array({ maxLength: 3 }), fc.float32Array({ maxLength: 3 }), fc.float64Array({ maxLength: 3 }),
    fc.array(tie('value'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.option(tie('value'), { nil: undefined }), { maxKeys: 3 }),
  ),
})).value as fc.Arbitrary<Value>;

/** As it comes out of a payload: no field is undefined, no zero has a sign, and arrays of bytes begin anywhere. */
const received = value.map((each) => decode(encode(each)));

test('two values are the same exactly where their encodings are', () => {
  fc.assert(
    fc.property(received, received, (one, other) => {
      assert.equal(isSameValue(one, other), Buffer.compare(encode(one), encode(other)) === 0);
    }),
    { numRuns: 2_000 },
  );
});

test('a value is the same as a copy of it, wherever in memory that lies', () => {
  fc.assert(
    fc.property(received, fc.nat({ max: 7 }), (original, offset) => {
      const bytes = encode(original);
      const elsewhere = new Uint8Array(bytes.length + offset);
      elsewhere.set(bytes, offset);
      assert.ok(isSameValue(original, decode(elsewhere.subarray(offset))));
    }),
  );
});

test('one byte makes a difference, also the last of an odd number and of bytes that begin at no word', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 40 }), fc.nat(), fc.nat({ max: 3 }), (bytes, place, offset) => {
      const moved = new Uint8Array(bytes.length + offset);
      moved.set(bytes, offset);
      const copy = moved.subarray(offset);
      assert.ok(isSameValue({ bytes }, { bytes: copy }));
      copy[place % copy.length]! ^= 1;
      assert.ok(!isSameValue({ bytes }, { bytes: copy }));
    }),
  );
});

test('a field that is undefined counts for none', () => {
  assert.ok(isSameValue({ a: 1, b: undefined }, { a: 1 }));
  assert.ok(isSameValue({ a: 1 }, { a: 1, b: undefined }));
  assert.ok(!isSameValue({ a: 1, b: undefined }, { a: 1, b: null }));
  assert.ok(!isSameValue({ constructor: 1 }, {}));
  assert.ok(!isSameValue({ a: 1 }, { toString: 1 }));
});
