import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromBase64url, hmac, isId, isSignature, isWellFormed, leadingZeroBits, sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';

test('base64url is Node\'s, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = toBase64url(bytes);
      assert.equal(text, Buffer.from(bytes).toString('base64url'));
      assert.deepEqual(fromBase64url(text), bytes);
    }),
  );
});

test('decoding accepts only what encoding writes', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), (text) => {
      const bytes = fromBase64url(text);
      if (bytes) assert.equal(toBase64url(bytes), text);
    }),
  );
  for (const text of ['A', 'AB', 'AAB', 'AA==', 'A+AA', 'A/AA', 'AA A', 'AAAé', 'AAA\u{1F600}']) assert.equal(fromBase64url(text), undefined, text);
});

test('ids and signatures have one spelling', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'), (bytes, last) => {
      const id = toBase64url(bytes);
      assert.ok(isId(id));
      const respelt = id.slice(0, 42) + last;
      assert.equal(isId(respelt), fromBase64url(respelt) !== undefined);
    }),
  );
  assert.ok(isSignature(toBase64url(new Uint8Array(64).fill(255))));
  for (const value of [undefined, null, 1, '', 'A'.repeat(42), 'A'.repeat(44), `${'A'.repeat(42)}B`, `${'A'.repeat(43)}\n`]) assert.ok(!isId(value));
  for (const value of [`${'A'.repeat(85)}B`, 'A'.repeat(85), null]) assert.ok(!isSignature(value));
});

test('hashes are those of FIPS 180-4 and RFC 4231', () => {
  assert.equal(Buffer.from(sha256Id('abc'), 'base64url').toString('hex'), 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  assert.equal(sha256Id(utf8('abc')), sha256Id('abc'));
  assert.equal(
    Buffer.from(hmac(utf8('Jefe'), 'what do ya want for nothing?')).toString('hex'),
    '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  );
});

test('leading zero bits are counted from the first byte', () => {
  const counts: readonly (readonly [number[], number])[] = [[[], 0], [[255], 0], [[1], 7], [[0, 128], 8], [[0, 0, 1], 23], [[0, 0], 16]];
  for (const [bytes, bits] of counts) assert.equal(leadingZeroBits(Uint8Array.from(bytes)), bits);
});

test('lone surrogates are no proper text, pairs are', () => {
  assert.ok(isWellFormed('plain \u{1F600}'));
  assert.ok(!isWellFormed('a\ud800'));
  assert.ok(!isWellFormed('\udc00a'));
});
