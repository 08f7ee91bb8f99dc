/**
 * `node --import tsx test/pages/duty.ts [--seconds 20] [--json]`: a real page that contributes at 10, 30 and 50 %, what its
 * node reports that it took, and how long a pause takes to end all work. Exits 1 outside the gates.
 */
import { parseArgs } from 'node:util';
import { demand } from './demand.js';
import { focus, guestUrl, pauseWorking, reportedDuty } from './guest.js';
import { untilState, World } from './harness.js';

const LIMITS = [0.1, 0.3, 0.5];
const POINTS_MAX = 2;
const PAUSE_MS_MAX = 200;

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '20' }, json: { type: 'boolean', default: false } } });
const watchMs = Number(values.seconds) * 1_000;

const world = await World.open();
const site = await world.site();
const work = await demand(world.directRelay.url);
const page = await (await world.visitor()).open(guestUrl(site.url));
await focus(page);

const rows: { readonly limit: number; readonly percent: number; readonly pauseMs: number; readonly ok: boolean }[] = [];
for (const limit of LIMITS) {
  await page.$eval('edge-net-node', (node, share) => {
    node.setAttribute('cpu-limit', String(share));
    node.removeAttribute('paused');
  }, limit);
  await untilState(page, ({ status, throttle }, share) => status === 'working' && throttle.level === share, limit);
  const percent = 100 * (await reportedDuty(page, watchMs));
  const { stoppedMs } = await pauseWorking(page, PAUSE_MS_MAX);
  const row = { limit, percent, pauseMs: stoppedMs, ok: Math.abs(percent - 100 * limit) <= POINTS_MAX && stoppedMs <= PAUSE_MS_MAX };
  rows.push(row);
  if (!values.json) console.log(`limit ${100 * limit} %  reported ${percent.toFixed(2)} %  stopped ${stoppedMs.toFixed(0)} ms after a pause  ${row.ok ? 'ok' : 'OUTSIDE'}`);
}
await work.stop();
await world.close();
if (values.json) console.log(JSON.stringify(rows));
process.exitCode = rows.every(({ ok }) => ok) ? 0 : 1;
