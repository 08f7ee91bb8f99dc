/** docs/csp.md: the tag works under each header as it is written there, and under none that lacks one of its sources. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import { documentedHeaders } from './csp-headers.js';
import { diagnose, PolicyPages } from './csp-pages.js';

let pages: PolicyPages;

before(async () => { pages = await PolicyPages.open(); });
after(() => pages.close());

const documented = (): Promise<ReadonlyMap<string, string>> => documentedHeaders(pages.world.cdn.origin, pages.world.relay);

const DOCUMENTED = ['From a CDN', 'From your own origin', 'Nonces', "Nonces and 'strict-dynamic'", 'Trusted Types', 'With everything else shut'];

test('every header of the documentation is tried here', async () => {
  assert.deepEqual([...(await documented()).keys()], DOCUMENTED);
});

for (const heading of DOCUMENTED) {
  for (const path of ['csp-tag.html', 'csp-one-tag.html']) {
    test(`docs/csp.md, ${heading}: ${path} works under it, and under nothing less`, async () => {
      const policy = (await documented()).get(heading)!;
      const isOwn = policy.includes("worker-src 'self'");
      const whole = await pages.under(policy, {}, path, isOwn);
      await pages.works(whole.page);
      assert.deepEqual(whole.complaints, []);
      await whole.leave();
      if (path !== 'csp-tag.html') return;
      for (const lesser of lesserOf(policy)) {
        const less = await pages.under(lesser, {}, path, isOwn);
        assert.equal(await worksAtAll(less.page), false, `works under less: ${lesser}`);
        await less.leave();
      }
    });
  }
}

/** The policy without one of the sources that our tag asks for. A nonce is the page's own wish, which a host fulfils as well. */
function lesserOf(policy: string): string[] {
  const parts = policy.split(';').map((part) => part.trim().split(' '));
  return parts.flatMap(([name = '', ...sources], index) => {
    if (!['script-src', 'worker-src', 'connect-src', 'trusted-types'].includes(name)) return [];
    return sources.filter((source) => !source.startsWith("'nonce-")).map((source) => {
      const left = sources.filter((other) => other !== source);
      return parts.map((part, at) => (at === index ? [name, ...(left.length > 0 ? left : ["'none'"])] : part).join(' ')).join('; ');
    });
  });
}

/** Whether the tag came up, and the page itself says that all is well. */
async function worksAtAll(page: Page): Promise<boolean> {
  if (!(await page.evaluate(() => customElements.get('edge-net-node') !== undefined))) return false;
  return diagnose(page).then((checks) => checks.every(({ ok }) => ok), () => false);
}
