/** The documentation in a browser: as it is served under a strict policy, from a disk, narrow and wide, light and dark, by keys. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'puppeteer-core';
import { buildSite } from '../../scripts/site/build.mjs';
import { openBrowser } from './harness.js';
import { startSite, type Site } from './site-server.js';

const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'";
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const folder = mkdtempSync(join(tmpdir(), 'edge-net-site-'));
const dist = process.env['EDGE_NET_DIST'];
const { files } = buildSite({ outDir: folder, ...(dist ? { dist } : {}) });
let browser: Browser;
let site: Site;

before(async () => {
  site = await startSite({ root: folder, headers: { 'content-security-policy': POLICY } });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await site?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** A page of the documentation, and what it asked for and complained of. */
async function open(url: string, width = 1280): Promise<{ readonly page: Page; readonly asked: string[]; readonly complaints: string[] }> {
  const page = await browser.newPage();
  const asked: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.setViewport({ width, height: 800 });
  await page.goto(url);
  return { page, asked, complaints };
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

const axe = (page: Page): Promise<Violation[]> =>
  page.evaluate('axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 2).map(({ html, failureSummary }) => ({ html, failureSummary })) })))') as Promise<Violation[]>;

const focused = (page: Page): Promise<string> => page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent?.trim() || '');

for (const width of [320, 1280]) {
  for (const scheme of ['light', 'dark']) {
    test(`axe finds nothing on any page, ${width} px wide, ${scheme}, and nothing is wider than the window`, async () => {
      const { page, asked, complaints } = await open(`${site.url}index.html`, width);
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
      for (const file of [...files, '404.html']) {
        await page.goto(site.url + file);
        await page.evaluate(AXE);
        assert.deepEqual(await axe(page), [], file);
        const [content, window] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth] as const);
        assert.ok(content <= window, `${file} is ${content} px wide in ${window}`);
      }
      assert.deepEqual(complaints, []);
      assert.deepEqual(asked.filter((url) => !url.startsWith(site.url)), []);
      await page.close();
    });
  }
}

test('the search finds by heading and by text, and is worked by keys alone', async () => {
  const { page, complaints } = await open(`${site.url}index.html`);
  await page.keyboard.down('Control');
  await page.keyboard.press('k');
  await page.keyboard.up('Control');
  assert.equal(await focused(page), 'search');
  await page.keyboard.type('no-consensus');
  await page.waitForSelector('#found a');
  assert.match(await page.$eval('#said', (said) => said.textContent ?? ''), /^\d+ places? found\.$/u);
  await page.keyboard.press('ArrowDown');
  assert.match(await focused(page), /^no-consensus · Errors/u);
  await page.keyboard.press('ArrowUp');
  assert.equal(await focused(page), 'search');
  await page.keyboard.press('Escape');
  assert.equal(await page.$eval('#found', (list) => (list as HTMLElement).hidden), true);
  await page.keyboard.type(' ');
  await page.waitForSelector('#found a');
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
  assert.equal(page.url(), `${site.url}errors.html#no-consensus`);
  assert.deepEqual(complaints, []);
  await page.close();
});

test('a search for what is nowhere says so', async () => {
  const { page } = await open(`${site.url}index.html`);
  await page.type('#search', 'xyzzy');
  await page.waitForSelector('#found p');
  assert.equal(await page.$eval('#said', (said) => said.textContent), '0 places found.');
  await page.close();
});

test('a code block is copied by key, and that is announced', async () => {
  await browser.defaultBrowserContext().overridePermissions(site.origin, ['clipboard-read', 'clipboard-sanitized-write']);
  const { page } = await open(`${site.url}guide.html`);
  await page.bringToFront();
  await page.focus('.copy');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('said')?.textContent === 'Copied.');
  const [copied, shown] = await page.evaluate(async () => [await navigator.clipboard.readText(), document.querySelector('.code code')?.textContent] as const);
  assert.equal(copied, shown);
  assert.match(copied, /^<script async src="https:/u);
  await page.close();
});

test('where copying is not allowed, the code is selected for the reader to copy', async () => {
  await browser.defaultBrowserContext().overridePermissions(site.origin, []);
  const { page } = await open(`${site.url}guide.html`);
  await page.bringToFront();
  await page.focus('.copy');
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => document.getElementById('said')?.textContent?.startsWith('Selected.'));
  const [selected, shown] = await page.evaluate(() => [getSelection()?.toString(), document.querySelector('.code code')?.textContent] as const);
  assert.equal(selected?.trim(), shown?.trim());
  await page.close();
});

test('the first tab stop leads past everything to the text', async () => {
  const { page } = await open(`${site.url}guide.html`);
  await page.keyboard.press('Tab');
  assert.equal(await focused(page), 'Skip to the text');
  await page.keyboard.press('Enter');
  assert.equal(await focused(page), 'content');
  await page.close();
});

test('on a narrow window the list of pages opens and closes by keys, with the current page in it', async () => {
  const { page } = await open(`${site.url}faq.html`, 320);
  const isOpen = (): Promise<boolean> => page.$eval('#pages', (pages) => pages.matches(':popover-open'));
  assert.equal(await page.$eval('#pages', (pages) => pages.checkVisibility()), false);
  await page.focus('.menu');
  await page.keyboard.press('Enter');
  assert.equal(await isOpen(), true);
  assert.equal(await page.$eval('#pages [aria-current=page]', (link) => link.textContent), 'Questions and answers');
  await page.keyboard.press('Escape');
  assert.equal(await isOpen(), false);
  assert.equal(await focused(page), 'Pages');
  await page.close();
});

test('from a disk it looks and searches the same', async () => {
  const { page, complaints } = await open(pathToFileURL(join(folder, 'guide.html')).href);
  await page.type('#search', 'voucher');
  await page.waitForSelector('#found a');
  const [heading, text] = await page.evaluate(() => [document.querySelector('h1')!.getBoundingClientRect().left, document.querySelector('#pages')!.getBoundingClientRect().right] as const);
  assert.ok(heading > text, 'the text stands beside the list of pages');
  assert.deepEqual(complaints, []);
  await page.close();
});

test('from right to left, the list of pages stands on the right, and code still runs from left to right', async () => {
  const { page } = await open(`${site.url}guide.html`);
  await page.evaluate(() => (document.documentElement.dir = 'rtl'));
  const [pages, heading, code] = await page.evaluate(() => [
    document.querySelector('#pages')!.getBoundingClientRect().left,
    document.querySelector('h1')!.getBoundingClientRect().right,
    getComputedStyle(document.querySelector('pre')!).direction,
  ] as const);
  assert.ok(pages >= heading);
  assert.equal(code, 'ltr');
  await page.close();
});

test('printed, a page is its text', async () => {
  const { page } = await open(`${site.url}guide.html`);
  await page.emulateMediaType('print');
  const shown = await page.evaluate(() => ['.top', '#pages', '.contents', '.neighbours', '.copy', '.text'].filter((selector) => document.querySelector(selector)!.checkVisibility()));
  assert.deepEqual(shown, ['.text']);
  await page.close();
});
