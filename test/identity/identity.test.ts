import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import nacl from 'tweetnacl';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner } from '../../src/engine/adapters/signer/signer.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { fromBase64url } from '../../src/engine/core/encoding.js';
import { permanentBoxPair, sessionBoxPair } from '../../src/engine/identity/box-pair.js';
import { createIdentity, exportIdentity, identityFrom, importIdentity } from '../../src/engine/identity/identity.js';
import { loadStoredIdentity, storeIdentity } from '../../src/engine/identity/stored.js';
import { codeOf } from '../contract/runner.js';

test('an identity is made of 32 random bytes and nothing else', () => {
  const fixed = { bytes: (length: number) => new Uint8Array(length).fill(7) };
  assert.deepEqual(createIdentity(fixed), createIdentity(fixed));
  assert.notEqual(createIdentity(systemRandom).id, createIdentity(systemRandom).id);
  assert.deepEqual(identityFrom(createIdentity(fixed).secretKey), createIdentity(fixed));
});

test('its signer signs under its id', async () => {
  const identity = createIdentity(systemRandom);
  const signer = await createSigner({ identity, random: systemRandom });
  assert.equal(signer.id, identity.id);
  assert.equal(await signer.verify(identity.id, 'body', await signer.sign('body')), true);
});

test('what is exported imports again, with white space around it or without', () => {
  const identity = createIdentity(systemRandom);
  assert.deepEqual(importIdentity(`\n ${exportIdentity(identity)} `), identity);
});

test('any one character altered in an export is noticed', () => {
  const identity = createIdentity(systemRandom);
  const text = exportIdentity(identity);
  fc.assert(
    fc.property(fc.nat(text.length - 1), fc.constantFrom('A', 'b', '0', '-', '"', ' '), (at, other) => {
      const altered = text.slice(0, at) + other + text.slice(at + 1);
      if (altered === text) return;
      assert.throws(() => importIdentity(altered), { name: 'IdentityError', code: 'bad-input' });
    }),
    { numRuns: 200 },
  );
});

test('bad imports say what is wrong, and never show the secret', () => {
  const identity = createIdentity(systemRandom);
  const fields = JSON.parse(exportIdentity(identity)) as Record<string, unknown>;
  const cases: [string, RegExp][] = [
    ['', /JSON object/],
    ['null', /JSON object/],
    ['{}', /no "edge-net-identity" field/],
    [JSON.stringify({ ...fields, 'edge-net-identity': 2 }), /version 2/],
    [JSON.stringify({ ...fields, secretKey: 'x' }), /secretKey/],
    [JSON.stringify({ ...fields, check: 'x' }), /checksum/],
    [JSON.stringify({ ...fields, id: createIdentity(systemRandom).id }), /another key/],
  ];
  for (const [text, message] of cases) {
    assert.throws(() => importIdentity(text), (error: Error) => message.test(error.message) && !error.message.includes(identity.secretKey), text);
  }
  assert.throws(() => identityFrom('short'), { code: 'bad-input' });
});

test('a stored identity is made once, and a damaged one is reported, not replaced', async () => {
  const storage = memoryStorage();
  const first = await loadStoredIdentity(storage, systemRandom);
  assert.deepEqual(await loadStoredIdentity(storage, systemRandom), first);
  const imported = createIdentity(systemRandom);
  await storeIdentity(storage, imported);
  assert.deepEqual(await loadStoredIdentity(storage, systemRandom), imported);
  await storage.write([['identity', '{"edge-net-identity":1}']]);
  assert.equal(await codeOf(loadStoredIdentity(storage, systemRandom)), 'storage-corrupt');
  assert.equal(await storage.get('identity'), '{"edge-net-identity":1}');
});

test('a session pair is fresh, a witness pair follows from its identity; both open what is sealed to them', async () => {
  const identity = createIdentity(systemRandom);
  assert.deepEqual(permanentBoxPair(identity), permanentBoxPair(identity));
  assert.notEqual(permanentBoxPair(identity).publicKey, permanentBoxPair(createIdentity(systemRandom)).publicKey);
  assert.notEqual(sessionBoxPair(systemRandom).publicKey, sessionBoxPair(systemRandom).publicKey);
  for (const boxPair of [permanentBoxPair(identity), sessionBoxPair(systemRandom)]) {
    assert.notEqual(boxPair.secretKey, identity.secretKey);
    assert.deepEqual(nacl.box.keyPair.fromSecretKey(fromBase64url(boxPair.secretKey)!).publicKey, fromBase64url(boxPair.publicKey));
    const signer = await createSigner({ identity, boxPair, random: systemRandom });
    assert.deepEqual(await signer.open(await signer.seal(Uint8Array.of(5), boxPair.publicKey)), Uint8Array.of(5));
  }
});
