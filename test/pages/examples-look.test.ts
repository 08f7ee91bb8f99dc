/** Every example as it is found: nothing for axe, nothing in the console, nothing that sticks out, in light and dark, narrow and wide. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { addressOf, axe, EXAMPLES } from './examples-tools.js';
import { World } from './harness.js';

let world: World;

before(async () => {
  world = await World.open();
  await world.crew();
});

after(() => world.close());

for (const path of EXAMPLES) {
  test(`examples/${path} stands as it should, and says nothing in the console`, async () => {
    const visitor = await world.visitor();
    const page = await visitor.open(addressOf(world, path));
    // What asks by itself has asked, so that the question is looked at as well.
    const asks = await page.evaluate(() => document.querySelector('edge-net-node:not([prompt]), script[data-site-id]') !== null);
    if (asks) await page.waitForSelector('aria/Allow[role="button"]');
    const wrong: string[] = [];
    for (const [width, theme] of [[1280, 'light'], [1280, 'dark'], [320, 'light'], [320, 'dark']] as const) {
      await page.setViewport({ width, height: 800 });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: theme }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
      wrong.push(...(await axe(page)).map((finding) => `${width} ${theme}: ${finding}`));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      if (overflow > 0) wrong.push(`${width} ${theme}: ${overflow} px too wide`);
    }
    assert.deepEqual(wrong, []);
    assert.deepEqual(visitor.complaints, []);
    await visitor.leave();
  });
}

test('the list of examples leads to every one of them', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(addressOf(world, 'index.html'));
  const links = await page.$$eval('main a', (all) => all.map((link) => (link as HTMLAnchorElement).href));
  const { origin } = new URL(page.url());
  assert.deepEqual(links.map((link) => link.replace(`${origin}/examples/`, '').replace(/index\.html$/u, '')).sort(), EXAMPLES.filter((path) => path !== 'index.html').sort());
  await visitor.leave();
});
