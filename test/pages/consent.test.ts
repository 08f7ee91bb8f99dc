/** Nothing before a yes, nothing after a no, and using the network without giving to it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { heard, isUp, press, submit, untilEvent, untilState, World } from './harness.js';
import type { Site } from './site-server.js';
import { search } from './tasks.js';
import { NO_TRACES, touched, tracesOf, watchTraces } from './traces.js';

let world: World;
let site: Site;

before(async () => {
  world = await World.open();
  site = await world.site();
  await world.crew();
});

after(() => world.close());

/** As a visitor sees it: loaded, at rest, and asked. */
async function arrive(prompt = ''): Promise<Page> {
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}module.html?prompt=${prompt}`, watchTraces);
  await untilState(page, ({ status }) => status === 'awaiting-consent');
  return page;
}

test('before consent: no worker, socket, storage key, frame or request, though the page is loaded and the visitor asked', async () => {
  const sockets = world.tap.connections;
  const requests = world.tap.requests;
  const page = await arrive();
  await untilEvent(page, 'edge-net-consent-request');
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  assert.deepEqual(await touched(page), []);
  assert.deepEqual(await tracesOf(page), NO_TRACES);
  assert.deepEqual([world.tap.connections - sockets, world.tap.requests - requests], [0, 0]);
  assert.equal((await heard(page, 'edge-net-consent')).length, 0);

  await press(page, 'Allow');
  await untilState(page, isUp);
  const traces = await tracesOf(page);
  assert.equal(traces.workers, 1);
  assert.equal(traces.frames, 0);
  assert.deepEqual(traces.localStorage, ['edge-net.visitor']);
  assert.deepEqual(traces.databases.toSorted(), ['edge-net', 'edge-net-shards'], 'who contributes holds shards');
  assert.deepEqual(traces.caches, ['edge-net-models']);
  assert.deepEqual(await heard(page, 'edge-net-consent'), [{ consent: 'granted', source: 'visitor' }]);

  const { nodeId } = await untilState(page, isUp);
  await page.reload();
  const again = await untilState(page, isUp);
  assert.equal(again.nodeId, nodeId, 'the same node after a reload');
  assert.deepEqual(await heard(page, 'edge-net-consent'), [{ consent: 'granted', source: 'remembered' }]);
  assert.equal((await heard(page, 'edge-net-consent-request')).length, 0, 'who has answered is not asked again');

  await page.evaluate(() => (document.querySelector('edge-net-node') as HTMLElement & { forget(): Promise<void> }).forget());
  assert.deepEqual(await tracesOf(page), NO_TRACES, 'forget() leaves nothing');
  await page.browserContext().close();
});

test('after "No thanks": nothing starts, then or on the next page', async () => {
  const sockets = world.tap.connections;
  const page = await arrive('inline');
  await press(page, 'No thanks');
  await untilState(page, ({ status }) => status === 'declined');
  await page.reload();
  await untilState(page, ({ status }) => status === 'declined');
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  assert.equal((await heard(page, 'edge-net-consent-request')).length, 0);
  assert.deepEqual(await tracesOf(page), { ...NO_TRACES, localStorage: ['edge-net.visitor'] });
  assert.deepEqual(await touched(page), []);
  assert.equal(world.tap.connections, sockets);
  await page.browserContext().close();
});

test('a browser that says "do not share" is not asked', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}module.html?prompt=inline`, async (fresh) => {
    await watchTraces(fresh);
    await fresh.evaluateOnNewDocument("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true })");
  });
  const state = await untilState(page, ({ status }) => status === 'awaiting-consent');
  assert.deepEqual(state.reasons, ['gpc']);
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  assert.equal((await heard(page, 'edge-net-consent-request')).length, 0);
  assert.deepEqual([await touched(page), await tracesOf(page)], [[], NO_TRACES]);
  await visitor.leave();
});

test('who has not agreed can still submit, and nothing is left behind', async () => {
  const page = await arrive('manual');
  const result = await submit(page, search());
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.equal((result['matches'] as { id: number }[][])[0]![0]!.id, 1);
  assert.equal((await untilState(page, ({ status }) => status === 'awaiting-consent')).stats.tasksSubmitted, 1);
  const { workers, ...stored } = await tracesOf(page);
  assert.deepEqual({ ...stored, workers: 0 }, NO_TRACES);
  assert.equal(workers, 1, 'the session is there for the next task');
  assert.deepEqual((await touched(page)).filter((what) => !what.startsWith('Worker blob:')), []);
  await page.browserContext().close();
});
