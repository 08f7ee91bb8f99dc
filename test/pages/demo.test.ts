/** The page that `npm start` serves, as its first visitor finds it. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { World } from './harness.js';

const NEAREST = 'I forgot my login and cannot sign in.';
const SENTENCES = ['The cat sleeps on the warm windowsill.', 'Dinner will be ready soon.', NEAREST, 'The train to Hamburg is delayed by an hour.'];
let world: World;

before(async () => {
  world = await World.open();
  await world.crew();
});

after(() => world.close());

test('the demo page ranks sentences through the network and says who did it, for how much, and whether it is sure', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(world.relay.replace(/^ws/u, 'http').replace(/gun$/u, ''));
  await page.evaluate(() => customElements.whenDefined('edge-net-node'));
  await page.evaluate((sentences, query) => {
    (document.querySelector('#sentences') as HTMLTextAreaElement).value = sentences;
    (document.querySelector('#query') as HTMLInputElement).value = query;
  }, SENTENCES.join('\n'), 'How do I reset my password?');
  await page.click('#run');
  await page.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (document.querySelectorAll('#account li').length < 2 && !document.querySelector('#error')?.textContent) return;
          observer.disconnect();
          resolve();
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { subtree: true, childList: true, characterData: true });
        look();
      }),
  );
  const shown = await page.evaluate(() => ({
    error: document.querySelector('#error')?.textContent,
    ranked: [...document.querySelectorAll('#ranked li span')].map(({ textContent }) => textContent),
    account: [...document.querySelectorAll('#account li')].map((line) => ({ text: line.textContent ?? '', verified: line.classList.contains('verified') })),
    workers: [...document.querySelectorAll('#account code')].map((code) => code.getAttribute('title')),
  }));
  assert.equal(shown.error, '');
  assert.deepEqual([...shown.ranked].sort(), [...SENTENCES].sort());
  assert.equal(shown.ranked[0], NEAREST);
  assert.deepEqual(shown.account.map(({ verified }) => verified), [true, true]);
  assert.equal(new Set(shown.workers).size, 2);
  for (const { text } of shown.account) assert.match(text, /credits? as quoted/u);
  assert.deepEqual(visitor.complaints, []);
  for (const [width, scheme] of [[320, 'light'], [1280, 'light'], [320, 'dark'], [1280, 'dark']] as const) {
    await page.setViewport({ width, height: 900 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.equal(overflow, 0, `nothing sticks out at ${width} pixels`);
    const folder = process.env['EDGE_NET_SCREENSHOTS'];
    if (folder) await page.screenshot({ path: `${folder}/demo-${width}-${scheme}.png`, fullPage: true });
  }
  await visitor.leave();
});
