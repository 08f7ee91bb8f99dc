import assert from 'node:assert/strict';
import { test } from 'node:test';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { damaged, writeHeader } from '../../src/kernels/compression/container.js';
import { unpack } from '../../src/kernels/compression/deflate.js';
import { HEADER_BYTES } from '../../src/kernels/compression/schemes.js';
import { KernelError } from '../../src/kernels/kernel.js';
import { random } from './vector_search-vectors.js';

const dictionary = Buffer.alloc(32_768);
const LENGTH_MAX = 100_000;

async function inflate(stream: Uint8Array, length: number, done = async (): Promise<void> => {}): Promise<Uint8Array> {
  const header = { scheme: 'deflate', length } as const;
  const data = new Uint8Array(HEADER_BYTES + stream.length);
  writeHeader(data, header);
  data.set(stream, HEADER_BYTES);
  return unpack(data, header, done);
}

/** What another implementation makes of it: undefined where it refuses. */
function inflateElsewhere(stream: Uint8Array): Buffer | undefined {
  try {
    return inflateRawSync(stream, { dictionary, maxOutputLength: LENGTH_MAX });
  } catch {
    return undefined;
  }
}

async function assertSame(stream: Uint8Array): Promise<boolean> {
  const expected = inflateElsewhere(stream);
  if (expected) assert.deepEqual(Buffer.from(await inflate(stream, expected.length)), expected);
  else await assert.rejects(inflate(stream, LENGTH_MAX), (error) => error instanceof KernelError && error.code === 'bad-input');
  return expected !== undefined;
}

/** Bits in the order in which a stream has them: numbers lowest first, codes as they are written. */
class Bits {
  readonly #bits: number[] = [];

  number(value: number, count: number): this {
    for (let i = 0; i < count; i++) this.#bits.push((value >> i) & 1);
    return this;
  }

  code(code: string): this {
    for (const bit of code) this.#bits.push(Number(bit));
    return this;
  }

  bytes(): Uint8Array {
    const bytes = new Uint8Array(Math.ceil(this.#bits.length / 8));
    this.#bits.forEach((bit, i) => (bytes[i >> 3]! |= bit << (i & 7)));
    return bytes;
  }
}

const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** A final dynamic block of given code lengths, each written in four bits; what comes after them is the caller's. */
function dynamicBlock(literals: readonly number[], distances: readonly number[]): Bits {
  const bits = new Bits().number(1, 1).number(2, 2).number(literals.length - 257, 5).number(distances.length - 1, 5).number(15, 4);
  for (const symbol of ORDER) bits.number(symbol < 16 ? 4 : 0, 3);
  for (const length of [...literals, ...distances]) bits.code(length.toString(2).padStart(4, '0'));
  return bits;
}

const lengthsOf = (count: number, lengths: Readonly<Record<number, number>>): number[] => Array.from({ length: count }, (_, symbol) => lengths[symbol] ?? 0);

const plains = fc.tuple(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 256 }), fc.integer({ max: 3_000, min: 0 }))
  .map(([seed, values, length]) => {
    const uniform = random(seed);
    return new Uint8Array(length).map(() => uniform() * uniform() * values);
  });
const { Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE } = constants;
const streams = fc.tuple(plains, fc.integer({ min: 0, max: 9 }), fc.constantFrom(Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE), fc.boolean())
  .map(([plain, level, strategy, primed]) => deflateRawSync(plain, { level, strategy, ...(primed ? { dictionary } : {}) }));

test('every kind of block gives what zlib gives', async () => {
  await fc.assert(fc.asyncProperty(streams, async (stream) => assert.ok(await assertSame(stream))), { numRuns: 300 });
});

test('a changed or cut stream is taken or refused as by zlib', async () => {
  const change = fc.tuple(fc.nat(), fc.nat(7));
  await fc.assert(fc.asyncProperty(streams, fc.array(change, { minLength: 1, maxLength: 3 }), fc.boolean(), fc.nat(), async (stream, changes, early, cut) => {
    // The codes stand at the beginning.
    const within = early ? Math.min(80, stream.length) : stream.length;
    const changed = new Uint8Array(stream);
    for (const [at, bit] of changes) changed[at % within]! ^= 1 << bit;
    await assertSame(changed);
    await assertSame(stream.subarray(0, cut % stream.length));
  }), { numRuns: 1_500 });
});

test('codes that no encoder writes are taken or refused as by zlib', async () => {
  const A = 97;
  const cases: readonly (readonly [string, boolean, Uint8Array])[] = [
    ['two codes', true, dynamicBlock(lengthsOf(257, { [A]: 1, 256: 1 }), [0]).code('0001').bytes()],
    ['an end alone', true, dynamicBlock(lengthsOf(257, { 256: 1 }), [0]).code('0').bytes()],
    ['an end alone, and the code that is left', false, dynamicBlock(lengthsOf(257, { 256: 1 }), [0]).code('1').bytes()],
    ['an end alone of two bits', false, dynamicBlock(lengthsOf(257, { 256: 2 }), [0]).code('00').bytes()],
    ['no end', false, dynamicBlock(lengthsOf(257, { [A]: 1, 98: 1 }), [0]).code('01').bytes()],
    ['too many codes', false, dynamicBlock(lengthsOf(257, { [A]: 1, 98: 1, 256: 1 }), [0]).code('01').bytes()],
    ['codes left over', false, dynamicBlock(lengthsOf(257, { [A]: 2, 98: 2, 256: 2 }), [0]).code('0010').bytes()],
    ['all of one bit', false, dynamicBlock(new Array<number>(286).fill(1), new Array<number>(30).fill(1)).number(0, 30).bytes()],
    ['one distance', true, dynamicBlock(lengthsOf(258, { [A]: 2, 256: 2, 257: 1 }), [1]).code('10').code('00').code('11').bytes()],
    ['one distance, and the code that is left', false, dynamicBlock(lengthsOf(258, { [A]: 2, 256: 2, 257: 1 }), [1]).code('10').code('01').code('11').bytes()],
    ['no distance, and none needed', true, dynamicBlock(lengthsOf(258, { [A]: 2, 256: 2, 257: 1 }), [0]).code('10').code('11').bytes()],
    ['no distance, and one needed', false, dynamicBlock(lengthsOf(258, { [A]: 2, 256: 2, 257: 1 }), [0]).code('10').code('00').code('11').bytes()],
    ['the farthest distance', true, dynamicBlock(lengthsOf(258, { [A]: 2, 256: 2, 257: 1 }), lengthsOf(30, { 29: 1 })).code('00').number(8191, 13).code('11').bytes()],
    ['31 distances', false, dynamicBlock(lengthsOf(257, { [A]: 1, 256: 1 }), lengthsOf(31, { 0: 1 })).code('01').bytes()],
    ['287 literals', false, dynamicBlock(lengthsOf(287, { [A]: 1, 256: 1 }), [0]).code('01').bytes()],
    ['the fixed distance 30', false, new Bits().number(1, 1).number(1, 2).code('0000001').code('11110').code('0000000').bytes()],
    ['the fixed length 286', false, new Bits().number(1, 1).number(1, 2).code('11000110').code('00000').code('0000000').bytes()],
    ['the third kind of block', false, new Bits().number(1, 1).number(3, 2).bytes()],
    ['a stored block of another length', false, Uint8Array.of(1, 1, 0, 0xff, 0xff, A)],
  ];
  for (const [name, isTaken, stream] of cases) assert.equal(await assertSame(stream), isTaken, name);
});

test('a block of codes that there is no room for costs nothing but its own reading', async () => {
  // Each code of one bit would fill half of a table of 32,768, 285 times a block.
  const block = dynamicBlock([...new Array<number>(284).fill(1), 15, 15], new Array<number>(30).fill(1)).bytes();
  let pieces = 0;
  await assert.rejects(inflate(block, LENGTH_MAX, async () => void pieces++), damaged('its stream is broken (the code of literals is none)'));
  assert.equal(pieces, 0);
});

test('blocks that give nothing are work, too, and breathe', async () => {
  const empty = 200_000;
  const bits = new Bits();
  for (let i = 1; i <= empty; i++) bits.number(i === empty ? 1 : 0, 1).number(1, 2).number(0, 7);
  let pieces = 0;
  await inflate(bits.bytes(), 0, async () => void pieces++);
  assert.ok(pieces >= 10, `${pieces}`);
});

test('what follows the last block is not looked at', async () => {
  const stream = deflateRawSync(Buffer.from('a text, a text, a text'));
  assert.equal(Buffer.from(await inflate(Buffer.concat([stream, Buffer.alloc(50, 0xff)]), 22)).toString(), 'a text, a text, a text');
});
