/** The contributor of the examples, by a visitor without a mouse. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addressOf, focused, untilText } from './examples-tools.js';
import { submit, untilState, World } from './harness.js';
import { search } from './tasks.js';

const MANY_KEYS = 40;
let world: World;

before(async () => {
  world = await World.open();
  await world.contributor('one');
});

after(() => world.close());

test('contributor: allowed by the keyboard alone, it works for another page, and shows that in widget and log', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'contributor/'));
  await untilText(page, 'edge-net-widget', /Nothing is running/u);
  await page.waitForSelector('aria/Allow[role="button"]');
  await page.keyboard.press('F6');
  for (let key = 0; key < MANY_KEYS && (await focused(page)) !== 'Allow'; key++) await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Allow');
  await page.keyboard.press('Enter');
  const { nodeId } = await untilState(page, ({ stats }) => stats.peers === 2);
  await untilText(page, 'edge-net-widget', /Tasks today 0\b/u);

  const buyer = await world.visitor();
  const buying = await buyer.open(addressOf(world, 'consumer/'));
  // There are two who can do it: this page is one of them.
  const result = await submit(buying, search());
  assert.ok(result.workers?.includes(nodeId), JSON.stringify(result));
  await untilText(page, 'edge-net-widget', /Tasks today 1\b/u);
  await untilText(page, 'edge-net-log', /One task .*search among vectors .*Paid$/u);
  assert.deepEqual([...visitor.complaints, ...buyer.complaints], []);
  await Promise.all([visitor.leave(), buyer.leave()]);
});
