/** What a page leaves or starts: looked up at the end, and noted at the moment it happens, so that nothing comes and goes unseen. */
import type { Page } from 'puppeteer-core';

const WATCH = `
  globalThis.touched = [];
  const note = (owner, name, what) => {
    const original = owner[name];
    owner[name] = function (...given) { touched.push(what + ' ' + String(given[0])); return original.apply(this, given); };
  };
  for (const name of ['Worker', 'SharedWorker', 'WebSocket', 'BroadcastChannel', 'EventSource', 'RTCPeerConnection']) {
    const Original = globalThis[name];
    if (Original) globalThis[name] = class extends Original { constructor(...given) { touched.push(name + ' ' + String(given[0])); super(...given); } };
  }
  note(Storage.prototype, 'setItem', 'setItem');
  note(IDBFactory.prototype, 'open', 'indexedDB');
  note(CacheStorage.prototype, 'open', 'cache');
  note(globalThis, 'fetch', 'fetch');
  if (navigator.locks) note(LockManager.prototype, 'request', 'lock');
`;

/** Call it before the page is loaded. */
export async function watchTraces(page: Page): Promise<void> {
  await page.evaluateOnNewDocument(WATCH);
}

/** On the page's own thread, by what was called and with what first. */
export function touched(page: Page): Promise<string[]> {
  return page.evaluate('touched') as Promise<string[]>;
}

export interface Traces {
  readonly workers: number;
  readonly frames: number;
  readonly localStorage: string[];
  readonly sessionStorage: string[];
  readonly databases: (string | undefined)[];
  readonly caches: string[];
  readonly cookies: number;
}

export const NO_TRACES: Traces = { workers: 0, frames: 0, localStorage: [], sessionStorage: [], databases: [], caches: [], cookies: 0 };

export async function tracesOf(page: Page): Promise<Traces> {
  const stored = await page.evaluate(async () => ({
    localStorage: Object.keys(localStorage),
    sessionStorage: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
  return { ...stored, workers: page.workers().length, frames: page.frames().length - 1, cookies: (await page.browserContext().cookies()).length };
}
