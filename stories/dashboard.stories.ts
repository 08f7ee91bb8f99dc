import type { Report } from '../src/elements/edge-net.js';
import { NOW, stage, type Meta, type Scene, type Story } from './stage.js';

export default { title: 'Dashboard', component: 'edge-net-dashboard' } satisfies Meta;

/** What the name of the site is registered to. */
const SITE_ACCOUNT = 's'.repeat(43);

const dashboard = (scene: Scene, attributes = ''): Story => ({ render: () => stage({ answer: 'granted', state: { status: 'idle' }, attributes: { 'site-id': 'example-site' }, names: { 'example-site': SITE_ACCOUNT }, ...scene }, `<edge-net-dashboard ${attributes}></edge-net-dashboard>`) });

const HOUR_MS = 3_600_000;

/** A curve with a day in it, the same each time. */
function report(range: Report['range'], buckets: number, bucketMs: number): Report {
  const series = Array.from({ length: buckets }, (_, index) => {
    const swing = 1 + Math.sin((index / buckets) * Math.PI * 4);
    const settled = Math.round(12 * swing) + (index % 3);
    return {
      at: (Math.floor(NOW / bucketMs) - buckets + 1 + index) * bucketMs, creditsIn: Math.round(swing * 1_400) / 100, creditsOut: index % 4 === 0 ? 6.5 : 1.25, contributors: Math.round(2 + 5 * swing), tasksSettled: settled, tasksVerified: settled - (index % 2),
      cpuHours: Math.round(swing * 40) / 100, tasks: { embedding: Math.ceil(settled / 2), vector_search: Math.floor(settled / 3), compression: settled - Math.ceil(settled / 2) - Math.floor(settled / 3) },
    };
  });
  const sum = (pick: (bucket: (typeof series)[number]) => number) => Math.round(series.reduce((total, bucket) => total + pick(bucket), 0) * 100) / 100;
  return {
    range, from: (Math.floor(NOW / bucketMs) - buckets + 1) * bucketMs, to: NOW, bucketMs, site: SITE_ACCOUNT, series,
    totals: { creditsIn: sum((b) => b.creditsIn), creditsOut: sum((b) => b.creditsOut), cpuHours: sum((b) => b.cpuHours), tasksServed: sum((b) => b.tasksSettled), tasksBought: 37, tasksFailed: 4, tasksVerified: sum((b) => b.tasksVerified), visitorsAllowed: 128, latencyMs: { p50: 320, p95: 1_840 } },
  };
}

const quiet = report('24h', 24, HOUR_MS);
const EMPTY: Report = {
  ...quiet,
  totals: { creditsIn: 0, creditsOut: 0, cpuHours: 0, tasksServed: 0, tasksBought: 0, tasksFailed: 0, tasksVerified: 0, visitorsAllowed: 0, latencyMs: null },
  series: quiet.series.map(({ at }) => ({ at, creditsIn: 0, creditsOut: 0, contributors: 0, tasksSettled: 0, tasksVerified: 0, cpuHours: 0, tasks: {} })),
};

export const Day = dashboard({ report: report('24h', 24, HOUR_MS) });
export const Week = dashboard({ report: report('7d', 28, 6 * HOUR_MS) }, 'range="7d"');
export const Month = dashboard({ report: report('30d', 30, 24 * HOUR_MS) }, 'range="30d"');
export const ConsentCounted = dashboard({ report: report('24h', 24, HOUR_MS), then: ({ root }) => Object.assign(root.querySelector('edge-net-dashboard')!, { consent: { asked: 1_240, allowed: 131 } }) });
export const WholeNetwork = dashboard({ report: { ...report('24h', 24, HOUR_MS), site: '' } }, 'site="*"');
export const NameNotRegistered = dashboard({ report: EMPTY, names: {} });
export const Empty = dashboard({ report: EMPTY });
export const FirstSteps = dashboard({ alone: true });
export const Reading = dashboard({ pending: ['report'] });
export const Offline = dashboard({ state: { status: 'offline' }, report: report('24h', 24, HOUR_MS) });
