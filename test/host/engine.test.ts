import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { EngineConfig, EngineHandle } from '../../src/engine/api.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { openEngine } from '../../src/engine/host/engine.js';
import { PendingAsks } from '../../src/engine/host/pending-asks.js';
import { createIdentity } from '../../src/engine/identity/identity.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { createSimulatedPool } from '../doubles/pool.js';

const random = { bytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)) };
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const codeOf = (promise: Promise<unknown>): Promise<string> => promise.then(() => 'resolved', ({ code }: EdgeNetError) => code);

/** An engine whose relay nobody answers for. */
async function lost(config: Partial<EngineConfig> = {}): Promise<{ engine: EngineHandle; clock: VirtualTime; pool: Pool }> {
  const clock = new VirtualTime();
  const pool = createSimulatedPool({ clock, size: 1 });
  const engine = await openEngine(nodeConfig({ relays: ['ws://127.0.0.1:1/gun'], ...config }), {
    clock, random, cores: 8,
    readText: () => Promise.reject(new Error('nobody answers')),
    openStore: async () => memoryStorage(),
    loadIdentity: async () => createIdentity(random),
    createPool: ({ size, duty }) => {
      pool.limit(duty, size);
      return pool;
    },
    createTransport: () => { throw new Error('There is no network to be reached.'); },
  });
  return { engine, clock, pool };
}

test('a transfer before the first link waits for one, and not for ever', async () => {
  const { engine, clock } = await lost();
  let ended = false;
  const end = codeOf(engine.transfer(sha256Id('somebody'), 1)).finally(() => (ended = true));
  await settle();
  clock.advance(30_000);
  await settle();
  assert.equal(ended, false);
  clock.advance(30_001);
  assert.equal(await end, 'relay-unreachable');
  await engine.close();
});

test('an amount that is none is refused as a rejection, not thrown', async () => {
  const { engine } = await lost();
  for (const call of [() => engine.transfer(sha256Id('somebody'), -1), () => engine.bond(0), () => engine.unbond(Number.NaN)]) assert.equal(await codeOf(call()), 'bad-input');
  await engine.close();
});

test('an order that is never certified ends with its patience, one that is ends once', async () => {
  const clock = new VirtualTime();
  const asks = new PendingAsks(clock, 1_000);
  const [late, done, refused] = ['late', 'done', 'refused'].map((ask) => asks.wait(ask)) as [Promise<string>, Promise<string>, Promise<string>];
  asks.resolve('done', 'record');
  asks.reject('refused', new EdgeNetError('insufficient-credits', 'No credits.'));
  clock.advance(1_000);
  assert.equal(await done, 'record');
  assert.equal(await codeOf(refused), 'insufficient-credits');
  assert.equal(await codeOf(late), 'timeout');
  assert.equal(clock.pending, 0);
});

test('limits that change apply to the engine that runs', async () => {
  const { engine, pool } = await lost({ contribute: true, workersMax: 2 });
  assert.equal(pool.size, 2);
  engine.configure({ workersMax: 3 });
  assert.equal(pool.size, 3);
  engine.configure({ workersMax: 64 });
  assert.equal(pool.size, 4, 'half of the cores');
  await engine.close();
});
