/** The paste that the build prints for a CDN: what was tampered with there is refused, tag, package and lazy chunk. */
import assert from 'node:assert/strict';
import { appendFile, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
// @ts-expect-error a plain script without types
import * as sri from '../../scripts/sri.mjs';
import { eventually, openBrowser, ROOT } from './harness.js';
import { startSite, type Site } from './site-server.js';

const DIST = process.env['EDGE_NET_DIST'] ?? join(ROOT, 'dist');

interface Hashes {
  readonly version: string;
  readonly files: Readonly<Record<string, string>>;
}

const { hashes, pageModules, snippets } = sri as {
  hashes(dist: string): Promise<Hashes>;
  pageModules(dist: string): Promise<string[]>;
  snippets(sri: Hashes, modules: readonly string[], base: string): { readonly tag: string; readonly map: string };
};

/** Says that it ran, in a page or wherever else. */
const TAMPERING = '\nglobalThis.tampered = true;\n';

let browser: Browser;

before(async () => {
  browser = await openBrowser();
});

after(() => browser.close());

/** A CDN whose copy of one file is not what was published, and a site with the paste for what was. */
async function withPaste(tamperedWith: string | undefined, parts: readonly ('map' | 'tag')[], run: (page: Page, refusals: readonly string[]) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-net-sri-'));
  const sites: Site[] = [];
  const open = async (root: string, headers: Readonly<Record<string, string>>): Promise<Site> => {
    const site = await startSite({ root, headers });
    sites.push(site);
    return site;
  };
  const context = await browser.createBrowserContext();
  try {
    for (const name of await readdir(DIST)) if (name.endsWith('.js')) await copyFile(join(DIST, name), join(folder, name));
    if (tamperedWith) await appendFile(join(folder, tamperedWith), TAMPERING);
    const cdn = await open(folder, { 'access-control-allow-origin': '*' });
    const paste = snippets(await hashes(DIST), await pageModules(DIST), cdn.url);
    await writeFile(join(folder, 'page.html'), `<!doctype html><title>A page</title>\n${parts.map((part) => paste[part]).join('\n')}\n<p>Words of the page</p>`);
    const site = await open(folder, {});
    const page = await context.newPage();
    const refusals: string[] = [];
    page.on('console', (message) => /integrity/iu.test(message.text()) && refusals.push(message.text()));
    await page.goto(`${site.url}page.html`);
    await run(page, refusals);
  } finally {
    await context.close();
    await Promise.all(sites.map((site) => site.close()));
    await rm(folder, { recursive: true, force: true });
  }
}

const wasTampered = (page: Page): Promise<boolean> => page.evaluate('globalThis.tampered === true') as Promise<boolean>;
const isDrawn = (page: Page): Promise<boolean> => page.evaluate("(document.querySelector('edge-net-widget')?.shadowRoot?.textContent ?? '').trim() !== ''") as Promise<boolean>;
const isDefined = (page: Page): Promise<boolean> => page.evaluate("customElements.get('edge-net-node') !== undefined") as Promise<boolean>;

test('what was published passes, chunks and all', () =>
  withPaste(undefined, ['map', 'tag'], async (page, refusals) => {
    await eventually(() => isDrawn(page), 'the widget is drawn');
    assert.deepEqual(refusals, []);
  }));

test('another script under the tag is refused by the tag alone', () =>
  withPaste('edge-net.global.js', ['tag'], async (page, refusals) => {
    await eventually(() => refusals.length > 0, 'the browser tells of the refusal');
    assert.deepEqual([await wasTampered(page), await isDefined(page)], [false, false]);
  }));

test('another package behind the tag is refused by the import map', () =>
  withPaste('edge-net.js', ['map', 'tag'], async (page, refusals) => {
    await eventually(() => refusals.length > 0, 'the browser tells of the refusal');
    assert.deepEqual([await wasTampered(page), await isDefined(page)], [false, false]);
  }));

test('another lazy chunk is refused by the import map, and the rest of the package goes on', () =>
  withPaste('edge-net.widget-view.js', ['map', 'tag'], async (page, refusals) => {
    await eventually(() => refusals.some((text) => text.includes('edge-net.widget-view.js')), 'the browser tells of the refusal');
    assert.deepEqual([await wasTampered(page), await isDrawn(page), await isDefined(page)], [false, false, true]);
  }));

test('without the import map a lazy chunk is not held to anything, which is why there is one', () =>
  withPaste('edge-net.widget-view.js', ['tag'], async (page) => {
    await eventually(() => wasTampered(page), 'the chunk ran');
  }));
