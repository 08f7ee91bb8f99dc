import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { getFloat16, setFloat16 } from '@petamoriken/float16';
import { floatsOfHalves, halfOfBits } from '../../src/kernels/compression/half.js';
import { referenceFloat, referenceHalf } from '../../src/kernels/compression/reference.js';

const cell = new DataView(new ArrayBuffer(4));

function halfOf(value: number): number {
  cell.setFloat32(0, value);
  return halfOfBits(cell.getUint32(0));
}

function otherHalfOf(value: number): number {
  setFloat16(cell, 0, value);
  return cell.getUint16(0);
}

function otherFloatOf(half: number): number {
  cell.setUint16(0, half);
  return getFloat16(cell, 0);
}

/** The float32 next above a positive one. */
function above(value: number, by: number): number {
  cell.setFloat32(0, value);
  cell.setUint32(0, cell.getUint32(0) + by);
  return cell.getFloat32(0);
}

test('all 65,536 halves become the floats of another implementation, and halves again', () => {
  const floats = floatsOfHalves();
  for (let half = 0; half < 0x1_0000; half++) {
    const float = floats[half]!;
    assert.ok(Object.is(float, otherFloatOf(half)) && Object.is(float, referenceFloat(half)), `half ${half}: ${float}`);
    if (!Number.isNaN(float)) assert.equal(halfOf(float), half);
  }
  assert.equal(halfOf(Number.NaN) & 0x7fff, 0x7e00);
});

test('every half, the middle to the next one and the floats about both round as elsewhere', () => {
  const floats = floatsOfHalves();
  for (let half = 0; half < 0x7c00; half++) {
    const middle = half === 0x7bff ? 65_520 : (floats[half]! + floats[half + 1]!) / 2;
    for (const value of [floats[half]!, above(floats[half]!, 1), above(middle, -1), middle, above(middle, 1)]) {
      const expected = otherHalfOf(value);
      assert.equal(halfOf(value), expected, `${value}`);
      assert.equal(halfOf(-value), expected | 0x8000);
      assert.equal(referenceHalf(value), expected);
    }
  }
});

test('any float rounds as elsewhere', () => {
  fc.assert(fc.property(fc.float({ noNaN: true }), (value) => {
    assert.equal(halfOf(value), otherHalfOf(value));
    assert.equal(halfOf(value), referenceHalf(value));
  }), { numRuns: 5_000 });
  fc.assert(fc.property(fc.float({ min: Math.fround(2e-8), max: 70_000, noNaN: true }), (value) => {
    assert.equal(halfOf(value), otherHalfOf(value));
  }), { numRuns: 5_000 });
});

test('ties go to the even half, and from 65,520 on to infinity', () => {
  const cases: readonly (readonly [number, number])[] = [
    [1 + 2 ** -11, 1], [1 + 3 * 2 ** -11, 1 + 2 ** -9], [2 ** -25, 0], [3 * 2 ** -25, 2 ** -23], [65_519.996, 65_504], [65_520, Infinity], [1e-30, 0], [-1e-30, -0], [3e38, Infinity],
  ];
  for (const [value, expected] of cases) assert.ok(Object.is(floatsOfHalves()[halfOf(Math.fround(value))], expected), `${value}`);
});
