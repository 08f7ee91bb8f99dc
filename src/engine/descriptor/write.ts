/** The founder's side of a network descriptor: making a network and changing what may change. */
import { sha256Id } from '../core/encoding.js';
import type { DescriptorFile, Genesis, NetworkUpdate } from '../core/network.js';
import type { Signed } from '../core/record.js';
import type { Signer } from '../ports/signer.js';
import { invalid } from './error.js';
import { readDescriptor, readGenesis, readUpdate } from './read.js';

/** What an update may change. */
export type Changeable = Pick<NetworkUpdate, 'witnesses' | 'parameters' | 'relays' | 'kernels'>;

export interface NewNetwork extends Changeable {
  readonly founder: Signer;
  readonly name: string;
  readonly createdMs: number;
  readonly grants: Genesis['grants'];
}

/** @throws DescriptorError that names the field which is out of bounds */
export async function createNetwork({ founder, name, createdMs, grants, ...changeable }: NewNetwork): Promise<DescriptorFile> {
  const genesis = await sign(founder, { kind: 'genesis', name, founder: founder.id, createdMs, grants } satisfies Genesis, readGenesis);
  return { genesis, update: await signUpdate(founder, sha256Id(genesis.b), 1, changeable) };
}

/** The next numbered update; what is not named stays as it is. @throws DescriptorError */
export async function updateNetwork(file: DescriptorFile, founder: Signer, changes: Partial<Changeable>): Promise<DescriptorFile> {
  const network = await readDescriptor(file, (by, body, signature) => founder.verify(by, body, signature));
  if (network.founder !== founder.id) throw invalid(`only its founder ${network.founder} may change it, not ${founder.id}.`);
  const { witnesses, parameters, relays, kernels } = { ...network, ...changes };
  return { genesis: file.genesis, update: await signUpdate(founder, network.net, network.number + 1, { witnesses, parameters, relays, kernels }) };
}

function signUpdate(founder: Signer, net: string, number: number, { witnesses, parameters, relays, kernels }: Changeable): Promise<Signed> {
  return sign(founder, { kind: 'update', net, number, witnesses, parameters, relays, kernels } satisfies NetworkUpdate, readUpdate);
}

/** A founder cannot sign what no peer would read. */
async function sign(founder: Signer, body: Genesis | NetworkUpdate, read: (text: string) => unknown): Promise<Signed> {
  const b = JSON.stringify(body);
  read(b);
  return { b, s: await founder.sign(b) };
}
