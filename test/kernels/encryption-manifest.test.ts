import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decode, encode } from '../../src/kernels/codec.js';
import { manifest, type EncryptionPayload } from '../../src/kernels/encryption/manifest.js';
import { CHUNK_BYTES, chunksToOpen, chunksToSeal, SEALED_CHUNK_BYTES } from '../../src/kernels/encryption/stream.js';

const KEY = new Uint8Array(32).fill(7);
const IV = new Uint8Array(12).fill(9);
const bytes = (length: number): Uint8Array => new Uint8Array(length);
const base64 = (data: Uint8Array): string => Buffer.from(data).toString('base64');
const normalise = (payload: unknown): EncryptionPayload => manifest.normalise(payload) as unknown as EncryptionPayload;
const meter = (payload: unknown): { price: number; fuel: number } => manifest.meter(manifest.normalise(payload));

const payloads = fc
  .record({ data: fc.uint8Array({ maxLength: 100 }), key: fc.uint8Array({ minLength: 32, maxLength: 32 }), iv: fc.uint8Array({ minLength: 12, maxLength: 12 }), aad: fc.uint8Array({ maxLength: 10 }) })
  .map((fields) => ({ op: 'encrypt', ...fields }));

describe('encryption manifest', () => {
  it('is idempotent, survives the codec, and takes bytes as base64 for the same payload', () => {
    fc.assert(
      fc.property(payloads, ({ op, data, key, iv, aad }) => {
        const payload = manifest.normalise({ op, data, key, iv, aad });
        assert.deepEqual(manifest.normalise(payload), payload);
        assert.deepEqual(manifest.normalise(decode(encode(payload))), payload);
        assert.deepEqual(manifest.normalise({ op, data: base64(data), key: base64(key), iv: base64(iv), aad: base64(aad) }), payload);
        assert.deepEqual(manifest.normalise({ op, data: Buffer.from(data), key: Buffer.from(key), iv: Buffer.from(iv), aad: Buffer.from(aad) }), payload);
      }),
    );
  });

  it('draws an iv where there is none, another each time, and keeps one that there is', () => {
    const drawn = normalise({ op: 'encrypt', data: bytes(3), key: KEY });
    assert.equal(drawn.iv.length, 12);
    assert.deepEqual(manifest.normalise(drawn), drawn);
    assert.notDeepEqual(normalise({ op: 'encrypt', data: bytes(3), key: KEY }).iv, drawn.iv);
    assert.deepEqual(normalise({ op: 'encrypt', data: bytes(3), key: KEY, iv: IV }).iv, IV);
  });

  it('holds its own copy of what it was given', () => {
    const data = Uint8Array.of(1, 2, 3);
    const payload = normalise({ op: 'encrypt', data, key: KEY, iv: IV });
    data[0] = 99;
    assert.deepEqual(payload.data, Uint8Array.of(1, 2, 3));
  });

  it('has one form for an empty aad and none', () => {
    assert.deepEqual(normalise({ op: 'encrypt', data: '', key: KEY, iv: IV, aad: '' }), normalise({ op: 'encrypt', data: '', key: KEY, iv: IV }));
  });

  const good = { op: 'encrypt', data: bytes(20), key: KEY, iv: IV };
  const bad: readonly (readonly [string, unknown, RegExp])[] = [
    ['nothing', null, /payload/],
    ['a list', [good], /payload/],
    ['an unknown field', { ...good, mode: 'cbc' }, /`mode`/],
    ['another operation', { ...good, op: 'sign' }, /`op`/],
    ['no data', { ...good, data: undefined }, /`data`/],
    ['a list as data', { ...good, data: [1, 2] }, /`data`/],
    ['floats as data', { ...good, data: new Float32Array(3) }, /`data`/],
    ['broken base64', { ...good, data: 'no base64!' }, /`data`.*base64/],
    ['no key', { ...good, key: undefined }, /`key`/],
    ['a 128-bit key', { ...good, key: bytes(16) }, /`key` must have 32 bytes, this has 16/],
    ['a long key', { ...good, key: base64(bytes(33)) }, /`key`.*33/],
    ['an empty iv', { ...good, iv: '' }, /`iv`.*12/],
    ['a 128-bit iv', { ...good, iv: bytes(16) }, /`iv`.*12/],
    ['aad that is no bytes', { ...good, aad: 5 }, /`aad`/],
    ['decrypting without an iv', { ...good, op: 'decrypt', iv: undefined }, /`iv` is missing.*encrypting returned/],
    ['less than a tag', { ...good, op: 'decrypt', data: bytes(15) }, /15 bytes/],
    ['a chunk and half a tag', { ...good, op: 'decrypt', data: bytes(SEALED_CHUNK_BYTES + 8) }, /cut or extended/],
  ];
  for (const [what, payload, message] of bad) {
    it(`refuses ${what}`, () => assert.throws(() => manifest.normalise(payload), { code: 'bad-input', message }));
  }

  /** 122 full chunks and one of 2,640 bytes, with 123 tags. */
  const LARGEST = 7_998_032;

  it('takes what makes 8 MB with its tags, either way', () => {
    assert.equal(LARGEST + 16 * chunksToSeal(LARGEST), 8_000_000);
    const payload = normalise({ ...good, data: bytes(LARGEST) });
    assert.ok(encode(payload as never).length <= manifest.limits.payloadBytesMax);
    const sealed = manifest.normalise({ ...good, op: 'decrypt', data: bytes(8_000_000) });
    assert.ok(encode(sealed).length <= manifest.limits.payloadBytesMax);
    assert.ok(manifest.meter(sealed).fuel < 30_000_000);
  });

  const large: readonly (readonly [string, unknown])[] = [
    ['data that would be too long with its tags', { ...good, data: bytes(LARGEST + 1) }],
    ['sealed data that is too long', { ...good, op: 'decrypt', data: bytes(8_000_001) }],
    ['aad that is too long', { ...good, aad: bytes(65_537) }],
    ['data and aad that are too long together', { ...good, op: 'decrypt', data: bytes(8_000_000), aad: bytes(1) }],
  ];
  for (const [what, payload] of large) {
    it(`refuses ${what}`, () => assert.throws(() => manifest.normalise(payload), { code: 'payload-too-large' }));
  }

  it('prices 0.1 credit a megabyte, rounded up to a micro-credit', () => {
    const price = (length: number): number => meter({ ...good, data: bytes(length) }).price;
    assert.equal(price(1_000_000), 100_000);
    assert.deepEqual([0, 1, 10, 11, 999_999].map(price), [1, 1, 1, 2, 100_000]);
  });

  it('meters the sizes alone, in integers, and more for more', () => {
    const sizes = fc.record({ op: fc.constantFrom('encrypt', 'decrypt'), length: fc.integer({ min: 0, max: 300_000 }), aad: fc.integer({ min: 0, max: 65_536 }) });
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 255 }), ({ op, length, aad }, fill) => {
        fc.pre(op === 'encrypt' || chunksToOpen(length) !== undefined);
        const payload = { ...good, op, data: bytes(length), aad: bytes(aad) };
        const { price, fuel } = meter(payload);
        assert.ok(Number.isSafeInteger(price) && Number.isSafeInteger(fuel) && fuel > 0);
        assert.deepEqual(meter({ ...payload, data: bytes(length).fill(fill), key: bytes(32).fill(fill) }), { price, fuel });
        if (op === 'decrypt') return;
        const more = meter({ ...payload, data: bytes(length + 1_000) });
        assert.ok(more.price > price && more.fuel > fuel);
      }),
      { numRuns: 50 },
    );
  });

  it('tells by length alone how a sealed message is to be read', () => {
    const seal = (length: number): number => length + 16 * chunksToSeal(length);
    const lengths = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 2 * CHUNK_BYTES + 1];
    for (const length of lengths) assert.equal(chunksToOpen(seal(length)), chunksToSeal(length));
    fc.assert(fc.property(fc.nat(8_000_000), (length) => assert.equal(chunksToOpen(seal(length)), chunksToSeal(length))));
    const made = new Set(Array.from({ length: 140_000 }, (_, length) => seal(length)));
    for (let length = 0; length < 140_000; length++) assert.equal(chunksToOpen(length) !== undefined, made.has(length), `${length} bytes`);
  });

  it('presents bytes, and refuses a malformed output', () => {
    assert.deepEqual(manifest.present({ data: bytes(3), iv: IV }), { data: bytes(3), iv: IV });
    for (const output of [null, 'x', {}, { data: bytes(3) }, { data: 'x', iv: IV }, { data: bytes(3), iv: bytes(4) }]) {
      assert.throws(() => manifest.present(output), { code: 'kernel-failed' });
    }
  });
});
