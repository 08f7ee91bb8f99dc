/** The Storage contract, for every adapter and for the simulator's double. */
import fc from 'fast-check';
import type { Storage, StoredValue, Write } from '../../src/engine/ports/storage.js';
import { codeOf, type Runner } from './runner.js';

export interface StorageUnderTest {
  readonly storage: Storage;
  /** Closes, and opens again what is on the disk; durable stores only. */
  reopen?(): Promise<Storage>;
  /** Removes what the test left behind. */
  dispose?(): Promise<void>;
}

/** Where UTF-16 order, locale order and byte order all differ. */
const AWKWARD_KEYS = ['', '!', 'A', 'Z', 'a', 'a/', 'a/1', 'a/10', 'a/2', 'a0', 'ab', 'b', 'é', 'ÿ', '\ud7ff', '\ue000', '\uffff', '\uffff\uffff', '😀', '😀/1', '\u{10ffff}'];

/** @param durable has `reopen`, and everything again after it. */
export function storageContract(name: string, durable: boolean, open: () => Promise<StorageUnderTest>, { test, equal }: Runner): void {
  const on = (title: string, body: (under: StorageUnderTest) => Promise<void>): void =>
    test(`${name}: ${title}`, async () => {
      const under = await open();
      try {
        await body(under);
      } finally {
        await under.dispose?.();
      }
    });

  on('holds text and bytes, replaces and deletes them, and has nothing else', async ({ storage }) => {
    equal(await storage.get('key'), undefined);
    await storage.write([['key', 'text'], ['bytes', Uint8Array.of(0, 255, 7)], ['empty', ''], ['none', new Uint8Array(0)]]);
    equal(await read(storage, 'key'), 'text');
    equal(await read(storage, 'bytes'), [0, 255, 7]);
    equal(await read(storage, 'empty'), '');
    equal(await read(storage, 'none'), []);
    await storage.write([['key', Uint8Array.of(1)], ['bytes', null], ['missing', null]]);
    equal(await read(storage, 'key'), [1]);
    equal(await storage.get('bytes'), undefined);
    await storage.write([]);
  });

  on('scans a prefix in byte order of the keys', async ({ storage }) => {
    await storage.write([...AWKWARD_KEYS].reverse().map((key): Write => [key, `of ${key}`]));
    for (const prefix of ['', 'a', 'a/', 'a/1', 'é', '\uffff', '😀', '\u{10ffff}', 'nothing']) {
      const expected = AWKWARD_KEYS.filter((key) => key.startsWith(prefix)).sort(byBytes);
      equal(await storage.entries(prefix), expected.map((key) => [key, `of ${key}`]), `prefix ${prefix}`);
    }
  });

  on('shows a batch whole or not at all', async ({ storage }) => {
    const writes: Promise<void>[] = [];
    const scans: Promise<[string, StoredValue][]>[] = [];
    for (let round = 0; round < 20; round++) {
      writes.push(storage.write(Array.from({ length: 30 }, (_, index): Write => [`k/${index}`, `round ${round}`])));
      scans.push(storage.entries('k/'));
    }
    await Promise.all(writes);
    for (const scan of await Promise.all(scans)) equal(new Set(scan.map(([, value]) => value)).size <= 1 && [0, 30].includes(scan.length), true);
    equal((await storage.entries('k/')).every(([, value]) => value === 'round 19'), true);
  });

  on('keeps the order of batches and of writes within one', async ({ storage }) => {
    await Promise.all(Array.from({ length: 40 }, (_, turn) => storage.write([['last', `${turn}`], ['twice', 'first'], ['twice', `${turn}`]], { sync: turn % 3 === 0 })));
    equal(await storage.get('last'), '39');
    equal(await storage.get('twice'), '39');
    await storage.write([['twice', 'back'], ['twice', null]]);
    equal(await storage.get('twice'), undefined);
  });

  on('shares no bytes with its callers', async ({ storage }) => {
    const given = Uint8Array.of(1, 2, 3);
    const writing = storage.write([['bytes', given]]);
    given[0] = 9;
    await writing;
    const taken = (await storage.get('bytes')) as Uint8Array;
    taken[1] = 9;
    equal(await read(storage, 'bytes'), [1, 2, 3]);
  });

  on('agrees with a map after any history', async ({ storage }) => {
    const key = fc.constantFrom(...AWKWARD_KEYS);
    const value = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.uint8Array({ maxLength: 8 }), fc.constant(null));
    const model = new Map<string, unknown>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, value), { maxLength: 12 }), fc.boolean(), async (batch, sync) => {
        await storage.write(batch, { sync });
        for (const [at, next] of batch) {
          if (next === null) model.delete(at);
          else model.set(at, plain(next));
        }
        const expected = [...model].sort(([a], [b]) => byBytes(a, b));
        equal((await storage.entries('')).map(([at, found]) => [at, plain(found)]), expected);
      }),
      { numRuns: 40 },
    );
  });

  on('refuses everything after its close, and may be closed twice', async ({ storage }) => {
    await storage.close();
    await storage.close();
    equal(await codeOf(storage.get('key')), 'storage-blocked');
    equal(await codeOf(storage.entries('')), 'storage-blocked');
    equal(await codeOf(storage.write([['key', 'value']])), 'storage-blocked');
  });

  if (!durable) return;

  on('has everything again after a close and an open', async ({ storage, reopen }) => {
    await storage.write([['relaxed', 'kept'], ['gone', 'x']]);
    await storage.write([['strict', Uint8Array.of(4, 2)], ['gone', null]], { sync: true });
    const again = await reopen!();
    equal((await again.entries('')).map(([key, value]) => [key, plain(value)]), [['relaxed', 'kept'], ['strict', [4, 2]]]);
  });
}

async function read(storage: Storage, key: string): Promise<unknown> {
  return plain((await storage.get(key))!);
}

function plain(value: StoredValue): unknown {
  return typeof value === 'string' ? value : [...value];
}

function byBytes(a: string, b: string): number {
  const [left, right] = [new TextEncoder().encode(a), new TextEncoder().encode(b)];
  const differs = left.findIndex((byte, index) => byte !== right[index]);
  return differs < 0 ? left.length - right.length : left[differs]! - (right[differs] ?? -1);
}
