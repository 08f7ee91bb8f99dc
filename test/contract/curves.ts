/** Vectors from outside that every implementation of the curves must reproduce; sources in the files themselves. */
import type { Curves } from '../../src/engine/adapters/signer/signer.js';
import { BASE_POINT } from '../../src/engine/adapters/signer/curve.js';
import { fromHex } from '../../src/engine/adapters/signer/hex.js';
import { isStrict } from '../../src/engine/adapters/signer/strict.js';
import type { Runner } from './runner.js';

export type LoadVectors = (name: string) => Promise<unknown>;

interface SigningVectors {
  readonly tests: readonly { readonly seed: string; readonly publicKey: string; readonly message: string; readonly signature: string }[];
}
interface WycheproofSigning {
  readonly tests: readonly (readonly [id: number, comment: string, publicKey: string, message: string, signature: string, valid: boolean])[];
}
export interface ExchangeVectors {
  readonly tests: readonly { readonly privateKey: string; readonly publicKey: string; readonly shared: string }[];
  readonly iterated: { readonly times: number; readonly result: string };
  readonly exchange: Readonly<Record<'alicePrivate' | 'alicePublic' | 'bobPrivate' | 'bobPublic' | 'shared', string>>;
}
interface WycheproofExchange {
  readonly tests: readonly (readonly [id: number, comment: string, publicKey: string, privateKey: string, shared: string])[];
}

export function curveVectors(name: string, curves: () => Promise<Curves>, load: LoadVectors, { test, equal }: Runner): void {
  const agree = async (secretKey: string, publicKey: string): Promise<string> => {
    const { exchange } = await curves();
    return hexOf((await exchange.agreement(fromHex(secretKey))(fromHex(publicKey))) ?? new Uint8Array(32));
  };

  test(`${name}: Ed25519 as in RFC 8032 section 7.1`, async () => {
    const { signing } = await curves();
    const { tests } = (await load('ed25519-rfc8032')) as SigningVectors;
    equal(tests.length, 5);
    for (const { seed, publicKey, message, signature } of tests) {
      equal(hexOf(await signing.signer(fromHex(seed))(fromHex(message))), signature);
      equal(isStrict(fromHex(publicKey), fromHex(signature)), true);
      equal(await signing.verify(fromHex(publicKey), fromHex(message), fromHex(signature)), true);
    }
  });

  test(`${name}: Ed25519 verdicts of Project Wycheproof`, async () => {
    const { signing } = await curves();
    const { tests } = (await load('ed25519-wycheproof')) as WycheproofSigning;
    equal(tests.length, 145);
    for (const [id, comment, publicKey, message, signature, valid] of tests) {
      const [key, bytes] = [fromHex(publicKey), fromHex(signature)];
      const verdict = isStrict(key, bytes) && (await signing.verify(key, fromHex(message), bytes));
      equal(verdict, valid, `case ${id} ${comment}`);
    }
  });

  test(`${name}: X25519 as in RFC 7748 sections 5.2 and 6.1`, async () => {
    const { tests, iterated, exchange } = (await load('x25519-rfc7748')) as ExchangeVectors;
    for (const { privateKey, publicKey, shared } of tests) equal(await agree(privateKey, publicKey), shared);
    let [k, u] = [hexOf(BASE_POINT), hexOf(BASE_POINT)];
    for (let time = 0; time < iterated.times; time++) [k, u] = [await agree(k, u), k];
    equal(k, iterated.result);
    equal(await agree(exchange.alicePrivate, hexOf(BASE_POINT)), exchange.alicePublic);
    equal(await agree(exchange.bobPrivate, hexOf(BASE_POINT)), exchange.bobPublic);
    equal(await agree(exchange.alicePrivate, exchange.bobPublic), exchange.shared);
    equal(await agree(exchange.bobPrivate, exchange.alicePublic), exchange.shared);
  });

  test(`${name}: X25519 results of Project Wycheproof, none where the shared point is zero`, async () => {
    const { exchange } = await curves();
    const { tests } = (await load('x25519-wycheproof')) as WycheproofExchange;
    equal(tests.length, 196);
    for (const [id, comment, publicKey, privateKey, shared] of tests) {
      const result = await exchange.agreement(fromHex(privateKey))(fromHex(publicKey));
      equal(result && hexOf(result), /^0+$/.test(shared) ? undefined : shared, `case ${id} ${comment}`);
    }
  });
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
