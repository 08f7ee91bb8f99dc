/** The Storage port over IndexedDB: one database, one object store, string keys. */
import { openDB, type DBSchema, type IDBPDatabase } from 'idb';
import { StorageError, type Storage, type StoredValue } from '../../ports/storage.js';
import { compareKeys } from './order.js';

const VERSION = 1;

interface Schema extends DBSchema {
  entries: { key: string; value: StoredValue };
}

/** @throws StorageError */
export async function openIndexedDb(name: string): Promise<Storage> {
  let gone: StorageError | undefined;
  const db = await guarded(() =>
    openDB<Schema>(name, VERSION, {
      upgrade: (database) => void database.createObjectStore('entries'),
      // A newer version of this software, in another tab, waits until we let go.
      blocking(_current, _blocked, event) {
        gone = new StorageError('storage-blocked', 'A newer version of this page took over the store. Reload this tab.');
        (event.target as IDBDatabase).close();
      },
      terminated() {
        gone = new StorageError('storage-blocked', 'The browser closed the store; its data may have been cleared. Reload this tab.');
      },
    }),
  );
  return new IndexedDbStorage(db, () => gone);
}

class IndexedDbStorage implements Storage {
  #closed = false;

  constructor(
    private readonly db: IDBPDatabase<Schema>,
    private readonly gone: () => StorageError | undefined,
  ) {}

  get(key: string): Promise<StoredValue | undefined> {
    return this.#run(() => this.db.get('entries', key));
  }

  entries(prefix: string): Promise<[string, StoredValue][]> {
    return this.#run(async () => {
      const { store, done } = this.db.transaction('entries');
      const range = rangeOf(prefix);
      const [keys, values] = await Promise.all([store.getAllKeys(range), store.getAll(range), done]);
      return keys.map((key, index): [string, StoredValue] => [key, values[index]!]).sort(([a], [b]) => compareKeys(a, b));
    });
  }

  write(batch: Parameters<Storage['write']>[0], options?: Parameters<Storage['write']>[1]): Promise<void> {
    return this.#run(async () => {
      const transaction = this.db.transaction('entries', 'readwrite', { durability: options?.sync ? 'strict' : 'relaxed' });
      const { store, done } = transaction;
      try {
        for (const [key, value] of batch) void (value === null ? store.delete(key) : store.put(value, key)).catch(inDone);
      } catch (error) {
        done.catch(inDone);
        transaction.abort(); // What was put before the failure would be committed otherwise.
        throw error;
      }
      await done;
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.db.close(); // Transactions under way still complete.
  }

  #run<T>(work: () => Promise<T>): Promise<T> {
    return guarded(() => {
      const gone = this.gone();
      if (gone) throw gone;
      if (this.#closed) throw new StorageError('storage-blocked', 'The store was closed.');
      return work();
    });
  }
}

/** A request's failure aborts its transaction, whose own error says more. */
function inDone(): void {}

/** IndexedDB compares UTF-16 units: the bound is the prefix with its last unit raised. */
function rangeOf(prefix: string): IDBKeyRange | undefined {
  const stem = prefix.replace(/\uffff+$/, '');
  if (stem === '') return prefix === '' ? undefined : IDBKeyRange.lowerBound(prefix);
  const last = stem.length - 1;
  return IDBKeyRange.bound(prefix, stem.slice(0, last) + String.fromCharCode(stem.charCodeAt(last) + 1), false, true);
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof StorageError ? error : storageErrorOf(error);
  }
}

function storageErrorOf(cause: unknown): StorageError {
  const { name = 'Error', message = String(cause) } = (cause ?? {}) as Partial<Error>;
  switch (name) {
    case 'QuotaExceededError':
      return new StorageError('storage-full', 'The browser gives this site no more storage. Free disk space or clear site data.', { cause });
    case 'VersionError':
      return new StorageError('storage-blocked', 'The store was written by a newer version of edge-net. Update this one.', { cause });
    case 'UnknownError':
    case 'NotReadableError':
    case 'NotFoundError':
    case 'DataError':
      return new StorageError('storage-corrupt', `The browser cannot read its store any more (${message}). Clear this site's data.`, { cause });
    default:
      return new StorageError('storage-blocked', `The browser refuses storage here (${name}: ${message}).`, { cause });
  }
}
