/** Every task kind, bought by a command and by a page, done by a page and by a process. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { catalogue } from '../../src/kernels/catalogue.js';
import { World } from './harness.js';
import { buyEverywhere, buyOnCollections, isSound, type KindRow, type Market, openMarket } from './kinds.js';
import { collectionTasks, kindTasks } from './kinds-tasks.js';

let world: World;
let market: Market;

before(async () => {
  world = await World.open();
  market = await openMarket(world);
});

after(() => world.close());

function assertSound(row: KindRow): void {
  assert.ok(isSound(row), `quoted as charged, verified by page and process, one output: ${JSON.stringify(row)}`);
}

test('there is a task of every kind', async () => {
  const types = [...(await kindTasks()), ...collectionTasks()].map(({ type }) => type);
  assert.deepEqual([...new Set(types)].sort(), [...catalogue.keys()].sort());
});

for (const task of await kindTasks()) {
  test(`${task.type}: page and process come to the same bytes, for whoever asks and at the price quoted`, async () => assertSound(await buyEverywhere(market, task)));
}

test('a collection is filled and searched by page and process alike', async () => {
  for (const row of await buyOnCollections(market)) assertSound(row);
});
