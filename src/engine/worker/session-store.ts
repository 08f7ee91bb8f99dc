/**
 * The store of a session that leaves nothing on this machine. Its worker can end at any moment, without a word: a page
 * that is hidden terminates it, and may come back with promises still open. So a write counts only once the page has
 * it in its own memory. Certified records stay here: the network gives them back.
 */
import { memoryStorage } from '../adapters/storage/memory.js';
import type { SessionMemory } from '../api.js';
import type { Storage, Write } from '../ports/storage.js';

const REPLICA = 'rec/';

/** @param keep resolves when the page has the entries */
export async function openSessionStore(memory: SessionMemory, keep: (entries: readonly Write[]) => Promise<void>): Promise<Storage> {
  const store = memoryStorage();
  await store.write([...memory]);
  return {
    ...store,
    async write(batch) {
      const own = batch.filter(([key]) => !key.startsWith(REPLICA));
      if (own.length > 0) await keep(own);
      await store.write(batch);
    },
  };
}
