/** What visits need: the pages on a relay that is a process of its own, a browser, and what the others' part costs. */
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openBrowser } from '../../test/pages/harness.js';
import { DIST, startChild } from '../network.js';
import { cpuMsOf } from '../processes.js';
import { ARMS, contributes, pageOf, type Arm } from './arms.js';
import { buy } from './buyer.js';
import { visit, type Visit } from './visit.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

export interface Visited extends Visit {
  /** Share of a core that the relay and this process, which is the buyer and drives the browser, took meanwhile. */
  readonly othersShare: number;
}

export interface Stage {
  /** Where the relay serves the package, ends in a slash. */
  readonly url: string;
  readonly browser: Awaited<ReturnType<typeof openBrowser>>;
  visit(arm: Arm, random: () => number): Promise<Visited>;
  close(): Promise<void>;
}

export async function openStage(): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'edge-net-bench-'));
  // A copy: another build while this runs would change what is measured.
  await mkdir(join(folder, 'site'));
  await cp(join(PACKAGE, 'dist'), join(folder, 'site/dist'), { recursive: true });
  const demo = await readFile(join(PACKAGE, 'index.html'), 'utf8');
  await writeFile(join(folder, 'site/index.html'), demo);
  const [relay, browser] = await Promise.all([
    startChild(fileURLToPath(new URL('cli.js', DIST)), ['relay', '--port', '0', '--data', join(folder, 'relay'), '--static', join(folder, 'site'), '--json']),
    openBrowser(),
  ]);
  const socket = (relay.ready as { readonly url: string }).url;
  for (const arm of ARMS) await writeFile(join(folder, `site/${arm}.html`), pageOf(demo, arm, socket));
  const url = socket.replace(/^ws/u, 'http').replace(/gun$/u, '');
  const pids = [relay.pid, process.pid];
  return {
    url, browser,
    async visit(arm, random) {
      const stop = contributes(arm) ? await buy(socket) : async () => undefined;
      try {
        const [cpuMs, startMs] = [await cpuMsOf(pids), performance.now()];
        const visited = await visit(browser, `${url}${arm}.html`, contributes(arm), random);
        return { ...visited, othersShare: ((await cpuMsOf(pids)) - cpuMs) / (performance.now() - startMs) };
      } finally {
        await stop();
      }
    },
    async close() {
      await browser.close();
      await relay.stop();
      await rm(folder, { recursive: true });
    },
  };
}
