/** A witness as a process: its machine, its keys and its two stores, behind whatever transport reaches it. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock, systemRandom } from '../engine/adapters/clock.js';
import { createSigner } from '../engine/adapters/signer/signer.js';
import { toBase64url } from '../engine/core/encoding.js';
import type { Network } from '../engine/core/network.js';
import { createWitnessState, PREFIXES_AT_START, witnessMachine, type WitnessState } from '../engine/core/witness/witness.js';
import { createDriver, type Driver } from '../engine/driver/driver.js';
import { EdgeNetError } from '../engine/error.js';
import { createGuard, type Guard } from '../engine/guard.js';
import { isGenuine } from '../engine/host/genuine.js';
import { permanentBoxPair } from '../engine/identity/box-pair.js';
import { loadIdentityFile } from '../engine/identity/file.js';
import type { Signer } from '../engine/ports/signer.js';
import type { Pool } from '../engine/ports/pool.js';
import type { Transport } from '../engine/ports/transport.js';
import { openNetworkFolder } from './network-folder.js';

const SESSION_BYTES = 12;

/** Keys and the signing log; everything else in a data folder may be lost. */
export function keysDir(dataDir: string): string {
  return join(dataDir, 'keys');
}

/** The witness's identity, made on first use, with its permanent box key. */
export async function loadWitnessSigner(dataDir: string): Promise<Signer> {
  await mkdir(keysDir(dataDir), { recursive: true, mode: 0o700 });
  const identity = await loadIdentityFile(join(keysDir(dataDir), 'witness.json'), systemRandom);
  return createSigner({ identity, boxPair: permanentBoxPair(identity), random: systemRandom });
}

export interface WitnessOptions {
  readonly network: Network;
  readonly signer: Signer;
  readonly dataDir: string;
  transport(guard: Guard): Transport;
  /** Lines for the operator. */
  log(line: string): void;
}

/** @throws EdgeNetError `descriptor-invalid` when the descriptor does not name this witness; StorageError */
export async function startWitness({ network, signer, dataDir, transport, log }: WitnessOptions): Promise<Driver<WitnessState>> {
  const named = network.witnesses.find(({ node }) => node === signer.id);
  if (!named) throw new EdgeNetError('descriptor-invalid', `The descriptor names ${network.witnesses.map(({ node }) => node).join(', ')} as witness, and the keys here are ${signer.id}. Point --data at the folder that holds the witness's keys.`);
  if (named.box !== signer.boxKey) throw new EdgeNetError('descriptor-invalid', 'The descriptor has another box key for this witness.');
  const guard = createGuard(network, signer);
  const [store, vault] = await Promise.all([openNetworkFolder(join(dataDir, 'ledger'), network.net), openNetworkFolder(join(keysDir(dataDir), 'log'), network.net)]);
  const driver = createDriver({
    net: network.net,
    prefixes: PREFIXES_AT_START,
    machine: witnessMachine,
    state: createWitnessState({ network, id: signer.id, session: toBase64url(systemRandom.bytes(SESSION_BYTES)) }),
    ports: {
      transport: transport(guard), store, vault, pool: NO_POOL, signer, clock: systemClock, random: systemRandom,
      guard: (record) => isGenuine(guard, record),
    },
    onNotice: (notice) => { if (notice.note === 'trouble') log(`${notice.code}: ${notice.message}`); },
    onFault: (error) => log(`fault: ${error instanceof Error ? error.stack : String(error)}`),
  });
  await driver.start();
  return driver;
}

/** A witness runs no kernel. */
const NO_POOL: Pool = {
  size: 0, load: { running: 0, waiting: 0 }, busy: 0,
  run: () => Promise.reject(new EdgeNetError('unsupported', 'A witness runs no tasks.')),
  limit: () => undefined,
  close: () => Promise.resolve(),
};
