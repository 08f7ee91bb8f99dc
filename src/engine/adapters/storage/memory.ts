/** A store that ends with the session: `storage="memory"`, and pages that submit without consent. */
import { StorageError, type Storage, type StoredValue } from '../../ports/storage.js';
import { compareKeys } from './order.js';

export function memoryStorage(): Storage {
  const values = new Map<string, StoredValue>();
  let closed = false;
  const mustBeOpen = (): void => {
    if (closed) throw new StorageError('storage-blocked', 'The store was closed.');
  };

  return {
    async get(key) {
      mustBeOpen();
      const value = values.get(key);
      return value === undefined ? undefined : copy(value);
    },

    async entries(prefix) {
      mustBeOpen();
      return [...values]
        .filter(([key]) => key.startsWith(prefix))
        .sort(([a], [b]) => compareKeys(a, b))
        .map(([key, value]) => [key, copy(value)]);
    },

    async write(batch) {
      mustBeOpen();
      for (const [key, value] of batch) {
        if (value === null) values.delete(key);
        else values.set(key, copy(value));
      }
    },

    async close() {
      closed = true;
    },
  };
}

/** Bytes given or taken may be changed by their owner afterwards. */
function copy(value: StoredValue): StoredValue {
  return typeof value === 'string' ? value : value.slice();
}
