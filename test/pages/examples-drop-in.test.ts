/** The ways to put it on a page: each works, follows the node's state, and survives being taken off the page and put back. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { addressOf, untilText } from './examples-tools.js';
import { isUp, press, ROOT, submit, untilState, World } from './harness.js';
import { search } from './tasks.js';

let world: World;

before(async () => {
  world = await World.open();
  await world.crew();
});

after(() => world.close());

/** Clicks a button of the page's own, once there is one. */
function click(page: Page, words: string): Promise<void> {
  return page.evaluate(
    (text: string) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          const button = [...document.querySelectorAll('button')].find(({ textContent, hidden }) => textContent?.trim() === text && !hidden);
          if (!button) return void requestAnimationFrame(look);
          button.click();
          resolve();
        };
        look();
      }),
    words,
  );
}

test('the sources agree with the types that the package declares', () => {
  const { status, stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'examples/drop-in')], { encoding: 'utf8' });
  assert.equal(status, 0, stdout);
});

test('plain HTML: price, result, cancel, and the state beside it', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'drop-in/plain.html'));
  await untilText(page, '#state', /^awaiting-consent$/u);
  await click(page, 'Find the desk');
  await untilText(page, '#outcome', /^(?:Delivery|Refunds) \(0\.\d\d\), found by 2 machines with the same result\.$/u);
  await untilText(page, '#price', /^0\.\d+ credits$/u);
  await click(page, 'Find the desk');
  await click(page, 'Cancel');
  await untilText(page, '#error', /^Cancelled\./u);
  await press(page, 'Allow');
  await untilText(page, '#state', /^(?:idle|working)$/u);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

for (const [what, path] of [['the one tag', 'drop-in/one-tag.html'], ['the WordPress block', 'drop-in/wordpress-block.html']] as const) {
  test(`${what}: asks, contributes, shows it, and the page can buy`, async () => {
    const visitor = await world.visitor();
    const page = await visitor.open(addressOf(world, path));
    // The tag becomes elements after the page has loaded.
    await untilState(page, ({ status }) => status === 'awaiting-consent');
    await press(page, 'Allow');
    await untilState(page, isUp);
    await untilText(page, 'edge-net-widget', /Ready|Working/u);
    const head = await page.evaluate(() => [...document.head.children].map(({ localName }) => localName));
    assert.ok(head.every((name) => ['meta', 'title', 'link', 'script', 'style'].includes(name)), head.join(' '));
    assert.equal((await submit(page, search({ redundancy: 2 }))).verified, true);
    assert.deepEqual(visitor.complaints, []);
    await visitor.leave();
  });
}

for (const framework of ['react', 'vue', 'svelte']) {
  test(`${framework}: price, progress, result, cancel, state, and taken off the page and put back`, async () => {
    const visitor = await world.visitor();
    const page = await visitor.open(addressOf(world, `drop-in/${framework}/`));
    await untilText(page, '#root', /It is awaiting-consent, and sees 0 others/u);
    const bars = await page.evaluateHandle(() => {
      const seen: (number | null)[] = [];
      new MutationObserver(() => seen.push(document.querySelector('progress')?.position ?? null)).observe(document.querySelector('#root')!, { subtree: true, childList: true, attributes: true });
      return seen;
    });
    await click(page, 'Find the desk');
    await untilText(page, '#root', /Delivery 0\.\d\d Refunds 0\.\d\d Accounts 0\.\d\d Found by 2 machines with the same result/u);
    const seen = await bars.jsonValue();
    assert.ok(seen.some((position) => position !== null && position > 0), `the bar never moved: ${seen.join(' ')}`);
    await untilText(page, '#root', /\b0\.\d+ credits/u);
    await untilText(page, '#root', /and sees 2 others/u);

    await click(page, 'Find the desk');
    await click(page, 'Cancel');
    await untilText(page, '[role=alert]', /^Cancelled\./u);

    for (let time = 0; time < 3; time++) {
      await click(page, 'Take it off the page');
      assert.equal(await page.$('edge-net-node'), null);
      await click(page, 'Put it back');
      await page.waitForSelector('edge-net-node');
    }
    await click(page, 'Find the desk');
    await untilText(page, '#root', /Found by 2 machines with the same result/u);

    await click(page, 'Contribute…');
    await press(page, 'Allow');
    await untilText(page, '#root', /It is (?:idle|working), and sees \d others/u);
    assert.deepEqual(visitor.complaints, []);
    await visitor.leave();
  });
}
