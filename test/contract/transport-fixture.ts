/** A network with a real witness key, and genuine values to publish in it. */
import nacl from 'tweetnacl';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner } from '../../src/engine/adapters/signer/signer.js';
import { sha256Id, toBase64url } from '../../src/engine/core/encoding.js';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import type { RosterHeader } from '../../src/engine/core/message.js';
import { DEVELOPMENT_PARAMETERS, type DescriptorFile, type Network } from '../../src/engine/core/network.js';
import type { Certified, GrantRecord, NodeId, OpenRecord } from '../../src/engine/core/record.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import type { GraphValue } from '../../src/engine/ports/transport.js';

export interface TestNetwork {
  readonly network: Network;
  readonly file: DescriptorFile;
  readonly witness: Signer;
  /** Certified, of this epoch. */
  grant(account: NodeId, at?: number): Promise<GraphValue & { topic: 'ledger' }>;
  open(author: Signer): Promise<GraphValue & { topic: 'ledger' }>;
  header(epochsAgo?: number): Promise<GraphValue & { topic: 'roster' }>;
}

export async function newSigner(): Promise<Signer> {
  const seed = systemRandom.bytes(32);
  const { publicKey } = nacl.sign.keyPair.fromSeed(seed);
  return createSigner({ identity: { id: toBase64url(publicKey), secretKey: toBase64url(seed) }, random: systemRandom });
}

export async function newTestNetwork(): Promise<TestNetwork> {
  const [founder, witness] = await Promise.all([newSigner(), newSigner()]);
  const parameters = { ...DEVELOPMENT_PARAMETERS, openBits: 0 };
  const genesis = JSON.stringify({ kind: 'genesis', name: 'test', founder: founder.id, createdMs: Date.now(), grants: [] });
  const net = sha256Id(genesis);
  const content = { net, number: 1, witnesses: [{ node: witness.id, box: witness.boxKey }], parameters, relays: [], kernels: {} };
  const update = JSON.stringify({ kind: 'update', ...content });
  const network: Network = { ...content, name: 'test', founder: founder.id, grants: [] };
  const { epochMs } = parameters;
  const epoch = (at: number): number => Math.floor(at / epochMs);

  async function certified(record: GrantRecord | OpenRecord, author?: Signer): Promise<Certified> {
    const b = JSON.stringify(record);
    const { body, certificates: [certificate] } = certify(net, [{ id: sha256Id(b) }]);
    return { b, s: author ? await author.sign(b) : '', c: { ...certificate!, sigs: [{ by: witness.id, s: await witness.sign(body) }] } };
  }

  return {
    network,
    file: { genesis: { b: genesis, s: await founder.sign(genesis) }, update: { b: update, s: await founder.sign(update) } },
    witness,
    grant: async (account, at = Date.now()) => ({ topic: 'ledger', record: await certified({ kind: 'grant', epoch: epoch(at), net, account, amount: parameters.faucet }) }),
    open: async (author) => ({ topic: 'ledger', record: await certified({ kind: 'open', epoch: epoch(Date.now()), net, author: author.id, seq: 0, prev: '', pow: 0, site: '', share: 0 }, author) }),
    async header(epochsAgo = 0) {
      const at = Date.now() - epochsAgo * epochMs;
      const header: RosterHeader = {
        kind: 'roster', net, witness: witness.id, session: 'session', epoch: epoch(at), at, roster: sha256Id('nobody'), size: 0,
        secretHash: sha256Id('secret'), revealed: null, ledger: { count: 0, hash: sha256Id('nothing') },
      };
      const b = JSON.stringify(header);
      return { topic: 'roster', signed: { b, s: await witness.sign(b) } };
    },
  };
}
