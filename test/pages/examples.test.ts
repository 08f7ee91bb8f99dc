/** What the examples do, each against a relay and two contributors as `npm start` has them. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addressOf, textOf, untilText } from './examples-tools.js';
import { submit, untilState, World } from './harness.js';
import { search } from './tasks.js';

let world: World;

before(async () => {
  world = await World.open();
  await world.crew();
});

after(() => world.close());

test('consumer: the element says the price, buys, and shows result and proof; the script does so by itself', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'consumer/'));
  await (await page.waitForSelector('aria/Show the price[role="button"]'))!.click();
  await untilText(page, 'edge-net-task', /Price: 0\.\d+ credits, for 2 workers/u);
  await page.click('aria/Run[role="button"]');
  const shown = await untilText(page, 'edge-net-task', /Verified.*0\.\d+ credits, as quoted/u);
  assert.match(shown, /Result.*refunds.*2 workers did it independently/u);

  await page.click('aria/Compress 200 vectors[role="button"]');
  const outcome = await untilText(page, '#outcome', /machines/u);
  assert.match(outcome, /[\d.]+ times smaller, off by [\d.e-]+ at most\. Done by 2 machines, with the same result\./u);
  assert.match(await textOf(page, '#price'), /^0\.\d+ credits$/u);
  assert.equal((await untilState(page, () => true)).status, 'awaiting-consent', 'nobody was asked, and nothing contributes');
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

test('dashboard: figures of the whole network, without asking anybody, that follow what is settled', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'dashboard/'));
  await untilText(page, 'edge-net-dashboard', /Tasks bought \d+/u);
  const bought = async (): Promise<number> => Number(/Tasks bought (\d+)/u.exec(await textOf(page, 'edge-net-dashboard'))?.[1]);
  const before = await bought();
  const buyer = await world.visitor();
  const buying = await buyer.open(addressOf(world, 'consumer/'));
  assert.equal((await submit(buying, search())).verified, true);
  await untilText(page, 'edge-net-dashboard', new RegExp(`Tasks bought ${before + 1}\\b`, 'u'));
  assert.equal((await untilState(page, () => true)).status, 'awaiting-consent');
  assert.equal(await page.$('aria/Allow[role="button"]'), null);
  assert.deepEqual([...visitor.complaints, ...buyer.complaints], []);
  await Promise.all([visitor.leave(), buyer.leave()]);
});

test('vector search: indexes lines, and finds by meaning the one that answers', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'vector-search/'));
  await page.click('aria/Index them[role="button"]');
  await untilText(page, '#indexed', /^8 documents, 512 numbers each, done by 2 machines for [\d.]+ credits\.$/u);
  await page.click('aria/Search[role="button"]');
  await untilText(page, '#proof', /^done by 2 machines for [\d.]+ credits, verified$/u);
  const found = await page.$$eval('#found li', (lines) => lines.map(({ textContent }) => textContent ?? ''));
  assert.equal(found.length, 3);
  assert.match(found[0]!, /^The reading room has power sockets/u);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
