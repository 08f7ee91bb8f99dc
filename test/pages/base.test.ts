/** `EDGE_NET_BASE`: the package's files lie elsewhere than the classic script that is in the page. */
import assert from 'node:assert/strict';
import { copyFile, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { openBrowser, ROOT } from './harness.js';
import { startSite, type Site } from './site-server.js';

const DIST = process.env['EDGE_NET_DIST'] ?? join(ROOT, 'dist');

let browser: Browser;
let folder: string;
let site: Site;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-net-base-'));
  for (const name of ['theme', 'files/edge-net']) await mkdir(join(folder, name), { recursive: true });
  for (const name of await readdir(DIST)) if (name.endsWith('.js')) await copyFile(join(DIST, name), join(folder, 'files/edge-net', name));
  await copyFile(join(DIST, 'edge-net.global.js'), join(folder, 'theme/script.js'));
  [site, browser] = await Promise.all([startSite({ root: folder, headers: {} }), openBrowser()]);
});

after(async () => {
  await Promise.all([browser.close(), site.close()]);
  await rm(folder, { recursive: true, force: true });
});

for (const [name, base] of Object.entries({ 'a path': '/files/edge-net/', 'a path without its last slash': '/files/edge-net', 'a path from the page on': '../files/edge-net', 'an address': 'ORIGIN/files/edge-net/' })) {
  test(`the classic script finds the package by ${name}`, async () => {
    const origin = new URL(site.url).origin;
    await writeFile(join(folder, 'theme/page.html'), `<!doctype html><title>A page</title><script>EDGE_NET_BASE = ${JSON.stringify(base.replace('ORIGIN', origin))}</script><script async src="script.js" data-relays="wss://relay.example/gun"></script>`);
    const page = await browser.newPage();
    try {
      const errors: string[] = [];
      page.on('pageerror', (error) => errors.push(String(error)));
      await page.goto(`${site.url}theme/page.html`);
      await page.waitForSelector('edge-net-node:defined');
      const files = await page.evaluate(() => performance.getEntriesByType('resource').map(({ name: url }) => new URL(url).pathname).filter((path) => path.endsWith('.js')));
      assert.ok(files.includes('/files/edge-net/edge-net.js'), files.join(' '));
      assert.deepEqual(files.filter((path) => path !== '/theme/script.js' && !path.startsWith('/files/edge-net/')), []);
      assert.deepEqual(errors, []);
    } finally {
      await page.close();
    }
  });
}
