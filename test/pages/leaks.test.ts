/** A node that comes and goes leaves nothing: no worker, no socket, no lock, no listener, no timer. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { CDPSession, Page } from 'puppeteer-core';
import { eventually, isUp, submit, untilState, World } from './harness.js';
import { search } from './tasks.js';

const CYCLES = 10;
let world: World;

before(async () => {
  world = await World.open();
  await world.crew();
});

after(() => world.close());

async function listeners(session: CDPSession): Promise<number> {
  let count = 0;
  for (const expression of ['window', 'document', 'document.documentElement', 'document.body']) {
    const { result } = await session.send('Runtime.evaluate', { expression });
    count += (await session.send('DOMDebugger.getEventListeners', { objectId: result.objectId!, depth: 1 })).listeners.length;
  }
  return count;
}

interface Left {
  readonly workers: number;
  readonly listeners: number;
  readonly locks: number;
  readonly sockets: number;
}

async function whatIsLeft(page: Page, session: CDPSession): Promise<Left> {
  const locks = await page.evaluate(async () => {
    const { held = [], pending = [] } = await navigator.locks.query();
    return held.length + pending.length;
  });
  return { workers: page.workers().length, listeners: await listeners(session), locks, sockets: world.tap.open };
}

test(`${CYCLES} cycles of connecting, working and disconnecting leave no worker, listener, lock or socket behind`, async () => {
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}module.html?consent=granted&tasks=embedding`);
  const session = await page.createCDPSession();
  const cycle = async (): Promise<void> => {
    await untilState(page, isUp);
    assert.equal((await submit(page, search())).verified, true);
    await page.evaluate(async () => {
      const node = document.querySelector('edge-net-node') as HTMLElement & { disconnect(): Promise<void> };
      await node.disconnect();
      node.remove();
      Object.assign(globalThis, { resting: node });
    });
    await eventually(() => page.workers().length === 0 && world.tap.open === 2, 'the engine ended');
  };
  const connect = (): Promise<unknown> => page.evaluate(() => document.body.append((globalThis as unknown as { resting: Node }).resting));

  await cycle();
  const first = await whatIsLeft(page, session);
  assert.deepEqual({ ...first, listeners: 0 }, { workers: 0, listeners: 0, locks: 0, sockets: 2 });
  for (let round = 1; round < CYCLES; round++) {
    await connect();
    await cycle();
  }
  assert.deepEqual(await whatIsLeft(page, session), first);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
