/**
 * The demo page in one engine, against a real relay: its visitor allows, the page contributes, and a task that another
 * process submits is verified by what this page and one contributor compute. scripts/engines.mjs says which engine.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TaskResult } from '../../src/engine/api.js';
import { edgeNet, type Contributor, type RelayGreeting, type Running } from '../pages/harness.js';
import { search } from '../pages/tasks.js';
import { openBrowserPage, type BrowserPage } from './browser-page.js';
import { NODE, untilState } from './node-page.js';

const ENGINE = process.env['EDGE_NET_ENGINE'] ?? 'chromium';

let folder = '';
let relay: Running<RelayGreeting>;
let contributor: Running<Contributor>;
let page: BrowserPage;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edge-net-smoke-'));
  relay = await edgeNet<RelayGreeting>('relay', '--port', '0', '--data', join(folder, 'relay'), '--json');
  contributor = await edgeNet<Contributor>('contribute', '--relay', relay.greeting.url, '--data', join(folder, 'one'), '--cpu-limit', '0.5', '--json');
  page = await openBrowserPage(ENGINE);
});

after(async () => {
  await page?.close();
  await contributor?.stop();
  await relay?.stop();
  await rm(folder, { recursive: true, force: true });
});

test(`${ENGINE}: a visitor of the demo page allows, and the page verifies a task of another process`, async () => {
  await page.go(relay.greeting.url.replace(/^ws/u, 'http').replace(/gun$/u, ''));
  const asked = await untilState(page, { statuses: ['awaiting-consent'] });
  assert.equal(asked.status, 'awaiting-consent', JSON.stringify(asked));
  await page.pressInShadow(NODE, 'Allow');
  const idle = await untilState(page, { statuses: ['idle'], peers: 1 });
  assert.equal(idle.status, 'idle', JSON.stringify(idle));

  const payload = join(folder, 'task.json');
  const task = search();
  await writeFile(payload, JSON.stringify(task.payload));
  const submission = await edgeNet<TaskResult>('submit', task.type, '--relay', relay.greeting.url, '--payload', payload, '--redundancy', '2', '--json');
  await submission.stop();
  const result = submission.greeting;
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.deepEqual([...result.workers].sort(), [contributor.greeting.node, idle.nodeId].sort());
  assert.deepEqual((result['matches'] as { id: number }[][]).map((row) => row.map(({ id }) => id)), [[1]]);

  const { stats } = await untilState(page, { statuses: ['idle', 'working'], paid: true });
  assert.deepEqual([stats.tasksCompleted, stats.pending], [1, Math.round((result.cost / 2) * 0.9 * 1e6) / 1e6], 'half of the price, less the fee');
});
