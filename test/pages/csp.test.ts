/**
 * Pages under policies of all kinds: `diagnose()` names what is in the way and prints the header to send instead, and under
 * exactly that header the page works.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Check } from '../../src/elements/node/diagnose.js';
import { NONCE } from './csp-headers.js';
import { diagnose, guest, PolicyPages } from './csp-pages.js';
import { submit } from './harness.js';
import { search } from './tasks.js';

let pages: PolicyPages;

before(async () => { pages = await PolicyPages.open(); });
after(() => pages.close());

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
    const page = await pages.under(policy);
    const refused = await submit(page.page, code === 'csp-wasm' ? search({ local: 'only' }) : search({ redundancy: 1, timeout: 30_000 }));
    assert.equal(refused.code, code, JSON.stringify(refused));
    const checks = await diagnose(page.page);
    const failed = checks.find((each) => each.check === check)!;
    assert.equal(failed.ok, false, JSON.stringify(checks));
    assert.ok(failed.directive.split(' ').includes(directive), failed.directive);
    assert.notEqual(failed.fix, '');
    await page.leave();
    const header = failed.header.split('\n').map((line) => /^Content-Security-Policy: (.+)$/u.exec(line)![1]).join(', ');
    const mended = await pages.under(header);
    await pages.works(mended.page);
    assert.deepEqual(mended.complaints, []);
    await mended.leave();
  });
}

test('a nonce that only the tag lacks: csp-frame, and no header; with the nonce in the tag it works', async () => {
  const policy = `script-src 'nonce-${NONCE}' 'strict-dynamic' ${WASM}; worker-src blob: ${CDN}`;
  const page = await pages.under(policy);
  // As single-page applications do, and consent managers.
  await page.page.$$eval('script', (scripts) => scripts.forEach((script) => script.remove()));
  const refused = await submit(page.page, await guest());
  assert.equal(refused.code, 'csp-frame', JSON.stringify(refused));
  const checks = await diagnose(page.page);
  const failed = checks.filter(({ ok }) => !ok);
  assert.deepEqual(failed.map((each) => each.check), ['nonce', 'frame'], JSON.stringify(failed));
  assert.ok(failed.every(({ header, fix }) => header === '' && fix.includes('nonce="…"')), JSON.stringify(failed));
  await page.leave();
  const mended = await pages.under(policy, { nodeNonce: NONCE });
  await mended.page.$$eval('script', (scripts) => scripts.forEach((script) => script.remove()));
  await pages.works(mended.page);
  await mended.leave();
});

test("what only Firefox refuses is named in this browser too", async () => {
  const { page, leave } = await pages.under(`script-src ${CDN} ${WASM}; worker-src blob:; connect-src ${CDN} ${RELAY}`);
  assert.equal((await submit(page, search({ redundancy: 1 }))).code, undefined);
  const failed = (await diagnose(page)).filter(({ ok }) => !ok);
  assert.deepEqual(failed.map(({ check, directive }) => [check, directive]), [['worker', 'worker-src']], JSON.stringify(failed));
  assert.ok(failed[0]!.fix.includes(`add ${pages.world.cdn.origin} to worker-src. Firefox`), failed[0]!.fix);
  await leave();
  const mended = await pages.under(failed[0]!.header.replace('Content-Security-Policy: ', ''));
  await pages.works(mended.page);
  await mended.leave();
});

test('a worker that is missing is told from one that a policy refuses', async () => {
  const { page, leave } = await pages.under('');
  await page.evaluate(() => document.querySelector('edge-net-node')!.setAttribute('base', '/nowhere/'));
  const worker = (await diagnose(page)).find(({ check }) => check === 'worker')!;
  assert.deepEqual([worker.ok, worker.directive, worker.header], [false, '', '']);
  assert.ok(worker.fix.includes('/nowhere/edge-net.engine.js could not be loaded'), worker.fix);
  await leave();
});

test('a page without a policy: all is well, and nothing of the trial is left', async () => {
  const { page, complaints, leave } = await pages.under('');
  assert.deepEqual((await diagnose(page)).filter(({ ok }) => !ok), []);
  assert.deepEqual(await page.evaluate(async () => [(await indexedDB.databases()).length, document.querySelectorAll('html > div').length]), [0, 0]);
  assert.deepEqual(complaints, []);
  await leave();
});
