/** An identity kept in a Storage: the page's, in IndexedDB. Only the single writer may call these. */
import type { Random } from '../ports/clock.js';
import { StorageError, type Storage } from '../ports/storage.js';
import { createIdentity, exportIdentity, importIdentity, type Identity } from './identity.js';

const KEY = 'identity';

/** Made and made durable on the first call. @throws StorageError; a damaged identity is never replaced. */
export async function loadStoredIdentity(storage: Storage, random: Random): Promise<Identity> {
  const text = await storage.get(KEY);
  if (text === undefined) {
    const identity = createIdentity(random);
    await storeIdentity(storage, identity);
    return identity;
  }
  return readIdentity(text, 'this browser');
}

/** Replaces what is there: the visitor imports another identity. */
export async function storeIdentity(storage: Storage, identity: Identity): Promise<void> {
  await storage.write([[KEY, exportIdentity(identity)]], { sync: true });
}

/** @throws StorageError (`storage-corrupt`) */
export function readIdentity(text: unknown, where: string): Identity {
  try {
    return importIdentity(String(text));
  } catch (cause) {
    throw new StorageError('storage-corrupt', `The identity kept in ${where} is damaged. Import a copy of it; it is not replaced by itself, as its credits would be lost. (${(cause as Error).message})`, { cause });
  }
}
