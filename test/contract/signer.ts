/** The Signer contract. `open` makes a signer of a fresh identity; all of one suite must understand each other. */
import type { Signer } from '../../src/engine/ports/signer.js';
import { utf8 } from '../../src/engine/core/encoding.js';
import { codeOf, type Runner } from './runner.js';

const BOX_OVERHEAD = 32 + 24 + 16;
const SECRETBOX_OVERHEAD = 24 + 16;
const MALFORMED = ['', 'short', '!'.repeat(43), 'A'.repeat(44)];

export function signerContract(name: string, open: () => Promise<Signer>, { test, equal }: Runner): void {
  test(`${name}: a signature proves who signed which text, and signing twice gives the same`, async () => {
    const [one, other] = [await open(), await open()];
    for (const body of ['', '{"kind":"open"}', 'Zürich 🚲', 'x'.repeat(10_000)]) {
      const signature = await one.sign(body);
      equal(await one.sign(body), signature);
      equal(await other.verify(one.id, body, signature), true);
      equal(await other.verify(one.id, `${body} `, signature), false);
      equal(await other.verify(other.id, body, signature), false);
    }
  });

  test(`${name}: every altered signature is refused, and what is malformed is no error`, async () => {
    const signer = await open();
    const signature = await signer.sign('body');
    for (let at = 0; at < signature.length; at += 7) {
      equal(await signer.verify(signer.id, 'body', replaceAt(signature, at)), false, `character ${at}`);
    }
    for (const bad of MALFORMED) {
      equal(await signer.verify(signer.id, 'body', bad), false);
      equal(await signer.verify(bad, 'body', signature), false);
    }
  });

  test(`${name}: text without UTF-8 of its own is neither signed nor verified`, async () => {
    const signer = await open();
    equal(await codeOf(signer.sign('\ud800')), 'bad-input');
    equal(await signer.verify(signer.id, '\ud800', await signer.sign('\ufffd')), false);
  });

  test(`${name}: what is sealed opens for the one recipient, byte for byte`, async () => {
    const [from, to, other] = [await open(), await open(), await open()];
    for (const plain of [new Uint8Array(0), utf8('key'), bytesUpTo(5000)]) {
      const sealed = await from.seal(plain, to.boxKey);
      equal(sealed.length, plain.length + BOX_OVERHEAD);
      equal([...(await to.open(sealed))!], [...plain]);
      equal(await other.open(sealed), undefined);
    }
  });

  test(`${name}: a pair made for one task opens with its own secret only`, async () => {
    const [from, to] = [await open(), await open()];
    const pair = await to.newBoxPair();
    const sealed = await from.seal(utf8('result'), pair.publicKey);
    equal([...(await to.open(sealed, pair.secretKey))!], [...utf8('result')]);
    equal(await to.open(sealed), undefined);
    equal(await to.open(sealed, (await to.newBoxPair()).secretKey), undefined);
    for (const bad of MALFORMED) equal(await to.open(sealed, bad), undefined);
  });

  test(`${name}: sealing and encrypting twice never gives the same bytes`, async () => {
    const signer = await open();
    const key = bytesUpTo(32);
    equal(String(await signer.seal(key, signer.boxKey)) === String(await signer.seal(key, signer.boxKey)), false);
    equal(String(await signer.encrypt(key, key)) === String(await signer.encrypt(key, key)), false);
  });

  test(`${name}: a box that was altered or cut does not open`, async () => {
    const signer = await open();
    const key = bytesUpTo(32);
    const sealed = await signer.seal(utf8('plain'), signer.boxKey);
    const cipher = await signer.encrypt(utf8('plain'), key);
    for (let at = 0; at < sealed.length; at += 5) equal(await signer.open(flipAt(sealed, at)), undefined, `sealed byte ${at}`);
    for (let at = 0; at < cipher.length; at += 5) equal(await signer.decrypt(flipAt(cipher, at), key), undefined, `cipher byte ${at}`);
    for (const length of [0, 31, 56, sealed.length - 1]) equal(await signer.open(sealed.subarray(0, length)), undefined);
    for (const length of [0, 23, 39, cipher.length - 1]) equal(await signer.decrypt(cipher.subarray(0, length), key), undefined);
  });

  test(`${name}: what is encrypted decrypts under its key, byte for byte`, async () => {
    const [one, other] = [await open(), await open()];
    const key = bytesUpTo(32);
    for (const plain of [new Uint8Array(0), bytesUpTo(1), bytesUpTo(70_000)]) {
      const cipher = await one.encrypt(plain, key);
      equal(cipher.length, plain.length + SECRETBOX_OVERHEAD);
      equal([...(await other.decrypt(cipher, key))!], [...plain]);
      equal(await other.decrypt(cipher, flipAt(key, 31)), undefined);
      equal(await other.decrypt(cipher, key.subarray(1)), undefined);
    }
  });

  test(`${name}: a key that is derived is this identity's and this purpose's alone, and always the same`, async () => {
    const [one, other] = [await open(), await open()];
    const key = await one.derive('edge-net test');
    equal(key.length, 32);
    equal(String(await one.derive('edge-net test')), String(key));
    equal(String(await one.derive('edge-net test ')) === String(key), false);
    equal(String(await other.derive('edge-net test')) === String(key), false);
    equal([...(await one.decrypt(await one.encrypt(utf8('plain'), key), key))!], [...utf8('plain')]);
  });

  test(`${name}: a key of the wrong form is bad input`, async () => {
    const signer = await open();
    for (const bad of MALFORMED) equal(await codeOf(signer.seal(utf8('x'), bad)), 'bad-input');
    equal(await codeOf(signer.encrypt(utf8('x'), new Uint8Array(31))), 'bad-input');
  });
}

function bytesUpTo(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + 7) & 255);
}

function flipAt(bytes: Uint8Array, at: number): Uint8Array {
  const copy = bytes.slice();
  copy[at]! ^= 0x40;
  return copy;
}

function replaceAt(text: string, at: number): string {
  return text.slice(0, at) + (text[at] === 'g' ? 'Q' : 'g') + text.slice(at + 1);
}
