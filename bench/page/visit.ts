/** One visit to a page with a browser profile of its own: loaded on a processor four times slower, then clicked. */
import type { Browser, CDPSession, Page } from 'puppeteer-core';
import { untilState } from '../../test/pages/harness.js';
import { quantile } from '../statistics.js';
import { record, type Recorded } from './recorder.js';

const SLOWDOWN = 4;
const VIEWPORT = { width: 1280, height: 800 };
/** From the load to the first click, on all pages alike: a node is at work by then. */
const SETTLE_MS = 3_000;
const CLICKS = 20;
const BETWEEN_CLICKS_MS = 110;
/** Clicks come at any time within a frame. */
const FRAME_MS = 1_000 / 60;
/** What counts for an interaction that was too short to be told. */
const UNTOLD_MS = 8;
const LONG_TASK_MS = 50;

/** Milliseconds where nothing else is said. */
export interface Figures {
  readonly fcpMs: number;
  readonly lcpMs: number;
  /** Without a unit, to three decimals as tools show it. */
  readonly cls: number;
  readonly tbtMs: number;
  readonly inpMs: number;
  /** The longest script of the package in a long animation frame; 0 where there is none. */
  readonly ownScriptMs: number;
  /** Tasks of the main thread of 50 ms and more, whoever's. */
  readonly longTasks: number;
  /** Of the main thread, after a collection. */
  readonly heapMb: number;
}

export interface Visit {
  readonly figures: Figures;
  /** By the page itself; what its workers load is not the page's to see. */
  readonly transferredKb: number;
  /** Share of one core that the page gave to others while it was clicked. */
  readonly share: number;
  /** From the navigation until a task of somebody else was done; 0 where none was waited for. */
  readonly atWorkMs: number;
}

/** @param waits for a node to be at work before the clicks */
export async function visit(browser: Browser, url: string, waits: boolean, random: () => number): Promise<Visit> {
  const context = await browser.createBrowserContext();
  try {
    const page = await context.newPage();
    const session = await page.createCDPSession();
    await page.setViewport(VIEWPORT);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    // A helper that compiled functions call.
    await page.evaluateOnNewDocument('globalThis.__name ??= (value) => value;');
    await page.evaluateOnNewDocument(record);
    const startMs = performance.now();
    await page.goto(url);
    const settled = after(SETTLE_MS);
    if (waits) await untilState(page, ({ stats }) => stats.cpuMs > 0);
    const atWorkMs = waits ? performance.now() - startMs : 0;
    await settled;
    const [givenMs, fromMs] = [await given(page), performance.now()];
    await click(page, session, random);
    const share = ((await given(page)) - givenMs) / (performance.now() - fromMs);
    const heapMb = await heapOf(session);
    const recorded = (await page.evaluate('recorded')) as Recorded;
    const transferredKb = await page.evaluate(() => [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].reduce((bytes, entry) => bytes + (entry as PerformanceResourceTiming).transferSize, 0) / 1_024);
    return { transferredKb, figures: { ...figuresOf(recorded, new URL('/dist/', url).href), heapMb }, share, atWorkMs };
  } finally {
    await context.close();
  }
}

async function click(page: Page, session: CDPSession, random: () => number): Promise<void> {
  const { x, y } = await page.evaluate(() => {
    const { left, top, width, height } = document.querySelector('#probe')!.getBoundingClientRect();
    return { x: left + width / 2, y: top + height / 2 };
  });
  for (let i = 0; i < CLICKS; i++) {
    for (const type of ['mousePressed', 'mouseReleased'] as const) await session.send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
    await after(BETWEEN_CLICKS_MS + random() * FRAME_MS);
  }
}

/** Milliseconds that the page's node has computed for others so far. */
function given(page: Page): Promise<number> {
  return page.evaluate(() => (document.querySelector('edge-net-node') as { readonly state?: { readonly stats: { readonly cpuMs: number } } } | null)?.state?.stats.cpuMs ?? 0);
}

async function heapOf(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
}

function figuresOf({ firstPaintMs, largestPaintMs, shifts, longTasks, scripts, interactionsMs }: Recorded, ownUrl: string): Omit<Figures, 'heapMb'> {
  const told = Object.values(interactionsMs);
  const untold = Array.from({ length: Math.max(0, CLICKS - told.length) }, () => UNTOLD_MS);
  // Of what comes after the first paint, as Lighthouse counts it, but to the end of the visit.
  const blocking = longTasks.map(({ startMs, lastedMs }) => Math.max(0, startMs + lastedMs - Math.max(startMs, firstPaintMs) - LONG_TASK_MS));
  return {
    fcpMs: firstPaintMs,
    lcpMs: largestPaintMs,
    cls: Number(sum(shifts).toFixed(3)),
    tbtMs: sum(blocking),
    longTasks: longTasks.length,
    inpMs: quantile([...told, ...untold], 0.98),
    ownScriptMs: Math.max(0, ...scripts.filter(({ url }) => url.startsWith(ownUrl)).map(({ lastedMs }) => lastedMs)),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
