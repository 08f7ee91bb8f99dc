/** Ed25519 and X25519: how many times faster WebCrypto is than tweetnacl, both measured in this run. */
import { systemRandom } from '../src/engine/adapters/clock.js';
import { BASE_POINT } from '../src/engine/adapters/signer/curve.js';
import { fastestCurves, TWEETNACL, type Curves } from '../src/engine/adapters/signer/signer.js';
import { createIdentity } from '../src/engine/identity/identity.js';
import { fromBase64url } from '../src/engine/core/encoding.js';

const MESSAGE_BYTES = 256;
const ROUND_MS = 400;
const IN_FLIGHT = 8;

type Operation = 'sign' | 'verify' | 'exchange';

export interface SignerBench {
  /** Operations a second. */
  readonly perSecond: Readonly<Record<'tweetnacl' | 'fastest', Readonly<Record<Operation, number>>>>;
  /** fastest / tweetnacl; 1 where WebCrypto lacks the curve. */
  readonly ratio: Readonly<Record<Operation, number>>;
}

export async function bench(): Promise<SignerBench> {
  const [tweetnacl, fastest] = [await measure(TWEETNACL), await measure(await fastestCurves())];
  const ratioOf = (operation: Operation): number => round(fastest[operation] / tweetnacl[operation], 1);
  return { perSecond: { tweetnacl, fastest }, ratio: { sign: ratioOf('sign'), verify: ratioOf('verify'), exchange: ratioOf('exchange') } };
}

async function measure({ signing, exchange }: Curves): Promise<Record<Operation, number>> {
  const identity = createIdentity(systemRandom);
  const [publicKey, seed] = [fromBase64url(identity.id)!, fromBase64url(identity.secretKey)!];
  const message = systemRandom.bytes(MESSAGE_BYTES);
  const [sign, agree] = [signing.signer(seed), exchange.agreement(seed)];
  const signature = await sign(message);
  const theirs = (await agree(BASE_POINT))!;
  return {
    sign: await rate(() => sign(message)),
    verify: await rate(() => signing.verify(publicKey, message, signature)),
    exchange: await rate(() => agree(theirs)),
  };
}

/** Operations a second with a few under way at once, as the engine has them. */
async function rate(operation: () => Promise<unknown>): Promise<number> {
  await operation();
  const startMs = performance.now();
  let done = 0;
  while (performance.now() - startMs < ROUND_MS) {
    await Promise.all(Array.from({ length: IN_FLIGHT }, operation));
    done += IN_FLIGHT;
  }
  return round((done * 1_000) / (performance.now() - startMs), 0);
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
