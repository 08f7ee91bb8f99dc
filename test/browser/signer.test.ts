import { expect } from '@open-wc/testing';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner, fastestCurves, TWEETNACL } from '../../src/engine/adapters/signer/signer.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import { clockContract, randomContract } from '../contract/clock.js';
import { curveVectors } from '../contract/curves.js';
import { signerContract } from '../contract/signer.js';
import { chaiRunner, loadVectors } from './chai-runner.js';

let turn = 0;
const fast = fastestCurves();

signerContract(
  'WebCrypto and tweetnacl in turn',
  async () => createSigner({ identity: createIdentity(systemRandom), random: systemRandom, curves: turn++ % 2 ? TWEETNACL : await fast }),
  chaiRunner,
);
curveVectors('WebCrypto', () => fast, loadVectors, chaiRunner);
clockContract('system', () => ({ clock: systemClock, until: (promise) => promise }), chaiRunner);
randomContract('system', () => systemRandom, chaiRunner);

describe('curves', () => {
  it('come from WebCrypto exactly where the browser has them', async () => {
    const has = (name: string): Promise<boolean> => crypto.subtle.generateKey(name, false, name === 'X25519' ? ['deriveBits'] : ['sign', 'verify']).then(() => true, () => false);
    const { signing, exchange } = await fast;
    expect(signing !== TWEETNACL.signing).to.equal(await has('Ed25519'));
    expect(exchange !== TWEETNACL.exchange).to.equal(await has('X25519'));
  });
});
