/** Every tag that the documentation says to paste, pasted: with its hash, into the head of a page, against a real relay. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { buildSite } from '../../scripts/site/build.mjs';
import { ROOT, untilState, World } from './harness.js';
import { startSite } from './site-server.js';

const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
const CDN = `https://cdn.jsdelivr.net/npm/@ruvector/edge-net@${version}/dist/`;

const folder = mkdtempSync(join(tmpdir(), 'edge-net-pastes-'));
let world: World;

before(async () => {
  world = await World.open();
});
after(async () => {
  await world?.close();
  rmSync(folder, { recursive: true, force: true });
});

const unescape = (html: string): string => html.replace(/&lt;/gu, '<').replace(/&gt;/gu, '>').replace(/&quot;/gu, '"').replace(/&#39;/gu, "'").replace(/&amp;/gu, '&');

/** What is pasted, with the pages that say so. */
function pastes(): Map<string, string[]> {
  const outDir = join(folder, 'docs');
  const dist = process.env['EDGE_NET_DIST'];
  const found = new Map<string, string[]>();
  for (const file of buildSite({ outDir, ...(dist ? { dist } : {}) }).files) {
    for (const [, code] of readFileSync(join(outDir, file), 'utf8').matchAll(/<code class="language-html">(.*?)<\/code>/gsu)) {
      const html = unescape(code!);
      if (html.includes(CDN)) found.set(html, [...(found.get(html) ?? []), file]);
    }
  }
  return found;
}

test('each pasted tag makes a node that asks, or waits for the consent tool, and complains of nothing', async () => {
  const all = pastes();
  assert.ok(new Set([...all.values()].flat()).size >= 8, 'the guide and the page of each content system have one');
  const site = await startSite({ root: folder });
  const visitor = await world.visitor();
  let number = 0;
  for (const [paste, files] of all) {
    const where = files.join(', ');
    const body = paste.replaceAll(CDN, world.cdn.url).replaceAll('wss://relay.example/gun', world.relay);
    assert.match(body, /integrity="sha384-/u, where);
    const name = `paste-${(number += 1)}.html`;
    // A script alone may stand in a head; elements may not.
    const [head, rest] = body.includes('<edge-net') ? ['', body] : [body, ''];
    writeFileSync(join(folder, name), `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page</title>${head}<link rel="icon" href="data:,"></head><body><h1>A page</h1>${rest}</body></html>`);
    const page = await visitor.open(site.url + name);
    const expected = body.includes('consent="denied"') ? 'declined' : 'awaiting-consent';
    const { status } = await untilState(page, (state, wanted) => state.status === wanted, expected);
    assert.equal(status, expected, where);
    if (/data-widget="bottom|<edge-net-widget/u.test(body)) await page.waitForFunction(() => document.querySelector('edge-net-widget')?.shadowRoot?.textContent);
    await page.close();
  }
  assert.deepEqual(visitor.complaints, []);
  assert.equal(world.tap.connections + world.tap.requests, 0, 'nobody connects before a yes');
  await visitor.leave();
  await site.close();
});
