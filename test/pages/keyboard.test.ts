/** A visitor without a mouse: asked, allows, pauses, snoozes, resumes, buys a task and reads in the log what it was. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ElementHandle, Page } from 'puppeteer-core';
import { isUp, untilState, World } from './harness.js';

const TABS_MAX = 120;

let world: World;
before(async () => {
  world = await World.open();
  await world.crew();
});
after(() => world.close());

/** What a screen reader would say of the focused element: its role and its name, from the browser's own accessibility tree. */
async function focused(page: Page): Promise<string> {
  const handle = await page.evaluateHandle(() => {
    let at: Element | null = document.activeElement;
    while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
    return at!;
  });
  const said = await page.accessibility.snapshot({ root: handle as ElementHandle<Element>, interestingOnly: false });
  return `${said?.role ?? ''} ${said?.name ?? ''}`;
}

/** Presses Tab until the focus is on what is called so. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  const passed: string[] = [];
  for (let tabs = 0; tabs < TABS_MAX; tabs++) {
    const here = await focused(page);
    if (name.test(here)) return;
    passed.push(here);
    await page.keyboard.press('Tab');
  }
  assert.fail(`Tab never came to ${String(name)}, but to ${[...new Set(passed)].join(' · ')}`);
}

/** Until something in the shadow of the element says so. */
async function untilSaid(page: Page, tag: string, words: string): Promise<void> {
  await page.waitForFunction((name: string, text: string) => document.querySelector(name)!.shadowRoot!.textContent!.includes(text), {}, tag, words);
}

test('by the keyboard alone: consent, pause, snooze, task, log', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}everything.html`);
  await page.waitForFunction(() => document.querySelector('edge-net-node')?.shadowRoot?.querySelector('[role=dialog]'));
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true, 'the prompt took no focus');

  await tabTo(page, /^button Allow$/u);
  await page.keyboard.press('Enter');
  await untilState(page, isUp);

  await tabTo(page, /^button Pause$/u);
  await page.keyboard.press('Enter');
  await untilState(page, ({ reasons }) => reasons.includes('paused-by-visitor'));
  await tabTo(page, /^button Resume$/u);
  await page.keyboard.press('Space');
  await untilState(page, isUp);

  await tabTo(page, /^button Snooze$/u);
  await page.keyboard.press('Enter');
  await tabTo(page, /^menuitem For 1 hour$/u);
  await page.keyboard.press('Enter');
  await untilState(page, ({ reasons }) => reasons.includes('snoozed'));
  await tabTo(page, /^button Resume$/u);
  await page.keyboard.press('Enter');
  await untilState(page, isUp);

  await tabTo(page, /^slider Processor limit$/u);
  await page.keyboard.press('Home');
  await untilSaid(page, 'edge-net-widget', '5%');

  await tabTo(page, /^button Run$/u);
  await page.keyboard.press('Enter');
  await untilSaid(page, 'edge-net-task', 'Verified');

  await untilSaid(page, 'edge-net-log', 'Ran one search among vectors');
  await tabTo(page, /^button Ran one search among vectors$/u);
  await page.keyboard.press('Enter');
  await untilSaid(page, 'edge-net-log', 'Digest of the result');
  await tabTo(page, /^button Copy: Digest of the result$/u);

  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
