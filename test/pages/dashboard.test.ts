/** The dashboard as it is shipped, over a real ledger, on a page that allows no inline styles and whose visitor has not been asked. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { submit, World } from './harness.js';
import type { Site } from './site-server.js';
import { search } from './tasks.js';

const NOBODYS = `${'A'.repeat(42)}A`;

let world: World;
let site: Site;

before(async () => {
  world = await World.open();
  site = await world.site({ 'content-security-policy': `style-src 'self'` });
  await world.crew();
});

after(() => world.close());

/** Waits until the dashboard's shadow root is as `holds` says, in the page. @returns its text, tables included */
async function untilShown(page: Page, holds: (root: ShadowRoot) => boolean): Promise<string> {
  await page.waitForFunction((text: string) => {
    const root = document.querySelector('edge-net-dashboard')?.shadowRoot;
    return root && (new Function(`return (${text})`)() as (root: ShadowRoot) => boolean)(root);
  }, { timeout: 60_000 }, holds.toString());
  return page.evaluate(() => document.querySelector('edge-net-dashboard')!.shadowRoot!.textContent!.replace(/\s+/gu, ' '));
}

test('a site without visitors has steps, and the network’s figures follow what is bought', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}module.html?prompt=manual`);
  await page.evaluate((nobodys: string) => {
    const dashboard = document.createElement('edge-net-dashboard');
    dashboard.setAttribute('site', nobodys);
    document.body.append(dashboard);
  }, NOBODYS);
  await untilShown(page, (root) => [...root.querySelectorAll<HTMLElement>('.steps li')].map((step) => step.dataset['done']).join() === 'true,true,false');

  await page.evaluate(() => document.querySelector('edge-net-dashboard')!.setAttribute('site', '*'));
  await untilShown(page, (root) => root.querySelector('[data-tile=served] .value')?.textContent === '0');

  const outcome = await submit(page, search());
  assert.equal(outcome.verified, true, JSON.stringify(outcome));
  const text = await untilShown(page, (root) => root.querySelector('[data-tile=served] .value')?.textContent === '1' && root.querySelectorAll('.drawing svg rect').length >= 3);
  assert.match(text, /1 of 1 had two equal results/u);
  const table = await page.evaluate(() => [...document.querySelector('edge-net-dashboard')!.shadowRoot!.querySelectorAll('[data-chart=tasks] tfoot tr > *')].map((cell) => cell.textContent));
  assert.deepEqual(table, ['Total', '1', '1']);
  const spent = await page.evaluate(() => document.querySelector('edge-net-dashboard')!.shadowRoot!.querySelector('[data-chart=credits] tfoot td:last-child')!.textContent);
  assert.equal(Number(spent), outcome.cost);
  assert.match(text, /Our scripts in frames of 50 ms and more/u, 'our files are told apart by their names');
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
