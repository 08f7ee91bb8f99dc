/** The sandbox of a page, in a real browser: what it keeps in, what it costs the page, and what it says where it is refused. */
import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import type { Browser, Page, SerializedAXNode } from 'puppeteer-core';
import { example, guest, run } from '../kernels/custom_wasm-context.js';
import { eventually, openBrowser } from './harness.js';
import type { Bed } from './sandbox/bed.js';
import { startHost, type HostileHost } from './sandbox/hostile-host.js';

let browser: Browser;
let host: HostileHost;
const pages: Page[] = [];

before(async () => {
  [browser, host] = await Promise.all([openBrowser(), startHost()]);
});
after(() => Promise.all([browser.close(), host.close()]));
afterEach(() => Promise.all(pages.splice(0).map((page) => page.close())));

async function open(policy?: string, nonce?: string): Promise<Page> {
  const page = await browser.newPage();
  pages.push(page);
  await page.goto(host.page(policy, nonce));
  return page;
}

/** Calls the page's bed; everything goes and comes as plain data. */
function call<Name extends keyof Bed>(page: Page, name: Name, ...args: Parameters<Bed[Name]>): Promise<Awaited<ReturnType<Bed[Name]>>> {
  return page.evaluate(`bed[${JSON.stringify(name)}](...${JSON.stringify(args)})`) as Promise<Awaited<ReturnType<Bed[Name]>>>;
}

interface Attack {
  readonly tried: number;
  readonly reached: readonly string[];
}

/** What the other server has seen by the time it has answered the page once more. */
async function arrivals(page: Page): Promise<readonly string[]> {
  await page.evaluate((url) => fetch(url, { mode: 'no-cors' }), `${host.target}control`);
  return host.reached().filter((path) => path !== '/control' && path !== '/favicon.ico');
}

test('a hostile script in a worker of the frame reaches no server, no store and no channel', async () => {
  const page = await open();
  const { tried, reached } = (await call(page, 'hostileWorker')) as Attack;
  assert.deepEqual(reached, []);
  assert.ok(tried > 25);
  assert.deepEqual(await arrivals(page), []);
});

test('the same script anywhere else reaches most of them', async () => {
  const page = await open();
  const { reached } = (await call(page, 'freeWorker')) as Attack;
  for (const name of ['fetch', 'XMLHttpRequest', 'XMLHttpRequest, synchronous', 'EventSource', 'importScripts', 'dynamic import', 'eval', 'nested worker that fetches', 'nested worker that imports', 'indexedDB', 'caches', 'private files']) assert.ok(reached.includes(name), name);
  const arrived = await arrivals(page);
  for (const path of ['fetch', 'xhr', 'xhr-sync', 'socket', 'events', 'import-scripts.js', 'import.js', 'nested', 'font']) assert.ok(arrived.includes(`/worker/${path}`), path);
});

test('a hostile script in the frame itself reaches none either, nor the page', async () => {
  const page = await open();
  const { tried, reached } = (await call(page, 'hostileFrame')) as Attack;
  assert.deepEqual(reached, []);
  assert.ok(tried > 40);
  await eventually(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:')), 'the frame tried to go elsewhere');
  assert.deepEqual(await arrivals(page), []);
  assert.equal(await page.title(), 'secret of the page');
  assert.equal((await browser.pages()).filter((other) => other.url().startsWith(host.target)).length, 0);
});

test('the frame has given up what no policy forbids', async () => {
  const page = await open();
  await call(page, 'run', await call(page, 'open', {}), 'echo');
  const [inner] = await Promise.all(page.frames().filter((frame) => frame.parentFrame()?.parentFrame()).map((frame) => frame.evaluate('[typeof Worker, typeof RTCPeerConnection, typeof webkitRTCPeerConnection]')));
  assert.deepEqual(inner, ['function', 'undefined', 'undefined']);
});

test('the pool contract holds for workers of the frame', async () => {
  assert.deepEqual(await call(await open(), 'contract'), []);
});

test('glue code finds no global of a worker, and no other job', async () => {
  const page = await open();
  const pool = await call(page, 'open', { size: 2 });
  const { output } = await call(page, 'run', pool, 'globals');
  const left = output as string[];
  assert.deepEqual(left.filter((name) => /^[a-z]/u.test(name)).sort(), ['atob', 'btoa', 'clearTimeout', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'globalThis', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'performance', 'setTimeout', 'undefined']);
  const homes = await Promise.all([1, 2, 3].map(() => call(page, 'run', pool, 'home')));
  assert.equal(new Set(homes.map((home) => home.output)).size, 3);
});

test('an endless guest is killed at its wall time, and the next job is served', async () => {
  const page = await open();
  const pool = await call(page, 'open', {});
  for (const kind of ['stuck', 'endless_wasm']) {
    assert.equal((await call(page, 'run', pool, kind, {}, 300)).code, 'timeout');
    assert.equal((await call(page, 'run', pool, 'echo', 7)).output, 7);
  }
});

test('a guest that cannot be left keeps to the CPU limit', async () => {
  const page = await open();
  const pool = await call(page, 'open', { duty: 0.3 });
  const { output, busyMs } = await call(page, 'run', pool, 'blocking', { wallMs: 3_000 });
  const { wallMs } = output as { readonly wallMs: number };
  assert.ok(busyMs! < 0.33 * (wallMs + 300) && busyMs! > 0.27 * wallMs, `${busyMs} of ${wallMs} ms`);
});

/** What a screen reader is told of the page. */
async function spoken(page: Page): Promise<readonly string[]> {
  const list = ({ role, name = '', children = [] }: SerializedAXNode): string[] => [`${role} ${name}`, ...children.flatMap(list)];
  return list((await page.accessibility.snapshot({ interestingOnly: false, includeIframes: true }))!);
}

test('the frame takes no room, no focus and no words, and goes when it has been idle', async () => {
  const page = await open();
  const outline = (): Promise<unknown> => page.evaluate(() => ({ size: [document.documentElement.scrollWidth, document.documentElement.scrollHeight], body: document.body.getBoundingClientRect().toJSON(), inBody: document.body.children.length }));
  const bare = { outline: await outline(), spoken: await spoken(page) };
  await page.evaluate(() => {
    const shifts: number[] = [];
    Object.assign(globalThis, { shifts });
    new PerformanceObserver((list) => shifts.push(...list.getEntries().map(() => 1))).observe({ type: 'layout-shift', buffered: true });
  });
  const pool = await call(page, 'open', { idleMs: 500 });
  assert.equal((await call(page, 'run', pool, 'echo', 7)).output, 7);
  assert.equal(await call(page, 'frames'), 1);
  assert.deepEqual(await outline(), bare.outline);
  assert.deepEqual(await spoken(page), bare.spoken);
  assert.deepEqual(await page.evaluate(() => document.querySelector('html > div[hidden]')!.getBoundingClientRect().toJSON()), { x: 0, y: 0, width: 0, height: 0, top: 0, right: 0, bottom: 0, left: 0 });
  const focused: string[] = [];
  for (let step = 0; step < 4; step++) {
    await page.keyboard.press('Tab');
    focused.push(await page.evaluate(() => document.activeElement!.localName));
  }
  assert.ok(focused.includes('a') && !focused.includes('div'), focused.join());
  await eventually(async () => (await call(page, 'frames')) === 0, 'the idle frame was removed');
  assert.deepEqual(await page.evaluate('shifts'), []);
  assert.equal((await call(page, 'run', pool, 'echo', 8)).output, 8, 'another frame serves the next job');
  await call(page, 'close', pool);
  assert.equal(await call(page, 'frames'), 0);
});

test('a page that removes the frame fails what runs in it, and the next job has another', async () => {
  const page = await open();
  const pool = await call(page, 'open', {});
  assert.equal(await call(page, 'bereave', pool), 'kernel-failed');
  assert.equal((await call(page, 'run', pool, 'echo', 7)).output, 7);
});

test('a guest gives in a page what it gives in Node, to the unit of fuel', async () => {
  const page = await open("default-src 'none'; script-src {{origin}} 'wasm-unsafe-eval'; worker-src blob:; connect-src {{origin}}");
  const pool = await call(page, 'open', { script: '/guests.js' });
  const input = new TextEncoder().encode('the cat sat on the mat');
  for (const name of ['c/sha256', 'rust/word_count', 'wat/crc32']) {
    const module = example(name);
    const expected = await run({ module, input });
    const told = await call(page, 'guest', pool, { module: Buffer.from(module).toString('base64'), input: Buffer.from(input).toString('base64') });
    assert.equal(told.message, undefined);
    assert.deepEqual(told.output, { output: Buffer.from(expected.output).toString('hex'), fuel: expected.fuel }, name);
  }
  const endless = guest('(loop $again (br $again)) (i64.const 0)');
  assert.equal((await call(page, 'guest', pool, { module: Buffer.from(endless).toString('base64'), input: '', fuel: 50_000 })).code, 'limit-exceeded');
});

const NONCE = 'cmFuZG9t';
const WORKING: Readonly<Record<string, readonly [policy: string, nonce?: string]>> = {
  'what the documentation asks for': ["default-src 'none'; script-src {{origin}} 'wasm-unsafe-eval'; worker-src blob:; connect-src {{origin}}"],
  'nonces alone': [`default-src 'none'; script-src 'nonce-${NONCE}' 'wasm-unsafe-eval'; worker-src blob:; connect-src {{origin}}`, NONCE],
  'nonces and strict-dynamic': [`default-src 'none'; script-src 'nonce-${NONCE}' 'strict-dynamic' 'wasm-unsafe-eval'; worker-src blob:; connect-src {{origin}}`, NONCE],
  'frames forbidden': ["frame-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src blob:"],
  'Trusted Types that allow our policy': ["require-trusted-types-for 'script'; trusted-types edge-net"],
};
for (const [name, [policy, nonce]] of Object.entries(WORKING)) {
  test(`runs WebAssembly under ${name}`, async () => {
    const page = await open(policy, nonce);
    const pool = await call(page, 'open', {});
    assert.deepEqual((await call(page, 'run', pool, 'wasm')).output, 0);
    assert.equal((await call(page, 'run', pool, 'wasm')).output, 0, 'and again');
  });
}

const REFUSED = {
  'csp-frame': ['script-src {{origin}}/bed.js', 'script-src'],
  'csp-worker': ["script-src 'self'; worker-src 'self'", 'worker-src'],
  'csp-wasm': ["script-src 'self'; worker-src blob:", "'wasm-unsafe-eval'"],
  'trusted-types': ["require-trusted-types-for 'script'; trusted-types page", 'trusted-types edge-net'],
} as const;
for (const [code, [policy, advice]] of Object.entries(REFUSED)) {
  test(`refused: ${code}, and what to add`, async () => {
    const page = await open(policy);
    const pool = await call(page, 'open', {});
    const refused = await call(page, 'run', pool, 'wasm');
    assert.equal(refused.code, code, JSON.stringify(refused));
    assert.ok(refused.message!.includes(advice), refused.message);
    if (code !== 'csp-wasm' && code !== 'csp-worker') assert.equal(await call(page, 'frames'), 0, 'no frame is left');
  });
}
