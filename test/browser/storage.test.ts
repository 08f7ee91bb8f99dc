import { expect } from '@open-wc/testing';
import { openIndexedDb } from '../../src/engine/adapters/storage/indexed-db.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { codeOf } from '../contract/runner.js';
import { storageContract, type StorageUnderTest } from '../contract/storage.js';
import { chaiRunner } from './chai-runner.js';

let count = 0;
const freshName = (): string => `storage-test-${count++}-${crypto.randomUUID()}`;

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function indexedDbUnderTest(): Promise<StorageUnderTest> {
  const name = freshName();
  let storage = await openIndexedDb(name);
  return {
    storage,
    async reopen() {
      await storage.close();
      return (storage = await openIndexedDb(name));
    },
    async dispose() {
      await storage.close();
      await settled(indexedDB.deleteDatabase(name));
    },
  };
}

storageContract('IndexedDB', true, indexedDbUnderTest, chaiRunner);
storageContract('memory', false, async () => ({ storage: memoryStorage() }), chaiRunner);

describe('IndexedDB', () => {
  it('lets a newer version of the page have the store, and says so from then on', async () => {
    const name = freshName();
    const storage = await openIndexedDb(name);
    await storage.write([['key', 'value']]);
    const newer = await settled(indexedDB.open(name, 2));
    expect(await codeOf(storage.get('key'))).to.equal('storage-blocked');
    expect(await codeOf(storage.write([['key', 'other']]))).to.equal('storage-blocked');
    expect(await codeOf(openIndexedDb(name))).to.equal('storage-blocked');
    newer.close();
  });

  it('refuses a batch whole when the quota is used up, and goes on afterwards', async () => {
    const storage = await openIndexedDb(freshName());
    const put = IDBObjectStore.prototype.put;
    IDBObjectStore.prototype.put = function (value, key) {
      if (key === 'b') throw new DOMException('no room', 'QuotaExceededError');
      return put.call(this, value, key);
    };
    try {
      expect(await codeOf(storage.write([['a', '1'], ['b', '2'], ['c', '3']]))).to.equal('storage-full');
    } finally {
      IDBObjectStore.prototype.put = put;
    }
    expect(await storage.entries('')).to.deep.equal([]);
    await storage.write([['b', '2']], { sync: true });
    expect(await storage.get('b')).to.equal('2');
    await storage.close();
  });

  it('reports a browser that refuses storage', async () => {
    const open = IDBFactory.prototype.open;
    const codes: (string | undefined)[] = [];
    for (const failure of ['SecurityError', 'UnknownError']) {
      IDBFactory.prototype.open = () => {
        throw new DOMException('refused', failure);
      };
      codes.push(await codeOf(openIndexedDb(freshName())));
    }
    IDBFactory.prototype.open = open;
    expect(codes).to.deep.equal(['storage-blocked', 'storage-corrupt']);
  });
});
