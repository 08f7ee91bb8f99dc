/** What the demo page does before its visitor has agreed to anything: load a small file, and wait. */
import { readFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { untilState, Visitor } from '../../test/pages/harness.js';
import { NO_TRACES, touched, tracesOf, watchTraces } from '../../test/pages/traces.js';
import type { Stage } from './stage.js';

/** The one-tag form: the stub, and what it loads after the page. */
const ENTRY = ['edge-net.global.js', 'edge-net.js', 'edge-net.page.js', 'edge-net.shared.js'].map((file) => new URL(`../../dist/${file}`, import.meta.url));
const GZIP_LEVEL = 9;
const ENTRY_BYTES_MAX = 10_240;

export interface BeforeConsent {
  readonly entryGzipBytes: number;
  /** Workers, sockets, storage keys, frames and the like; what was called or is left, by name. */
  readonly traces: readonly string[];
  readonly isMet: boolean;
}

export async function beforeConsent({ browser, url }: Stage): Promise<BeforeConsent> {
  const visitor = new Visitor(await browser.createBrowserContext());
  const page = await visitor.open(url, watchTraces);
  await untilState(page, ({ status }) => status === 'awaiting-consent');
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const left = Object.entries(await tracesOf(page)).filter(([name, value]) => String(value) !== String(NO_TRACES[name as keyof typeof NO_TRACES]));
  const traces = [...(await touched(page)), ...left.map(([name, value]) => `${name} ${String(value)}`)];
  await visitor.leave();
  const gzipped = await Promise.all(ENTRY.map(async (file) => gzipSync(await readFile(file), { level: GZIP_LEVEL }).length));
  const entryGzipBytes = gzipped.reduce((sum, bytes) => sum + bytes, 0);
  return { entryGzipBytes, traces, isMet: traces.length === 0 && entryGzipBytes <= ENTRY_BYTES_MAX };
}
