/** What a driver does with a shelf: tasks on shards reach theirs, and a store that does not answer holds nobody up. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { Effect } from '../../src/engine/core/effect.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Event } from '../../src/engine/core/event.js';
import { createDriver, type Driver } from '../../src/engine/driver/driver.js';
import { createShelf, type Shelf } from '../../src/engine/driver/shelf.js';
import type { Clock } from '../../src/engine/ports/clock.js';
import type { JobResult, Pool, RunOptions } from '../../src/engine/ports/pool.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import type { Transport } from '../../src/engine/ports/transport.js';
import { newSigner } from '../contract/transport-fixture.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { network } from './ledger-fixture.js';

const NAME = { collection: sha256Id('collection'), shard: 0 };
const RUN = { do: 'run', kind: 'vector_search', version: 1, payload: new Uint8Array(1), wallMs: 1, priority: 0, meter: { price: 0, fuel: 0 } } as const;

interface World {
  readonly signer: Signer;
  readonly shelf: Shelf;
  readonly clock?: Clock;
  readonly effects?: readonly Effect[];
  run?(options: RunOptions): Promise<JobResult>;
  on?(event: Event): void;
}

function driverOf({ signer, shelf, clock = systemClock, effects = [], run, on }: World): Driver<undefined> {
  return createDriver({
    net: network.net, state: undefined,
    machine: { step: (state, event) => (on?.(event), { state, effects: event.on === 'start' ? effects : [] }) },
    ports: {
      transport: { open() {}, close: async () => {} } as unknown as Transport,
      pool: { run: (_, options) => run!(options!), close: async () => {} } as Pool,
      store: memoryStorage(), vault: memoryStorage(), signer, shelf, clock, random: systemRandom, guard: async () => true,
    },
    onNotice: (notice) => assert.fail(JSON.stringify(notice)), onFault: (error) => assert.fail(String(error)),
  });
}

test('a task has access to the shard it is on, and one that is on none to none', async () => {
  const signer = await newSigner();
  const shelf = createShelf({ net: network.net, signer, open: async () => memoryStorage() });
  const box = (await shelf.box(NAME, [{ node: signer.id, box: signer.boxKey }]))[signer.id]!;
  assert.equal(await shelf.keep({ ...NAME, hash: '' }, box, undefined), true);
  const { hash, size } = await shelf.access(NAME, () => undefined).write('', Uint8Array.of(1, 2, 3));
  const seen: unknown[] = [];
  await new Promise<void>((resolve) => {
    const driver = driverOf({
      signer, shelf,
      effects: [{ ...RUN, run: 'own', on: NAME }, { ...RUN, run: 'other', on: { ...NAME, shard: 1 } }, { ...RUN, run: 'none' }],
      async run({ shards }) {
        seen.push(shards && ((await shards.has(hash)) ?? 'nothing'));
        if (seen.length === 3) resolve(driver.close());
        return { output: new Uint8Array(0), fuel: 0, items: 0, busyMs: 0 };
      },
    });
    void driver.start();
  });
  assert.deepEqual(new Set(seen), new Set([{ size }, 'nothing', undefined]));
  assert.equal(size, 12 + 3 + 16);
});

test('a store of shards that does not answer holds up neither the start nor the end, and counts when it does', async () => {
  const signer = await newSigner();
  const clock = new VirtualTime();
  const disk = memoryStorage();
  const before = createShelf({ net: network.net, signer, open: async () => ({ ...disk, close: async () => undefined }) });
  const box = (await before.box(NAME, [{ node: signer.id, box: signer.boxKey }]))[signer.id]!;
  assert.equal(await before.keep({ ...NAME, hash: '' }, box, undefined), true);
  await before.close();
  for (const answers of [true, false]) {
    let unblock = (): void => undefined;
    const blocked = new Promise<void>((resolve) => (unblock = resolve));
    const shelf = createShelf({ net: network.net, signer, open: async () => (await blocked, disk) });
    const events: Event[] = [];
    let counted = (): void => undefined;
    const counts = new Promise<void>((resolve) => (counted = resolve));
    const driver = driverOf({ signer, shelf, clock, on: (event) => { events.push(event); if (event.on === 'shelf-kept') counted(); } });
    const started = driver.start();
    clock.advance(60_000);
    await started;
    assert.deepEqual(events.map((event) => (event.on === 'start' ? event.held : undefined)), [[]]);
    if (answers) {
      unblock();
      await counts;
      assert.deepEqual(events.slice(1).map((event) => event.on === 'shelf-kept' && [event.shard.hash, event.ok]), [['', true]]);
    }
    await driver.close();
  }
});
