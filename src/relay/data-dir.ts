/** A relay's data folder: keys (never lose them), and what can be lost. */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { catalogue } from '../kernels/catalogue.js';
import { systemRandom } from '../engine/adapters/clock.js';
import { createSigner } from '../engine/adapters/signer/signer.js';
import { DEVELOPMENT_PARAMETERS, type DescriptorFile, type Network, type Parameters } from '../engine/core/network.js';
import { createNetwork, readDescriptor } from '../engine/descriptor/descriptor.js';
import { EdgeNetError } from '../engine/error.js';
import { loadIdentityFile } from '../engine/identity/file.js';
import { sessionBoxPair } from '../engine/identity/box-pair.js';
import type { Signer } from '../engine/ports/signer.js';
import { keysDir } from './witness.js';

export const DESCRIPTOR_FILE = 'edge-net.network.json';

export interface LoadedNetwork {
  readonly file: DescriptorFile;
  readonly network: Network;
}

/** The founder's identity, made on first use. */
export async function loadFounder(dataDir: string): Promise<Signer> {
  await mkdir(keysDir(dataDir), { recursive: true, mode: 0o700 });
  const identity = await loadIdentityFile(join(keysDir(dataDir), 'founder.json'), systemRandom);
  return createSigner({ identity, boxPair: sessionBoxPair(systemRandom), random: systemRandom });
}

/** @throws EdgeNetError `descriptor-invalid` */
export async function parseDescriptor(text: string, where: string, verify: Signer['verify']): Promise<LoadedNetwork> {
  try {
    const file = JSON.parse(text) as DescriptorFile;
    return { file, network: await readDescriptor(file, verify) };
  } catch (cause) {
    throw new EdgeNetError('descriptor-invalid', `${where} is no valid network descriptor: ${(cause as Error).message}`, { cause });
  }
}

/** The network whose descriptor lies in the folder; undefined where there is none yet. */
export async function readNetwork(dataDir: string, verify: Signer['verify']): Promise<LoadedNetwork | undefined> {
  const path = join(dataDir, DESCRIPTOR_FILE);
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  return text === undefined ? undefined : parseDescriptor(text, path, verify);
}

export interface NewDevelopmentNetwork {
  readonly dataDir: string;
  readonly name: string;
  readonly witness: Signer;
  readonly parameters?: Parameters;
  readonly relays?: readonly string[];
}

/** Founds a development network with this folder's keys, one witness and a faucet, and writes its descriptor. */
export async function foundNetwork({ dataDir, name, witness, parameters = DEVELOPMENT_PARAMETERS, relays = [] }: NewDevelopmentNetwork): Promise<LoadedNetwork> {
  const founder = await loadFounder(dataDir);
  const file = await createNetwork({
    founder, name, createdMs: Date.now(), grants: [], parameters, relays,
    witnesses: [{ node: witness.id, box: witness.boxKey }],
    kernels: Object.fromEntries([...catalogue].map(([kind, { version }]) => [kind, version])),
  });
  await writeDescriptor(join(dataDir, DESCRIPTOR_FILE), file);
  return { file, network: await readDescriptor(file, founder.verify.bind(founder)) };
}

/** Whole or not at all: a descriptor that was half written would name no network. */
export async function writeDescriptor(path: string, file: DescriptorFile): Promise<void> {
  await writeFile(`${path}.new`, `${JSON.stringify(file, null, 1)}\n`);
  await rename(`${path}.new`, path);
}
