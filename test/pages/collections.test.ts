/** Pages and collections: one holds shards in its browser's store, and still does after a reload; one has a collection of its own. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { Collection, EngineHandle, Task } from '../../src/engine/api.js';
import { openEngine } from '../../src/engine/host/engine.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { nodePlatform } from '../../src/engine/node/node-platform.js';
import { clusteredUnitVectors } from '../kernels/vector_search-vectors.js';
import { rows } from '../network/collection-tools.js';
import { eventually, isUp, submit, untilState, World } from './harness.js';

const DIMS = 4;
const VECTORS = rows(clusteredUnitVectors(30, 0, DIMS, 5).vectors, DIMS).map((row) => [...row]);

let world: World;
before(async () => {
  world = await World.open();
});
after(() => world.close());

function insertion(collection: string, options: Task['options'] = {}): Task {
  return { type: 'vector_insert', payload: { collection, vectors: VECTORS }, options };
}

function search(collection: string, row: number, options: Task['options'] = {}): Task {
  return { type: 'vector_search', payload: { collection, query: VECTORS[row], k: 1 }, options };
}

const nearest = ({ matches }: { readonly [field: string]: unknown }): unknown => (matches as { id: number }[][] | undefined)?.[0]?.[0]?.id;

/** Names of the contents that the browser's store of shards has; undefined where there is no such store. */
function contents(page: Page): Promise<string[] | undefined> {
  return page.evaluate(async () => {
    if (!(await indexedDB.databases()).some(({ name }) => name === 'edge-net-shards')) return undefined;
    const request = indexedDB.open('edge-net-shards');
    await new Promise((resolve, reject) => Object.assign(request, { onsuccess: resolve, onerror: reject }));
    const keys = request.result.transaction('entries').objectStore('entries').getAllKeys();
    await new Promise((resolve, reject) => Object.assign(keys, { onsuccess: resolve, onerror: reject }));
    request.result.close();
    return (keys.result as string[]).filter((key) => key.startsWith('data/'));
  });
}

async function openOwner(): Promise<EngineHandle> {
  const config = nodeConfig({ relays: [world.directRelay.url], local: 'never' });
  const owner = await openEngine(config, nodePlatform(config));
  world.atEnd(() => owner.close());
  return owner;
}

test('a page holds shards beside processes, has them after a reload, and drops them when they are deleted or forgotten', async () => {
  const owner = await openOwner();
  const workers = await Promise.all([world.contributor('one'), world.contributor('two')]);
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}module.html?consent=granted`);
  const { nodeId } = await untilState(page, (state) => (state.status === 'idle' || state.status === 'working') && state.stats.peers === 3);

  const { id } = await owner.collections.create({ name: 'held by a page', dims: DIMS });
  const inserted = await owner.submit(insertion(id, { redundancy: 3 }));
  assert.deepEqual([inserted['inserted'], inserted.verified], [VECTORS.length, true]);
  const { shards: [shard] } = await owner.collections.get(id);
  assert.deepEqual([...shard!.holders].sort(), [nodeId, ...workers.map(({ greeting }) => greeting.node)].sort());
  await eventually(async () => (await contents(page))?.length === 1, 'the page keeps the shard');
  const kept = await contents(page);

  // Two must agree: the page and the process that is left.
  await workers[0]!.stop('SIGKILL');
  await page.reload();
  await untilState(page, (state) => (state.status === 'idle' || state.status === 'working') && state.stats.peers > 0);
  const found = await owner.submit(search(id, 17, { redundancy: 2 }));
  assert.deepEqual([found.verified, nearest(found), [...found.workers].sort()], [true, 17, [nodeId, workers[1]!.greeting.node].sort()]);
  assert.deepEqual(await contents(page), kept, 'it is what it had before');

  await owner.collections.delete(id);
  await eventually(async () => (await contents(page))?.length === 0, 'the page drops the shard');
  const other = await owner.collections.create({ dims: DIMS, replicas: 2 });
  await owner.submit(insertion(other.id));
  await eventually(async () => (await contents(page))?.length === 1, 'the page keeps another');
  await page.evaluate(() => (document.querySelector('edge-net-node') as HTMLElement & { forget(): Promise<void> }).forget());
  assert.equal(await contents(page), undefined);
  assert.deepEqual(visitor.complaints, []);
  await Promise.all([visitor.leave(), workers[1]!.stop()]);
});

test('a page creates, fills, searches, exports and deletes a collection of its own', async () => {
  await world.crew();
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}classic.html?consent=granted`);
  await untilState(page, isUp);
  const created = await page.evaluate(async (dims) => {
    const { EdgeNet } = globalThis as unknown as { EdgeNet: { collections: EngineHandle['collections'] } };
    return EdgeNet.collections.create({ name: 'of a page', dims, replicas: 2 });
  }, DIMS);
  assert.deepEqual([created.name, created.vectors, created.status], ['of a page', 0, 'open']);
  const inserted = await submit(page, insertion(created.id));
  assert.deepEqual([inserted['inserted'], inserted['size'], inserted.verified], [VECTORS.length, VECTORS.length, true], JSON.stringify(inserted));
  const found = await submit(page, search(created.id, 5));
  assert.deepEqual([found.verified, nearest(found)], [true, 5], JSON.stringify(found));

  const { listed, files, progress, after: left } = await page.evaluate(async (id) => {
    const { collections } = document.querySelector('edge-net-node') as unknown as { collections: EngineHandle['collections'] };
    const all = await collections.list();
    const seen: string[] = [];
    const exported = await collections.export(id, { onProgress: ({ phase, loaded, total }) => seen.push(`${phase} ${loaded === total}`) });
    await collections.delete(id);
    return { listed: all.map((collection: Collection) => collection.id), files: exported.map(({ shard, vectors, file }) => [shard, vectors, file instanceof Uint8Array && file.length > 0]), progress: seen, after: (await collections.list()).length };
  }, created.id);
  assert.deepEqual([listed, files, progress, left], [[created.id], [[0, VECTORS.length, true]], ['export false', 'export true'], 0]);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
