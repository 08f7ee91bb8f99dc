/** The back button: the page comes out of the back/forward cache as it was left, and goes on. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { NodeState } from '../../src/engine/api.js';
import { isUp, type Outcome, startSubmit, untilEvent, untilState, World } from './harness.js';
import type { Site } from './site-server.js';
import { search } from './tasks.js';

let world: World;
let site: Site;
/** Credits that all tasks so far cost. */
let spent = 0;

before(async () => {
  world = await World.open();
  site = await world.site();
  await world.crew();
});

after(() => world.close());

/** Away to another page of the site, and back. @returns whether the page itself came back, not a copy */
async function awayAndBack(page: Page): Promise<boolean> {
  await page.evaluate(() => {
    addEventListener('pageshow', (event) => Object.assign(globalThis, { persisted: (event as PageTransitionEvent).persisted }));
  });
  await page.goto(`${site.url}other.html`);
  await page.goBack();
  return page.evaluate(() => (globalThis as unknown as { persisted?: boolean }).persisted === true);
}

const outcomeOf = (page: Page): Promise<Outcome> => page.evaluate('outcome') as Promise<Outcome>;

const SITUATIONS = [
  { who: 'a contributing page', consent: 'granted', left: 'at once', event: undefined },
  { who: 'a contributing page', consent: 'granted', left: 'when its task was handed out', event: 'edge-net-task' },
  { who: 'a page that only submits', consent: 'ask', left: 'at once', event: undefined },
  { who: 'a page that only submits', consent: 'ask', left: 'when its task was handed out', event: 'edge-net-task' },
] as const;

for (const { who, consent, left, event } of SITUATIONS) {
  test(`${who}, left ${left}, is restored: its engine starts again, and its task is done and paid once`, async () => {
    const visitor = await world.visitor();
    const page = await visitor.open(`${site.url}module.html?prompt=manual&tasks=embedding&consent=${consent}`);
    let before: NodeState | undefined;
    if (consent === 'granted') before = await untilState(page, isUp);
    await startSubmit(page, search());
    if (event) await untilEvent(page, event);
    assert.equal(await awayAndBack(page), true, 'the page came out of the back/forward cache');
    const outcome = await outcomeOf(page);
    assert.equal(outcome.verified, true, JSON.stringify(outcome));
    spent += outcome.cost!;
    // Earnings mature during the test, the fee is burned at once and for good: a tenth of what was ever paid.
    const state = await untilState(page, ({ ledger }, fee) => ledger !== null && ledger.escrowed === 0 && ledger.burned >= fee, spent / 10 - 1e-7);
    const { granted, spendable, pending, burned } = state.ledger!;
    assert.equal(Math.round(burned * 1e6), Math.round(spent * 1e5), 'each task was paid once');
    assert.ok(Math.abs(granted - spendable - pending - burned) < 1e-6);
    if (before) {
      assert.equal(state.nodeId, before.nodeId);
      assert.equal((await untilState(page, isUp)).status, 'idle');
    }
    assert.equal(page.workers().length, 1, 'one engine');
    assert.equal(await page.evaluate('settled'), 1);
    assert.deepEqual(visitor.complaints, []);
    await visitor.leave();
  });
}

test('a page whose engine is still starting is restored as well, as the same node', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}module.html?consent=granted`);
  assert.equal(await awayAndBack(page), true);
  const { nodeId } = await untilState(page, ({ link }) => link === 'direct');
  assert.equal(await awayAndBack(page), true);
  assert.equal((await untilState(page, ({ link }) => link === 'direct')).nodeId, nodeId);
  await visitor.leave();
});
