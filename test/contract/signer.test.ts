import assert from 'node:assert/strict';
import { hkdfSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { fromHex } from '../../src/engine/adapters/signer/hex.js';
import { PROBE } from '../../src/engine/adapters/signer/probe.js';
import { createSigner, fastestCurves, TWEETNACL, type Curves } from '../../src/engine/adapters/signer/signer.js';
import { boxKeyOf } from '../../src/engine/adapters/signer/tweetnacl.js';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import { fakeIdentity, fakeSigner } from '../doubles/signer.js';
import { curveVectors, hexOf, type ExchangeVectors } from './curves.js';
import { loadVectors, nodeRunner } from './node-runner.js';
import { codeOf } from './runner.js';
import { signerContract } from './signer.js';

const fast = fastestCurves();

function signerOn(curves: Curves): Promise<Signer> {
  return createSigner({ identity: createIdentity(systemRandom), random: systemRandom, curves });
}

let turn = 0;
signerContract('tweetnacl', () => signerOn(TWEETNACL), nodeRunner);
signerContract('WebCrypto', async () => signerOn(await fast), nodeRunner);
signerContract('both in turn', async () => signerOn(turn++ % 2 ? TWEETNACL : await fast), nodeRunner);
signerContract('double', async () => fakeSigner({ identity: fakeIdentity(systemRandom), random: systemRandom }), nodeRunner);
curveVectors('tweetnacl', async () => TWEETNACL, loadVectors, nodeRunner);
curveVectors('WebCrypto', () => fast, loadVectors, nodeRunner);

test('derived keys are those of HKDF-SHA-256 (RFC 5869) over the identity\'s secret', async () => {
  const identity = createIdentity(systemRandom);
  const signer = await createSigner({ identity, random: systemRandom });
  for (const info of ['', 'edge-net shard v1\nA\n0', 'Zürich 🚲']) {
    const expected = hkdfSync('sha256', Buffer.from(identity.secretKey, 'base64url'), '', info, 32);
    assert.deepEqual(await signer.derive(info), new Uint8Array(expected));
  }
});

test('this Node has both fast curves, so that the suites above tested them', async () => {
  const { signing, exchange } = await fast;
  assert.notEqual(signing, TWEETNACL.signing);
  assert.notEqual(exchange, TWEETNACL.exchange);
});

test('tweetnacl and WebCrypto sign the same bytes and give one verdict on altered signatures', async () => {
  const { signing } = await fast;
  const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
  await fc.assert(
    fc.asyncProperty(bytes32, fc.uint8Array({ maxLength: 300 }), fc.nat(511), async (seed, message, bit) => {
      const signature = await signing.signer(seed)(message);
      assert.deepEqual(await TWEETNACL.signing.signer(seed)(message), signature);
      const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
      assert.equal(await TWEETNACL.signing.verify(publicKey, message, signature), true);
      assert.equal(await signing.verify(publicKey, message, signature), true);
      signature[bit >> 3]! ^= 1 << (bit & 7);
      assert.equal(await signing.verify(publicKey, message, signature), false);
      assert.equal(await TWEETNACL.signing.verify(publicKey, message, signature), false);
    }),
    { numRuns: 25 },
  );
});

test('crypto_box and crypto_secretbox as in the test programs of NaCl', async () => {
  const v = (await loadVectors('nacl-box')) as Record<'alicePrivate' | 'bobPublic' | 'smallOrderPublic' | 'nonce' | 'message' | 'boxed' | 'sharedSecret' | 'firstKey' | 'secretboxed', string>;
  const { exchange: keys } = (await loadVectors('x25519-rfc7748')) as ExchangeVectors;
  assert.equal(hexOf(boxKeyOf(fromHex(v.sharedSecret))), v.firstKey);
  for (const curves of [TWEETNACL, await fast]) {
    assert.equal(hexOf((await curves.exchange.agreement(fromHex(v.alicePrivate))(fromHex(v.bobPublic)))!), v.sharedSecret);
    const signer = await signerOn(curves);
    const opened = await signer.open(fromHex(keys.alicePublic + v.nonce + v.boxed), toBase64url(fromHex(keys.bobPrivate)));
    assert.equal(hexOf(opened!), v.message);
    assert.equal(hexOf((await signer.decrypt(fromHex(v.nonce + v.secretboxed), fromHex(v.firstKey)))!), v.message);
    assert.equal(await codeOf(signer.seal(fromHex('00'), toBase64url(fromHex(v.smallOrderPublic)))), 'bad-input');
    assert.equal(await signer.open(fromHex(v.smallOrderPublic + v.nonce + v.boxed)), undefined);
  }
});

test('what opens here opens under crypto_box_open of tweetnacl, and the other way round', async () => {
  const signer = await signerOn(await fast);
  const pair = nacl.box.keyPair();
  const sealed = await signer.seal(Uint8Array.of(1, 2, 3), toBase64url(pair.publicKey));
  const opened = nacl.box.open(sealed.subarray(56), sealed.subarray(32, 56), sealed.subarray(0, 32), pair.secretKey);
  assert.deepEqual(opened, Uint8Array.of(1, 2, 3));
});

test('signatures on which implementations disagree are refused by all', async () => {
  // [0]B = R + hA holds for every message where A and R are the identity.
  const identity = `01${'00'.repeat(31)}`;
  const forged = fromHex(identity + '00'.repeat(32));
  assert.equal(await TWEETNACL.signing.verify(fromHex(identity), PROBE.message, forged), true, 'tweetnacl alone would take it');
  // y = p + 1 spells the identity a second way.
  const respelt = `ee${'ff'.repeat(30)}7f`;
  assert.equal(await TWEETNACL.signing.verify(fromHex(respelt), PROBE.message, forged), true, 'tweetnacl alone would take it');
  for (const curves of [TWEETNACL, await fast]) {
    const signer = await signerOn(curves);
    const text = new TextDecoder().decode(PROBE.message);
    for (const key of [identity, respelt]) assert.equal(await signer.verify(toBase64url(fromHex(key)), text, toBase64url(forged)), false);
    assert.equal(await signer.verify(toBase64url(PROBE.publicKey), text, toBase64url(PROBE.cofactorOnly)), false);
  }
});

test('a malformed identity or session key is bad input', async () => {
  const identity = createIdentity(systemRandom);
  assert.equal(await codeOf(createSigner({ identity: { ...identity, secretKey: 'short' }, random: systemRandom })), 'bad-input');
  assert.equal(await codeOf(createSigner({ identity, random: systemRandom, boxPair: { publicKey: identity.id, secretKey: '' } })), 'bad-input');
});
