/**
 * Pages under the headers of docs/csp.md, with the package's files on another origin, in one engine: they contribute and
 * submit. And without that origin among the workers' sources, for which Firefox alone asks. scripts/engines.mjs says which engine.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Task, TaskResult } from '../../src/engine/api.js';
import type { Check } from '../../src/elements/node/diagnose.js';
import { documentedHeaders, NONCE } from '../pages/csp-headers.js';
import { edgeNet, ROOT, type Contributor, type Outcome, type RelayGreeting, type Running } from '../pages/harness.js';
import { startSite, type Site } from '../pages/site-server.js';
import { search } from '../pages/tasks.js';
import { openBrowserPage, type BrowserPage } from './browser-page.js';
import { NODE, untilState } from './node-page.js';

const ENGINE = process.env['EDGE_NET_ENGINE'] ?? 'chromium';

let folder = '';
let relay: Running<RelayGreeting>;
let contributor: Running<Contributor>;
let files: Site;
let page: BrowserPage;
let headers: ReadonlyMap<string, string>;
const sites: Site[] = [];

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-net-policy-'));
  relay = await edgeNet<RelayGreeting>('relay', '--port', '0', '--data', join(folder, 'relay'), '--json');
  contributor = await edgeNet<Contributor>('contribute', '--relay', relay.greeting.url, '--data', join(folder, 'one'), '--cpu-limit', '0.5', '--json');
  files = await startSite({ root: process.env['EDGE_NET_DIST'] ?? join(ROOT, 'dist'), headers: { 'access-control-allow-origin': '*' } });
  page = await openBrowserPage(ENGINE);
  headers = await documentedHeaders(files.origin, relay.greeting.url);
});

after(async () => {
  await page?.close();
  await Promise.all([files, ...sites].map((site) => site?.close()));
  await contributor?.stop();
  await relay?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Goes to a page of a site, of an origin of its own, that sends this policy. */
async function goUnder(policy: string, path: string): Promise<void> {
  const site = await startSite({ root: join(ROOT, 'test/pages/site'), headers: { 'content-security-policy': policy }, values: { cdn: files.url, relay: relay.greeting.url, nonce: NONCE } });
  sites.push(site);
  await page.go(site.url + path);
}

function submit(task: Task): Promise<Outcome> {
  return page.evaluate(async (name: string, given: Task) => {
    await customElements.whenDefined(name);
    const node = document.querySelector(name) as HTMLElement & { submit(task: Task): Promise<TaskResult> };
    return node.submit(given).catch(({ code, message }: Outcome): Outcome => ({ code, message }));
  }, NODE, task);
}

/** The checks that are not well. */
async function complaints(): Promise<readonly Check[]> {
  const checks = await page.evaluate(async (name: string) => {
    await customElements.whenDefined(name);
    return (document.querySelector(name) as HTMLElement & { diagnose(): Promise<Check[]> }).diagnose();
  }, NODE);
  assert.equal(checks.length, 9);
  return checks.filter(({ ok }) => !ok);
}

test(`${ENGINE}: a page with its files on another origin contributes and submits under exactly the documented policy`, async () => {
  await goUnder(headers.get('From a CDN')!, 'module.html?consent=granted');
  const idle = await untilState(page, { statuses: ['idle'], peers: 2 });
  assert.deepEqual([idle.status, idle.stats.peers], ['idle', 2], JSON.stringify(idle));

  const payload = join(folder, 'task.json');
  await writeFile(payload, JSON.stringify(search().payload));
  const submission = await edgeNet<TaskResult>('submit', 'vector_search', '--relay', relay.greeting.url, '--payload', payload, '--redundancy', '2', '--json');
  await submission.stop();
  const { verified, workers } = submission.greeting;
  assert.deepEqual([verified, [...workers].sort()], [true, [contributor.greeting.node, idle.nodeId].sort()], JSON.stringify(submission.greeting));

  const own = await submit(search({ redundancy: 1 }));
  assert.deepEqual([own.code, own.workers], [undefined, [contributor.greeting.node]], JSON.stringify(own));
  assert.deepEqual(await complaints(), []);
});

for (const heading of ['Nonces', "Nonces and 'strict-dynamic'", 'Trusted Types', 'With everything else shut']) {
  test(`${ENGINE}: docs/csp.md, ${heading}: a page submits under it, and has nothing to complain of`, async () => {
    await goUnder(headers.get(heading)!, 'csp-tag.html');
    const bought = await submit(search({ redundancy: 1 }));
    assert.deepEqual([bought.code, bought.workers], [undefined, [contributor.greeting.node]], JSON.stringify(bought));
    assert.deepEqual(await complaints(), []);
  });
}

test(`${ENGINE}: without the files' origin in worker-src, Firefox says csp-worker; in every engine diagnose() names it and prints the header`, async () => {
  const whole = headers.get('From a CDN')!;
  const lesser = whole.replace(`worker-src blob: ${files.origin};`, 'worker-src blob:;');
  assert.notEqual(lesser, whole);
  await goUnder(lesser, 'module.html?consent=granted');
  const refuses = ENGINE === 'firefox';
  const { status, error } = await untilState(page, refuses ? { statuses: ['error'] } : { statuses: ['idle'], peers: 1 });
  assert.deepEqual([status, error?.code], refuses ? ['error', 'csp-worker'] : ['idle', undefined], error?.message);
  if (refuses) {
    assert.ok(error!.message.includes(`worker-src blob: ${files.origin}`), error!.message);
    assert.equal((await submit(search())).code, 'csp-worker');
  }
  const [worker, ...others] = await complaints();
  assert.deepEqual([worker?.check, worker?.directive, others], ['worker', 'worker-src', []], JSON.stringify([worker, ...others]));
  assert.ok(worker!.fix.includes(`add ${files.origin} to worker-src. Firefox`), worker!.fix);

  // Under exactly that header, it works.
  await goUnder(worker!.header.replace('Content-Security-Policy: ', ''), 'csp-tag.html');
  const bought = await submit(search({ redundancy: 1 }));
  assert.deepEqual([bought.code, bought.workers?.length], [undefined, 1], JSON.stringify(bought));
  assert.deepEqual(await complaints(), []);
});
