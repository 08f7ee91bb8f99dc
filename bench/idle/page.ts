/** A browser with one page in it, and what the two take: together, since a page's share of the browser's own processes is its cost as well. */
import type { CDPSession, Page } from 'puppeteer-core';
import { openBrowser } from '../../test/pages/harness.js';

export interface IdlePage {
  readonly page: Page;
  /** The browser's first process. */
  readonly pid: number;
  close(): Promise<void>;
}

/** The browser does not tell how pressed the processor is: on a busy machine the node would pause, and something else be measured. */
export async function openIdlePage(url: string): Promise<IdlePage> {
  const browser = await openBrowser();
  const [page = await browser.newPage()] = await browser.pages();
  await page.evaluateOnNewDocument('globalThis.__name ??= (value) => value;');
  await page.goto(url);
  return { page, pid: browser.process()!.pid!, close: () => browser.close() };
}

/** Of the page and all of its workers, after a collection: objects, the browser's own ones for them, and buffers. */
export async function heapBytesOf(page: Page): Promise<number> {
  const session = await page.createCDPSession();
  const sizes = await Promise.all([session, ...page.workers().map(({ client }) => client)].map(heapBytes));
  await session.detach();
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function heapBytes(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.enable');
  await session.send('HeapProfiler.collectGarbage');
  await session.send('HeapProfiler.disable');
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await session.send('Runtime.getHeapUsage');
  return usedSize + embedderHeapUsedSize + backingStorageSize;
}
