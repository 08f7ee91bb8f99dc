/** custom_wasm through the tag of a strict page: by the page itself, and by the page for others beside a process. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Task, TaskOptions } from '../../src/engine/api.js';
import { eventually, ROOT, submit, untilState, World, type Outcome } from './harness.js';

let world: World;

before(async () => {
  world = await World.open();
  await world.contributor('one');
});

after(() => world.close());

/** What DESIGN asks a page for, and no more. */
const POLICY = "script-src {{cdnOrigin}} 'wasm-unsafe-eval'; worker-src blob: {{cdnOrigin}}; connect-src {{cdnOrigin}} {{relayOrigins}}";
const INPUT = 'the cat sat on the mat';

async function guest(options: TaskOptions): Promise<Task> {
  const module = await readFile(join(ROOT, 'examples/guests/c/sha256.wasm'));
  return { type: 'custom_wasm', payload: { module: module.toString('base64'), input: Buffer.from(INPUT).toString('base64') }, options };
}

function hexOf({ output }: Outcome): string {
  return Buffer.from(Object.values(output as Record<string, number>)).toString('hex');
}

const EXPECTED = createHash('sha256').update(INPUT).digest('hex');

test('a page that only submits runs a guest itself, and keeps no frame when it leaves', async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site({ 'content-security-policy': POLICY })).url}module.html?consent=ask&prompt=manual`);
  const result = await submit(page, await guest({ local: 'only' }));
  assert.equal(result.code, undefined, JSON.stringify(result));
  assert.deepEqual([hexOf(result), result.workers, result.verified], [EXPECTED, ['local'], false]);
  assert.equal((await page.$$('html > div[hidden]')).length, 1);
  await page.evaluate(async () => {
    const node = document.querySelector('edge-net-node') as HTMLElement & { disconnect(): Promise<void> };
    await node.disconnect();
    node.remove();
  });
  await eventually(async () => (await page.$$('html > div[hidden]')).length === 0, 'the frame went with the engine');
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});

test('a page and a process agree on a guest of somebody else, to the byte', async () => {
  const worker = await world.visitor();
  const page = await worker.open(`${(await world.site({ 'content-security-policy': POLICY })).url}module.html?consent=granted`);
  const { nodeId } = await untilState(page, (state) => state.status === 'idle' && state.stats.peers === 2);
  const buyer = await world.visitor();
  const buying = await buyer.open(`${(await world.site()).url}module.html?consent=ask&prompt=manual`);
  const result = await submit(buying, await guest({ redundancy: 2, local: 'never' }));
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.ok(result.workers!.includes(nodeId));
  assert.equal(hexOf(result), EXPECTED);
  assert.deepEqual([...worker.complaints, ...buyer.complaints], []);
  await Promise.all([worker.leave(), buyer.leave()]);
});
