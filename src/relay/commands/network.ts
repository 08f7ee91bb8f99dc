/** `edge-net network`: found a network, and show what a descriptor says. */
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { systemRandom } from '../../engine/adapters/clock.js';
import { createSigner } from '../../engine/adapters/signer/signer.js';
import { EdgeNetError } from '../../engine/error.js';
import { createIdentity } from '../../engine/identity/identity.js';
import { readLocation } from '../../engine/node/node-platform.js';
import { DESCRIPTOR_FILE, foundNetwork, parseDescriptor, readNetwork } from '../data-dir.js';
import { loadWitnessSigner } from '../witness.js';
import { printJson, say } from './output.js';

export interface InitCommand {
  readonly json?: boolean;
  readonly data: string;
  readonly name: string;
  readonly relay?: readonly string[];
  readonly out?: string;
}

/** Keys for a founder and a witness, and the descriptor that names them. */
export async function runNetworkInit({ data, name, relay: relays, out }: InitCommand): Promise<void> {
  const witness = await loadWitnessSigner(data);
  if (await readNetwork(data, witness.verify.bind(witness))) {
    throw new EdgeNetError('config-conflict', `${join(data, DESCRIPTOR_FILE)} exists already. Name another folder with --data.`);
  }
  const { network } = await foundNetwork({ dataDir: data, name, witness, relays });
  if (out !== undefined) await copyFile(join(data, DESCRIPTOR_FILE), out);
  say(`network ${network.name} founded; keys in ${join(data, 'keys')}, descriptor in ${out ?? join(data, DESCRIPTOR_FILE)}`);
  printJson(network);
}

/** A signature is checked without keys of one's own: none are made. */
export async function runNetworkShow(location: string): Promise<void> {
  const stranger = await createSigner({ identity: createIdentity(systemRandom), random: systemRandom });
  const { network } = await parseDescriptor(await readLocation(location), location, stranger.verify.bind(stranger));
  printJson(network);
}
