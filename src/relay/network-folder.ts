/**
 * A database folder belongs to one network. Another's is set aside under the network's name: neither is its ledger ours
 * to read, nor its signing log ours to lose.
 */
import { rename, stat } from 'node:fs/promises';
import { openLevel } from '../engine/adapters/storage/level.js';
import type { Id } from '../engine/core/record.js';
import type { Storage } from '../engine/ports/storage.js';

const OWNER = 'net';
const NAME_LENGTH = 8;

/** @throws StorageError */
export async function openNetworkFolder(path: string, net: Id): Promise<Storage> {
  const storage = await openLevel(path);
  const owner = await storage.get(OWNER);
  if (owner === net) return storage;
  if (typeof owner !== 'string') {
    await storage.write([[OWNER, net]]);
    return storage;
  }
  await storage.close();
  const aside = (of: Id): string => `${path}-${of.slice(0, NAME_LENGTH)}`;
  await rename(path, aside(owner));
  if (await exists(aside(net))) await rename(aside(net), path);
  return openNetworkFolder(path, net);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(() => true, () => false);
}
