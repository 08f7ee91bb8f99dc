/** What a driver reads from the store before its machine starts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { Event } from '../../src/engine/core/event.js';
import { createDriver } from '../../src/engine/driver/driver.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import type { Transport } from '../../src/engine/ports/transport.js';
import { newSigner } from '../contract/transport-fixture.js';
import { network } from './ledger-fixture.js';

test('a machine is given the keys it wants at its start, all of them by default', async () => {
  for (const [prefixes, expected] of [[undefined, ['in/large', 'kept/a', 'rec/b']], [['rec/', 'kept/'], ['rec/b', 'kept/a']]] as const) {
    const store = memoryStorage();
    await store.write([['rec/b', 'b'], ['in/large', new Uint8Array(9)], ['kept/a', 'a']]);
    const events: Event[] = [];
    const driver = createDriver({
      net: network.net, state: undefined, ...(prefixes && { prefixes }),
      machine: { step: (state, event) => ({ state, effects: (events.push(event), []) }) },
      ports: {
        transport: { open() {}, close: async () => {} } as unknown as Transport, pool: { close: async () => {} } as unknown as Pool, store, vault: memoryStorage(),
        signer: await newSigner(), clock: systemClock, random: systemRandom, guard: async () => true,
      },
      onNotice() {}, onFault: (error) => assert.fail(String(error)),
    });
    await driver.start();
    await driver.close();
    assert.deepEqual(events.flatMap((event) => (event.on === 'start' ? event.store.map(([key]) => key) : [])), expected);
  }
});
