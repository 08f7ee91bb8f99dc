/**
 * What a node costs while nobody asks for anything: a page that contributes, beside a browser with the same page without
 * the tag, and a Node contributor, beside a Node process that does nothing. Processor time and memory are those of all
 * processes of each, as Linux counts them; bytes are all that crosses the socket to the relay. A development network
 * signs a checkpoint a minute, a public one a checkpoint an hour, so that these bytes are the most there are.
 *
 *     npm run build && npm run bench -- idle [--seconds=120] [--json]
 */
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { untilState } from '../test/pages/harness.js';
import { startByteMeter, type ByteMeter } from './idle/byte-meter.js';
import { heapBytesOf, openIdlePage } from './idle/page.js';
import { DIST, startChild } from './network.js';
import { cpuMsOf, familyOf, memoryBytesOf } from './processes.js';
import { round } from './statistics.js';

const SECONDS = 120;
/** Until start-up is over, and everything that is kept warm for a while is dropped. */
const SETTLE_MS = 45_000;
const BYTES_PER_MB = 1e6;
const BYTES_PER_KB = 1e3;

export interface Cost {
  /** Of one core, in percent. */
  readonly cpuPercent: number;
  readonly memoryMb: number;
}

export interface IdleBench {
  readonly seconds: number;
  /** With the tag less without it. */
  readonly page: Cost & { readonly heapMb: number; readonly kbPerMinute: number; readonly upKbPerMinute: number; readonly workers: number };
  /** As they are: the whole browser with each page. */
  readonly browser: { readonly tagged: Cost; readonly plain: Cost };
  /** A contributor less a process that does nothing. */
  readonly node: Cost & { readonly kbPerMinute: number; readonly upKbPerMinute: number };
  readonly process: { readonly contributor: Cost; readonly bare: Cost };
}

export async function bench(): Promise<IdleBench> {
  const { values } = parseArgs({ options: { seconds: { type: 'string', default: String(SECONDS) } }, strict: false });
  const seconds = Number(values.seconds);
  if (!(seconds >= 1)) throw new Error(`--seconds=${String(values.seconds)} cannot be used: write a number from 1 on.`);
  const folder = await mkdtemp(join(tmpdir(), 'edge-net-bench-'));
  const closing: (() => Promise<unknown>)[] = [() => rm(folder, { recursive: true })];
  const opened = <T>(thing: T, close: (thing: T) => Promise<unknown>): T => {
    closing.unshift(() => close(thing));
    return thing;
  };
  try {
    await mkdir(join(folder, 'site'));
    await cp(fileURLToPath(new URL('../', DIST)), join(folder, 'site/dist'), { recursive: true });
    const command = fileURLToPath(new URL('cli.js', DIST));
    const relay = opened(await startChild(command, ['relay', '--port', '0', '--data', join(folder, 'relay'), '--static', join(folder, 'site'), '--json']), (child) => child.stop());
    const { url: relayUrl } = relay.ready as { readonly url: string };
    const [pageBytes, nodeBytes] = [opened(await startByteMeter(relayUrl), (meter) => meter.close()), opened(await startByteMeter(relayUrl), (meter) => meter.close())];
    await writeFile(join(folder, 'site/tagged.html'), html(`<edge-net-node relays="${pageBytes.url}" consent="granted"></edge-net-node><script type="module" src="./dist/edge-net.js"></script>`));
    await writeFile(join(folder, 'site/plain.html'), html(''));
    const site = relayUrl.replace(/^ws/u, 'http').replace(/gun$/u, '');

    const bare = opened(await startChild('--eval', [`console.log('{}'); setInterval(() => undefined, 2 ** 30);`]), (child) => child.stop());
    const contributor = opened(await startChild(command, ['contribute', '--relay', nodeBytes.url, '--data', join(folder, 'contributor'), '--json']), (child) => child.stop());
    const plain = opened(await openIdlePage(`${site}plain.html`), (browser) => browser.close());
    const tagged = opened(await openIdlePage(`${site}tagged.html`), (browser) => browser.close());
    await untilState(tagged.page, ({ status, stats }) => status === 'idle' && stats.peers > 0);
    console.error(`settling for ${SETTLE_MS / 1_000} s, measuring for ${seconds} s`);
    await after(SETTLE_MS);

    const [taggedCost, plainCost, contributorCost, bareCost, page, node] = await Promise.all([
      ...[tagged.pid, plain.pid, contributor.pid, bare.pid].map((pid) => costOf(pid, seconds)),
      ...[pageBytes, nodeBytes].map((meter) => bytesOf(meter, seconds)),
    ] as [Promise<Cost>, Promise<Cost>, Promise<Cost>, Promise<Cost>, Promise<Traffic>, Promise<Traffic>]);
    const heapBytes = (await heapBytesOf(tagged.page)) - (await heapBytesOf(plain.page));
    await untilState(tagged.page, ({ status, stats }) => status === 'idle' && stats.tasksCompleted === 0);
    return {
      seconds,
      page: { ...less(taggedCost, plainCost), heapMb: round(heapBytes / BYTES_PER_MB), ...page, workers: tagged.page.workers().length },
      browser: { tagged: taggedCost, plain: plainCost },
      node: { ...less(contributorCost, bareCost), ...node },
      process: { contributor: contributorCost, bare: bareCost },
    };
  } finally {
    for (const close of closing) await close();
  }
}

function html(body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A page at rest</title><link rel="icon" href="data:,"></head><body><h1>A page at rest</h1>${body}</body></html>`;
}

/** Over so many seconds from now on; memory at their end. */
async function costOf(pid: number, seconds: number): Promise<Cost> {
  const family = await familyOf(pid);
  const cpuMs = await cpuMsOf(family);
  await after(seconds * 1_000);
  return { cpuPercent: round(((await cpuMsOf(family)) - cpuMs) / (seconds * 10), 3), memoryMb: round((await memoryBytesOf(family)) / BYTES_PER_MB) };
}

interface Traffic {
  readonly kbPerMinute: number;
  readonly upKbPerMinute: number;
}

async function bytesOf({ bytes }: ByteMeter, seconds: number): Promise<Traffic> {
  const { up, down } = bytes;
  await after(seconds * 1_000);
  const perMinute = (count: number): number => round((count * 60) / seconds / BYTES_PER_KB);
  return { kbPerMinute: perMinute(bytes.up - up + bytes.down - down), upKbPerMinute: perMinute(bytes.up - up) };
}

function less(a: Cost, b: Cost): Cost {
  return { cpuPercent: round(a.cpuPercent - b.cpuPercent, 3), memoryMb: round(a.memoryMb - b.memoryMb) };
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
