/** A visitor buys a task through the page's element, finds it in the log with its proofs, and deletes the log: over a real network. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { EdgeNetNode } from '../../src/elements/edge-net.js';
import { eventually, isUp, untilState, World } from './harness.js';

const SECRET = 'the marmalade of Zanzibar is kept under the third stair';
const MARKUP = `<edge-net-log></edge-net-log><edge-net-task type="embedding" redundancy="2" max-credits="5">
  <label>Texts <textarea name="texts" data-type="lines">${SECRET}\nsomething else</textarea></label>
  <input type="hidden" name="model" value="use-lite">
</edge-net-task>`;
let world: World;

before(async () => {
  world = await World.open();
});

after(() => world.close());

/** What stands in an element's shadow at the selector, on one line. */
function read(page: Page, tag: string, selector: string): Promise<string> {
  return page.evaluate((name, within) => document.querySelector(name)?.shadowRoot?.querySelector(within)?.textContent?.replaceAll(/\s+/gu, ' ').trim() ?? '', tag, selector);
}

function click(page: Page, tag: string, selector: string): Promise<void> {
  return page.evaluate((name, within) => document.querySelector(name)!.shadowRoot!.querySelector<HTMLElement>(within)!.click(), tag, selector);
}

function history(page: Page): ReturnType<EdgeNetNode['history']> {
  return page.evaluate(() => (document.querySelector('edge-net-node') as EdgeNetNode).history());
}

test('a task is priced, bought and proved on the page, listed in the log, and gone from it once cleared', async () => {
  await world.crew();
  const visitor = await world.visitor();
  const site = await world.site();
  const page = await visitor.open(`${site.url}module.html?consent=granted`);
  await untilState(page, isUp);
  await page.evaluate((markup) => document.body.insertAdjacentHTML('beforeend', markup), MARKUP);

  await eventually(async () => (await read(page, 'edge-net-task', '.price')).startsWith('Price: 0.2 credits, for 2 workers'), 'a price');
  await click(page, 'edge-net-task', '.run');
  await eventually(async () => (await read(page, 'edge-net-task', '.proof')) !== '' || (await read(page, 'edge-net-task', '.failure')) !== '', 'an end');
  assert.equal(await read(page, 'edge-net-task', '.failure'), '');
  assert.match(await read(page, 'edge-net-task', '.proof'), /Verified 2 workers did it independently.*0\.2 credits, as quoted/u);
  assert.match(await read(page, 'edge-net-task', '.result'), /2 vectors of 512 dimensions/u);

  await eventually(async () => (await read(page, 'edge-net-log', 'td.outcome')) === 'Done', 'the task in the log');
  assert.equal(await read(page, 'edge-net-log', '.open'), 'Turned 2 texts into vectors');
  assert.equal(await read(page, 'edge-net-log', 'td.requester'), 'you');
  assert.equal(await read(page, 'edge-net-log', 'td.credits'), '−0.2');
  await click(page, 'edge-net-log', '.open');
  const [entry] = await history(page);
  const details = await read(page, 'edge-net-log', '.details');
  for (const id of [entry!.taskId, entry!.digest, entry!.certificate!.escrow, ...entry!.certificate!.witnesses]) assert.ok(id && details.includes(id), id);
  assert.ok(!JSON.stringify(await history(page)).includes(SECRET.slice(0, 20)), 'what was in the task is not kept');

  await click(page, 'edge-net-log', '#clear');
  await click(page, 'edge-net-log', '.danger');
  await eventually(async () => (await read(page, 'edge-net-log', '.note')).startsWith('Nothing has run yet.'), 'an empty log');
  await page.reload();
  await untilState(page, isUp);
  assert.deepEqual(await history(page), []);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
