/** The node on pages that change under it: two copies of the package, pages without page loads, taken away and put back, often. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { TaskResult } from '../../src/engine/api.js';
import { eventually, isUp, ROOT, startSubmit, submit, untilState, World } from './harness.js';
import { startSite } from './site-server.js';
import { search } from './tasks.js';

const MOUNTS = 50;
const GRACE_MS = 2_000;

let world: World;
before(async () => {
  world = await World.open();
  await world.crew();
});
after(() => world.close());

/** Engine workers; each has compute workers of its own, which are not the page's. */
const engines = (page: Page): number => page.workers().length;

test('two copies of three, from two origins, share one node, one engine and one history', async () => {
  const other = await startSite({ root: process.env['EDGE_NET_DIST'] ?? `${ROOT}dist`, headers: { 'access-control-allow-origin': '*' } });
  world.atEnd(() => other.close());
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site({}, { other: other.url })).url}copies.html`);
  const { nodeId } = await untilState(page, isUp);
  await page.waitForFunction(() => customElements.get('edge-net-widget') && document.querySelector('edge-net-widget')!.shadowRoot!.childElementCount > 0);
  const urls = [`${world.cdn.url}edge-net.js`, `${world.cdn.url}edge-net.js?v=2`, `${other.url}edge-net.js`];
  const results = await page.evaluate(async (addresses: string[], task: unknown) => {
    type Facade = { submit(task: unknown): Promise<TaskResult> };
    const facades = await Promise.all(addresses.map(async (url) => ((await import(url)) as { default: Facade }).default));
    return Promise.all([...facades, (globalThis as unknown as { EdgeNet: Facade }).EdgeNet].map((facade) => facade.submit(task)));
  }, urls, search());
  assert.deepEqual(results.map(({ verified }) => verified), [true, true, true, true]);
  assert.equal(engines(page), 1);
  const said = await page.evaluate(async () => {
    const node = document.querySelector('edge-net-node') as unknown as { history(): Promise<{ role: string }[]>; state: { nodeId: string } };
    return { id: node.state.nodeId, bought: (await node.history()).filter(({ role }) => role === 'submitter').length };
  });
  assert.deepEqual(said, { id: nodeId, bought: 4 });
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

test('a page that swaps its body and its address, as single-page sites do, keeps engine, identity and what is under way', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}module.html?consent=granted&tasks=embedding`);
  const before = await untilState(page, isUp);
  await startSubmit(page, search());
  for (let visit = 1; visit <= 3; visit++) {
    await page.evaluate((number: number) => {
      history.pushState({}, '', `?visit=${number}`);
      // As a router does that fetches the next page: other elements, with the same attributes.
      const next = document.createElement('body');
      next.append(Object.assign(document.createElement('h1'), { textContent: `Page ${number}` }), document.querySelector('edge-net-node')!.cloneNode(), document.createElement('edge-net-widget'));
      document.body.replaceWith(next);
    }, visit);
    await untilState(page, isUp);
  }
  const outcome = (await page.evaluate('outcome')) as TaskResult;
  assert.equal(outcome.verified, true, JSON.stringify(outcome));
  const now = await untilState(page, isUp);
  assert.equal(now.nodeId, before.nodeId);
  assert.ok(now.stats.uptime >= before.stats.uptime, 'the engine was never started anew');
  assert.equal(engines(page), 1);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

test('taken away, the node ends after a grace; put back, it goes on under its identity', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}module.html?consent=granted&tasks=embedding`);
  const { nodeId } = await untilState(page, isUp);
  await page.evaluate(() => {
    const node = document.querySelector('edge-net-node')!;
    node.remove();
    Object.assign(globalThis, { resting: node });
  });
  assert.equal(engines(page), 1, 'a node that is moved comes back at once');
  const leftAt = performance.now();
  await eventually(() => engines(page) === 0, 'the engine ended');
  assert.ok(performance.now() - leftAt > GRACE_MS / 2);
  await page.evaluate(() => document.body.append((globalThis as unknown as { resting: Node }).resting));
  assert.equal((await untilState(page, isUp)).nodeId, nodeId);
  assert.equal((await submit(page, search())).verified, true);
  assert.equal(engines(page), 1);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

test(`${MOUNTS} mounts of all elements leave no listener, element or frame behind`, async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}other.html`);
  await page.evaluate(async (url: string) => void (await import(url)), `${world.cdn.url}edge-net.js`);
  const session = await page.createCDPSession();
  await session.send('Performance.enable');
  const mount = (times: number): Promise<void> =>
    page.evaluate(async (relay: string, count: number) => {
      const tags = ['widget', 'leaderboard', 'log', 'task', 'dashboard'];
      for (let round = 0; round < count; round++) {
        const box = document.createElement('div');
        const node = Object.assign(document.createElement('edge-net-node'), { relays: relay, prompt: 'manual' });
        box.append(node, ...tags.map((tag) => document.createElement(`edge-net-${tag}`)));
        document.body.append(box);
        const views = [...box.children].slice(1);
        while (views.some((view) => !view.shadowRoot?.childElementCount)) await new Promise((resolve) => requestAnimationFrame(resolve));
        await (node as unknown as { disconnect(): Promise<void> }).disconnect();
        box.remove();
      }
    }, world.relay, times);
  const left = async (): Promise<{ nodes: number; listeners: number; frames: number }> => {
    // What a finalizer lets go of needs a second collection.
    for (let pass = 0; pass < 3; pass++) await session.send('HeapProfiler.collectGarbage');
    const { metrics } = await session.send('Performance.getMetrics');
    const of = (name: string): number => metrics.find((metric) => metric.name === name)!.value;
    return { nodes: of('Nodes'), listeners: of('JSEventListeners'), frames: of('Frames') };
  };
  await mount(5);
  const few = await left();
  await mount(MOUNTS);
  let many = await left();
  // One mount has hundreds of elements: a leak of one element a mount is a leak of all. The last ones may still wait for an answer.
  await eventually(async () => {
    many = await left();
    return many.nodes - few.nodes < MOUNTS && many.listeners - few.listeners < MOUNTS / 2;
  }, `no more elements and listeners than after a few mounts`);
  assert.equal(many.frames, few.frames);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
