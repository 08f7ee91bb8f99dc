/** The tag in pages of other people: in the head, from another origin, under the strictest policy, and under wrong ones. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { isUp, submit, untilState, type Visitor, World } from './harness.js';
import { embed, search } from './tasks.js';

let world: World;

before(async () => {
  world = await World.open();
  await world.contributor('one');
});

after(() => world.close());

const CDN = '{{cdnOrigin}}';
const RELAY = '{{relayOrigins}}';
/** What DESIGN asks a page for, and no more. */
const POLICY = `script-src ${CDN} 'wasm-unsafe-eval'; worker-src blob: ${CDN}; connect-src ${CDN} ${RELAY}`;

/** A page of a site that sends this policy. */
async function under(policy: string, path: string): Promise<{ readonly page: Page; readonly visitor: Visitor }> {
  const site = await world.site({ 'content-security-policy': policy });
  const visitor = await world.visitor();
  return { visitor, page: await visitor.open(`${site.url}${path}`) };
}

test('the tag in a head leaves the head whole, and puts node and widget into the body', async () => {
  const site = await world.site();
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}head-tag.html`);
  await untilState(page, isUp);
  const places = await page.evaluate(() => ({
    head: [...document.head.children].map(({ localName }) => localName),
    canonical: document.querySelector('link[rel=canonical]')?.parentElement?.localName,
    description: document.querySelector('meta[name=description]')?.parentElement?.localName,
    node: document.querySelector('edge-net-node')?.parentElement?.localName,
    widget: document.querySelector('edge-net-widget')?.parentElement?.localName,
  }));
  assert.deepEqual(places, { head: ['meta', 'title', 'script', 'meta', 'link', 'link'], canonical: 'head', description: 'head', node: 'body', widget: 'body' });
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

for (const [form, path] of Object.entries({ 'the ES module': 'module.html', 'the classic script': 'classic.html' })) {
  test(`${form}, from another origin under exactly the documented policy, contributes and submits`, async () => {
    const { page, visitor } = await under(POLICY, `${path}?consent=granted`);
    const { nodeId } = await untilState(page, (state) => state.status === 'idle' && state.stats.peers === 2);
    const buyer = await world.visitor();
    const buying = await buyer.open(`${(await world.site({ 'content-security-policy': POLICY })).url}${path}?consent=ask&prompt=manual`);
    for (const task of [search(), embed(['under a policy'])]) {
      const result = await submit(buying, task);
      assert.equal(result.verified, true, JSON.stringify(result));
      assert.ok(result.workers!.includes(nodeId));
    }
    const own = await submit(page, search({ redundancy: 1 }));
    assert.equal(own.workers?.length, 1, JSON.stringify(own));
    assert.deepEqual([...visitor.complaints, ...buyer.complaints], []);
    await Promise.all([visitor.leave(), buyer.leave()]);
  });
}

test('workers of blobs refused: says so, and which policy is missing', async () => {
  const { page, visitor } = await under(`script-src ${CDN} 'wasm-unsafe-eval'; worker-src 'self'`, 'module.html?consent=granted');
  const { error } = await untilState(page, ({ status }) => status === 'error');
  assert.equal(error!.code, 'csp-worker');
  assert.ok(error!.message.includes('worker-src blob:') && error!.message.includes(new URL(world.cdn.url).origin), error!.message);
  assert.equal((await submit(page, search())).code, 'csp-worker');
  await staysUp(page, visitor);
});

test('WebAssembly refused: a task says so, and which policy is missing', async () => {
  const { page, visitor } = await under(`script-src ${CDN}; worker-src blob:; connect-src ${CDN} ${RELAY}`, 'module.html?consent=granted');
  await untilState(page, ({ error, status }) => error !== null || status === 'idle');
  const result = await submit(page, search({ local: 'only' }));
  assert.equal(result.code, 'csp-wasm', JSON.stringify(result));
  assert.ok(result.message!.includes("'wasm-unsafe-eval'"), result.message);
  await staysUp(page, visitor);
});

test('the relay refused: says so', async () => {
  const { page, visitor } = await under(`script-src ${CDN} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${CDN}`, 'module.html?consent=granted');
  const { error } = await untilState(page, ({ status }) => status === 'error');
  assert.equal(error!.code, 'csp-connect');
  assert.ok(error!.message.includes('connect-src') && error!.message.includes(new URL(world.relay).origin), error!.message);
  assert.equal((await submit(page, search())).code, 'csp-connect');
  const local = await submit(page, search({ local: 'fallback' }));
  assert.deepEqual(local.workers, ['local'], 'the page still computes by itself');
  await staysUp(page, visitor);
});

/** No uncaught error, and scripts run on. What the browser itself logs of a refusal is not ours. */
async function staysUp(page: Page, visitor: Visitor): Promise<void> {
  assert.deepEqual(visitor.complaints.filter((complaint) => complaint.startsWith('uncaught')), []);
  assert.equal(await page.evaluate(() => document.querySelector('h1')?.textContent), 'A page of somebody else');
  await visitor.leave();
}
