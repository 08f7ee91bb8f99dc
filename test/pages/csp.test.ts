/**
 * Pages under policies of all kinds: `diagnose()` names what is in the way and prints the header to send instead, and under
 * exactly that header the page works. The headers of docs/csp.md are taken from there, and work as they stand.
 */
import assert from 'node:assert/strict';
import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { Task } from '../../src/engine/api.js';
import type { Check } from '../../src/elements/node/diagnose.js';
import { edgeNet, ROOT, submit, World } from './harness.js';
import { type Site, startSite } from './site-server.js';
import { search } from './tasks.js';

let world: World;
/** Pages and the package's files, as `edge-net copy-assets` puts them, on one origin. */
let ownRoot: string;

before(async () => {
  world = await World.open();
  ownRoot = world.folder('own');
  await cp(join(ROOT, 'test/pages/site'), ownRoot, { recursive: true });
  const copying = await edgeNet('copy-assets', join(ownRoot, 'edge-net'), '--json');
  await Promise.all([copying.stop(), world.contributor('one')]);
});

after(() => world.close());

const NONCE = 'cmFuZG9t';
const WASM = "'wasm-unsafe-eval'";
const CDN = '{{cdnOrigin}}';
const RELAY = '{{relayOrigins}}';

interface Case {
  readonly policy: string;
  /** What the page's calls are refused with. */
  readonly code: string;
  /** Of the check that has to fail, and the directive that it has to name. */
  readonly check: Check['check'];
  readonly directive: string;
}

const CASES: Readonly<Record<string, Case>> = {
  'no workers of blobs': { policy: `script-src ${CDN} ${WASM}; worker-src 'self'; connect-src ${CDN} ${RELAY}`, code: 'csp-worker', check: 'worker', directive: 'worker-src' },
  'workers left to child-src': { policy: `script-src ${CDN} ${WASM}; child-src 'self'`, code: 'csp-worker', check: 'worker', directive: 'child-src' },
  'workers left to script-src': { policy: `script-src ${CDN} ${WASM}; connect-src *`, code: 'csp-worker', check: 'worker', directive: 'script-src' },
  'no WebAssembly': { policy: `script-src ${CDN}; worker-src blob:; connect-src ${CDN} ${RELAY}`, code: 'csp-wasm', check: 'wasm', directive: 'script-src' },
  'no relay': { policy: `script-src ${CDN} ${WASM}; worker-src blob:; connect-src ${CDN}`, code: 'csp-connect', check: 'network', directive: 'connect-src' },
  'no relay by HTTP': { policy: `script-src ${CDN} ${WASM}; worker-src blob:; connect-src ${CDN} {{relaySocket}}`, code: 'csp-connect', check: 'network', directive: 'connect-src' },
  'everything but the script left to default-src': { policy: `default-src 'self'; script-src ${CDN}`, code: 'csp-worker', check: 'network', directive: 'default-src' },
  'nonces alone': { policy: `script-src 'nonce-${NONCE}' ${WASM}; worker-src blob:; connect-src ${CDN} ${RELAY}`, code: 'csp-worker', check: 'worker', directive: 'script-src' },
  "nonces and 'strict-dynamic' without WebAssembly": { policy: `script-src 'nonce-${NONCE}' 'strict-dynamic'; object-src 'none'; base-uri 'none'`, code: 'csp-wasm', check: 'wasm', directive: 'script-src' },
  'Trusted Types of the page alone': { policy: "require-trusted-types-for 'script'; trusted-types page", code: 'trusted-types', check: 'trusted-types', directive: 'trusted-types' },
  'two policies, each with a gap': { policy: `script-src ${CDN} ${WASM}; worker-src 'none', default-src * ${WASM}; connect-src 'self'`, code: 'csp-worker', check: 'worker', directive: 'worker-src' },
};

for (const [name, { policy, code, check, directive }] of Object.entries(CASES)) {
  test(`${name}: ${code}, and under the header that diagnose() prints the page works`, async () => {
    const page = await under(policy);
    const refused = await submit(page.page, code === 'csp-wasm' ? search({ local: 'only' }) : search({ redundancy: 1, timeout: 30_000 }));
    assert.equal(refused.code, code, JSON.stringify(refused));
    const checks = await diagnose(page.page);
    const failed = checks.find((each) => each.check === check)!;
    assert.equal(failed.ok, false, JSON.stringify(checks));
    assert.ok(failed.directive.split(' ').includes(directive), failed.directive);
    assert.notEqual(failed.fix, '');
    await page.leave();
    const header = failed.header.split('\n').map((line) => /^Content-Security-Policy: (.+)$/u.exec(line)![1]).join(', ');
    const mended = await under(header);
    await works(mended.page);
    assert.deepEqual(mended.complaints, []);
    await mended.leave();
  });
}

test('a nonce that only the tag lacks: csp-frame, and no header; with the nonce in the tag it works', async () => {
  const policy = `script-src 'nonce-${NONCE}' 'strict-dynamic' ${WASM}; worker-src blob:`;
  const page = await under(policy);
  // As single-page applications do, and consent managers.
  await page.page.$$eval('script', (scripts) => scripts.forEach((script) => script.remove()));
  const refused = await submit(page.page, await guest());
  assert.equal(refused.code, 'csp-frame', JSON.stringify(refused));
  const checks = await diagnose(page.page);
  const failed = checks.filter(({ ok }) => !ok);
  assert.deepEqual(failed.map((each) => each.check), ['nonce', 'frame'], JSON.stringify(failed));
  assert.ok(failed.every(({ header, fix }) => header === '' && fix.includes('nonce="…"')), JSON.stringify(failed));
  await page.leave();
  const mended = await under(policy, { nodeNonce: NONCE });
  await mended.page.$$eval('script', (scripts) => scripts.forEach((script) => script.remove()));
  await works(mended.page);
  await mended.leave();
});

test('a worker that is missing is told from one that a policy refuses', async () => {
  const { page, leave } = await under('');
  await page.evaluate(() => document.querySelector('edge-net-node')!.setAttribute('base', '/nowhere/'));
  const worker = (await diagnose(page)).find(({ check }) => check === 'worker')!;
  assert.deepEqual([worker.ok, worker.directive, worker.header], [false, '', '']);
  assert.ok(worker.fix.includes('/nowhere/edge-net.engine.js could not be loaded'), worker.fix);
  await leave();
});

test('a page without a policy: all is well, and nothing of the trial is left', async () => {
  const { page, complaints, leave } = await under('');
  assert.deepEqual((await diagnose(page)).filter(({ ok }) => !ok), []);
  assert.deepEqual(await page.evaluate(async () => [(await indexedDB.databases()).length, document.querySelectorAll('html > div').length]), [0, 0]);
  assert.deepEqual(complaints, []);
  await leave();
});

/** The headers of the documentation, by the heading above each, with the origins of this test. */
async function documented(): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(join(ROOT, 'docs/csp.md'), 'utf8');
  const blocks = [...text.matchAll(/^## ([^\n]+)\n(?:(?!^## )[^])*?```http\nContent-Security-Policy: ([^`]+?)\n```/gmu)];
  const { host } = new URL(world.relay);
  return new Map(blocks.map(([, heading, policy]) => [heading!, policy!
    .replaceAll(/\s*\n\s*/gu, ' ').replaceAll('https://cdn.jsdelivr.net', world.cdn.origin).replaceAll('https://relay.example', `http://${host}`).replaceAll('wss://relay.example', `ws://${host}`).replaceAll('nonce-RANDOM', `nonce-${NONCE}`)]));
}

const DOCUMENTED = ['From a CDN', 'From your own origin', 'Nonces', "Nonces and 'strict-dynamic'", 'Trusted Types', 'With everything else shut'];

test('every header of the documentation is tried here', async () => {
  assert.deepEqual([...(await documented()).keys()], DOCUMENTED);
});

for (const heading of DOCUMENTED) {
  for (const path of ['csp-tag.html', 'csp-one-tag.html']) {
    test(`docs/csp.md, ${heading}: ${path} works under it, and under nothing less`, async () => {
      const policy = (await documented()).get(heading)!;
      const isOwn = policy.includes("worker-src 'self'");
      const whole = await under(policy, {}, path, isOwn);
      await works(whole.page);
      assert.deepEqual(whole.complaints, []);
      await whole.leave();
      if (path !== 'csp-tag.html') return;
      for (const lesser of lesserOf(policy)) {
        const less = await under(lesser, {}, path, isOwn);
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

interface Opened {
  readonly page: Page;
  readonly complaints: readonly string[];
  leave(): Promise<void>;
}

async function siteUnder(policy: string, values: Readonly<Record<string, string>>, isOwn: boolean): Promise<Site> {
  const headers: Record<string, string> = policy === '' ? {} : { 'content-security-policy': policy };
  if (!isOwn) return world.site(headers, values);
  const site = await startSite({ root: ownRoot, headers, values: { relay: world.relay, cdn: '/edge-net/', ...values } });
  world.atEnd(() => site.close());
  return site;
}

async function under(policy: string, values: Readonly<Record<string, string>> = {}, path = 'csp-tag.html', isOwn = false): Promise<Opened> {
  const site = await siteUnder(policy, { nonce: NONCE, relaySocket: new URL(world.relay).origin, ...values }, isOwn);
  const visitor = await world.visitor();
  const page = await visitor.open(`${site.url}${path}`);
  return {
    page, leave: () => visitor.leave(),
    // The icon that keeps the browser from asking for one is refused by many policies.
    get complaints() {
      return visitor.complaints.filter((complaint) => !complaint.includes("'data:,'"));
    },
  };
}

function diagnose(page: Page): Promise<Check[]> {
  return page.evaluate(async () => {
    await customElements.whenDefined('edge-net-node');
    return (document.querySelector('edge-net-node') as HTMLElement & { diagnose(): Promise<Check[]> }).diagnose();
  });
}

async function guest(): Promise<Task> {
  const module = await readFile(join(ROOT, 'examples/guests/c/sha256.wasm'));
  return { type: 'custom_wasm', payload: { module: module.toString('base64'), input: Buffer.from('abc').toString('base64') }, options: { local: 'only' } };
}

/** By the network, by the page itself, in its sandbox, and what is drawn with Lit; and the page's own word. */
async function works(page: Page): Promise<void> {
  await page.waitForSelector('edge-net-node:defined');
  const bought = await submit(page, search({ redundancy: 1 }));
  assert.equal(bought.workers?.length, 1, JSON.stringify(bought));
  for (const task of [search({ local: 'only' }), await guest()]) {
    const result = await submit(page, task);
    assert.deepEqual([result.code, result.workers], [undefined, ['local']], JSON.stringify(result));
  }
  await page.waitForFunction(() => (document.querySelector('edge-net-widget')?.shadowRoot?.childElementCount ?? 0) > 0);
  assert.deepEqual((await diagnose(page)).filter(({ ok }) => !ok), []);
}

/** Whether the tag came up, and the page itself says that all is well. */
async function worksAtAll(page: Page): Promise<boolean> {
  if (!(await page.evaluate(() => customElements.get('edge-net-node') !== undefined))) return false;
  return diagnose(page).then((checks) => checks.every(({ ok }) => ok), () => false);
}
