/** A page that contributes is a guest: it notices the visitor and the page, steps back, stops at once, and says why. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { HistoryEntry, NodeState } from '../../src/engine/api.js';
import { type Demand, demand } from './demand.js';
import { focus, guestUrl, pauseWorking, reportedDuty } from './guest.js';
import { heard, untilState, type Visitor, World } from './harness.js';
import type { Site } from './site-server.js';

const PAUSE_MS_MAX = 200;
/** `node --import tsx test/pages/duty.ts` watches longer, and from both sides. */
const WATCH_MS = 5_000;

let world: World;
let site: Site;
let work: Demand;
let visitor: Visitor;
/** The tab that contributes; one for all tests, since a network takes its time to seat a new node. */
let page: Page;

before(async () => {
  world = await World.open();
  site = await world.site();
  work = await demand(world.directRelay.url);
  visitor = await world.visitor();
  page = await visitor.open(guestUrl(site.url));
  await focus(page);
});

after(async () => {
  await work.stop();
  await world.close();
});

const set = (tab: Page, settings: Readonly<Record<string, string>>): Promise<void> =>
  tab.$eval('edge-net-node', (node, given) => Object.entries(given).forEach(([name, value]) => node.setAttribute(name, value)), settings);
const call = (tab: Page, method: 'resume' | 'snooze', ...args: number[]): Promise<void> =>
  tab.$eval('edge-net-node', (node, name, given) => (node as unknown as Record<string, (...args: number[]) => void>)[name]!(...given), method, args);
const atLimit = (tab: Page): Promise<NodeState> => untilState(tab, ({ status, throttle }) => status === 'working' && throttle.level === 0.5);
const because = (tab: Page, cause: string): Promise<NodeState> => untilState(tab, ({ throttle }, why) => throttle.because === why, cause);

async function follower(prepare?: (tab: Page) => Promise<unknown>): Promise<Page> {
  const tab = await visitor.open(guestUrl(site.url, { idle: '3000' }), prepare);
  await untilState(tab, ({ status }) => status === 'following');
  await focus(tab);
  return tab;
}

test('a page keeps to its limit, and stops all work when it is paused', async () => {
  await set(page, { 'cpu-limit': '0.3' });
  await untilState(page, ({ stats }) => stats.tasksCompleted > 0);
  const duty = await reportedDuty(page, WATCH_MS);
  assert.ok(duty < 0.32 && duty > 0.1, `${duty}`);

  const { inTime, stoppedMs } = await pauseWorking(page, PAUSE_MS_MAX);
  assert.ok(inTime, `${stoppedMs}`);
  const { reasons, throttle } = await untilState(page, ({ status, stats }) => status === 'paused' && stats.cpu === 0);
  assert.deepEqual([reasons.filter((reason) => reason !== 'no-peers'), throttle], [['paused-by-site'], { level: 0, because: 'paused-by-site' }]);
  const tasks = (await heard(page, 'edge-net-task')) as HistoryEntry[];
  const lines = [...new Map(tasks.map(({ taskId, outcome }) => [taskId, outcome])).values()];
  assert.ok(lines.length > 0 && lines.every((outcome) => outcome === 'paid' || outcome === 'unpaid'), lines.join());

  await set(page, { 'cpu-limit': '0.5' });
  await call(page, 'resume');
  await atLimit(page);
});

test('a visitor who is active slows the work, in whichever tab', async () => {
  await set(page, { 'min-idle-time': '3000' });
  await page.mouse.move(10, 10);
  assert.equal((await because(page, 'user-active')).throttle.level, 0.2);
  assert.ok((await atLimit(page)).reasons.every((reason) => reason !== 'user-active'));

  const tab = await follower();
  await tab.mouse.move(20, 20);
  assert.ok((await because(page, 'user-active')).reasons.includes('user-active'));
  await tab.close();
  await atLimit(page);
});

test('a page that does heavy work of its own brings the level down, and back up when it is done', async () => {
  await page.evaluate(() => {
    const until = { stopped: false };
    const frame = (): void => {
      document.body.style.outlineWidth = `${Math.round(performance.now()) % 2}px`;
      const end = performance.now() + 90;
      while (performance.now() < end) { /* busy */ }
      if (!until.stopped) requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
    Object.assign(globalThis, { until });
  });
  const { throttle, reasons } = await because(page, 'page-struggling');
  assert.equal(throttle.level, 0.1);
  assert.ok(reasons.includes('page-busy'));
  await page.evaluate('until.stopped = true');
  await atLimit(page);
  const levels = ((await heard(page, 'edge-net-state')) as NodeState[]).map((state) => state.throttle.level);
  assert.ok(levels.every((level) => level <= 0.5));
});

test('pressure on the processor pauses, and what other tabs notice of it counts', async () => {
  const tab = await follower((fresh) => fresh.evaluateOnNewDocument(() => {
    class PressureObserver {
      constructor(report: (records: readonly { state: string }[]) => void) {
        Object.assign(globalThis, { press: (state: string) => report([{ state }]) });
      }
      observe = async (): Promise<void> => undefined;
      disconnect(): void {}
    }
    Object.assign(globalThis, { PressureObserver });
  }));
  await tab.evaluate("press('critical')");
  assert.ok((await because(page, 'pressure')).reasons.includes('pressure'));
  await untilState(page, ({ status }) => status === 'paused');
  await tab.evaluate("press('fair')");
  await atLimit(page);
  await tab.close();
});

test('a bandwidth limit finishes what has come, and takes no more', async () => {
  const { stats } = await atLimit(page);
  await set(page, { 'bandwidth-limit': '500B' });
  assert.ok((await because(page, 'bandwidth')).reasons.includes('bandwidth'));
  await untilState(page, ({ status, stats: { tasksCompleted } }, before) => status === 'paused' && tasksCompleted > before, stats.tasksCompleted);
  await set(page, { 'bandwidth-limit': '100MB' });
  await atLimit(page);
});

test("a following tab's snooze holds when it takes over, and on the next page", async () => {
  const tab = await follower();
  await call(tab, 'snooze', 3_600_000);
  assert.ok((await because(page, 'snoozed')).reasons.includes('snoozed'));
  await untilState(page, ({ status }) => status === 'paused');
  await page.close();
  const snoozed = { level: 0, because: 'snoozed' };
  assert.deepEqual((await untilState(tab, ({ status }) => status === 'paused')).throttle, snoozed);
  await tab.reload();
  assert.deepEqual((await untilState(tab, ({ status, throttle }) => status === 'paused' && throttle.because !== '')).throttle, snoozed);
  await call(tab, 'resume');
  await atLimit(tab);
  assert.deepEqual(visitor.complaints, []);
});
