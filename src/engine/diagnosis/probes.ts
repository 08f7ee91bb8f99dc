/** Tries in a page what our tag does there, each for itself and as the tag does it, and leaves nothing behind. */
import { openFrame } from '../sandbox/frame-host.js';
import type { FromFrame, FromHost, ToFrame } from '../sandbox/messages.js';
import { trustedHtml, trustedScriptUrl } from '../worker/trusted.js';
import { clockLead, relayFile } from './clock.js';
import type { Refusals } from './refusals.js';

const ANSWER_MS_MAX = 10_000;
/** A relay of ours speaks first, and a refusal follows the handshake. A stock one says nothing. */
const SILENCE_MS_MAX = 1_000;
/** The smallest module there is: its magic number and version. */
const EMPTY_MODULE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];
/** A relay's own close codes begin here. */
const REFUSED = 4_400;

export const NO_FILE = 'no file';

/** The first answer that comes, and a given one after a while. */
function answered<T>(late: T, ask: (answer: (value: T) => void) => void): Promise<T> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(late), ANSWER_MS_MAX);
    ask((value) => {
      clearTimeout(timer);
      resolve(value);
    });
  });
}

/**
 * Starts the engine's worker as far as its greeting, which it gives before it is told anything.
 * @param url of `edge-net.engine.js`
 * @returns '' where it greets, `NO_FILE` where its script could not be loaded, else what the browser said
 */
export async function tryWorker(url: string, refusals: Refusals): Promise<string> {
  const isOwn = new URL(url).origin === origin;
  const code = `addEventListener('securitypolicyviolation',(e)=>e.disposition==='enforce'&&postMessage({policy:e.originalPolicy}));import(${JSON.stringify(url)}).catch(()=>setTimeout(()=>postMessage({failed:1})))`;
  const script = isOwn ? url : URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  let worker: Worker | undefined;
  const said = await answered<string>(NO_FILE, (answer) => {
    try {
      worker = new Worker(trustedScriptUrl(script) as string, { type: 'module' });
    } catch (error) {
      return answer(String(error));
    }
    worker.onmessage = ({ data }: MessageEvent<{ readonly policy?: string; readonly failed?: number }>) => {
      if (data.policy !== undefined) refusals.note(data.policy);
      else answer(data.failed ? NO_FILE : '');
    };
    worker.onerror = () => answer(NO_FILE);
  });
  worker?.terminate();
  if (!isOwn) URL.revokeObjectURL(script);
  return said;
}

export async function tryWasm(): Promise<void> {
  await WebAssembly.compile(new Uint8Array(EMPTY_MODULE));
}

/**
 * Makes the sandbox frame, and in it a worker that compiles.
 * @param url of `edge-net.frame.js`
 * @returns '' where it does, else what is in the way
 */
export async function tryFrame(url: string): Promise<string> {
  const { port1: engine, port2: host } = new MessageChannel();
  const { port1: job, port2: end } = new MessageChannel();
  const text = `onmessage=({ports:[p]})=>{try{new WebAssembly.Module(new Uint8Array([${EMPTY_MODULE.join()}]));p.postMessage('')}catch(e){p.postMessage(String(e))}}`;
  let remove = (): void => {};
  const said = await answered('The sandbox frame gave no answer.', (answer) => {
    job.onmessage = ({ data }) => answer(String(data));
    engine.onmessage = ({ data }: MessageEvent<FromHost>) => {
      if (data.t === 'gone') return answer(data.message);
      data.port.onmessage = (event: MessageEvent<FromFrame>) => answer(event.data.message);
      data.port.postMessage({ t: 'code', text } satisfies ToFrame);
      data.port.postMessage({ t: 'open', id: 1, port: end } satisfies ToFrame, [end]);
    };
    remove = openFrame(host, url);
  });
  remove();
  for (const port of [engine, host, job]) port.close();
  return said;
}

/** Whether strings may become HTML here, under our policy. */
export function tryTrustedTypes(): boolean {
  try {
    document.createElement('template').innerHTML = trustedHtml('') as string;
    return true;
  } catch {
    return false;
  }
}

/** @returns '' where the relay takes this page, its reason where it does not, undefined where none answers */
export function tryRelay(relay: string): Promise<string | undefined> {
  let socket: WebSocket | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  return answered<string | undefined>(undefined, (answer) => {
    try {
      socket = new WebSocket(relay.replace(/^http/u, 'ws'));
    } catch {
      return answer(undefined);
    }
    socket.onopen = () => (silence = setTimeout(() => answer(''), SILENCE_MS_MAX));
    socket.onmessage = () => answer('');
    socket.onerror = () => answer(undefined);
    socket.onclose = ({ code, reason }) => answer(code >= REFUSED ? reason || String(code) : undefined);
  }).finally(() => {
    clearTimeout(silence);
    socket?.close();
  });
}

/** Whether a page's script can read a file, as kernels read their WebAssembly. */
export function tryFile(url: string): Promise<boolean> {
  return fetch(url, { method: 'HEAD', credentials: 'omit', signal: AbortSignal.timeout(ANSWER_MS_MAX) }).then(({ ok }) => ok, () => false);
}

/** @returns milliseconds that this machine is ahead of the relay; undefined where the relay does not tell */
export async function tryClock(relay: string): Promise<number | undefined> {
  const before = Date.now();
  const { headers } = await fetch(relayFile(relay, '/healthz'), { cache: 'no-store', credentials: 'omit', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  return clockLead(headers.get('date'), { before, after: Date.now() });
}

/** Opens and deletes a database of its own. */
export function tryStorage(): Promise<boolean> {
  const name = 'edge-net-probe';
  return answered(false, (answer) => {
    let request: IDBOpenDBRequest;
    try {
      request = indexedDB.open(name);
    } catch {
      return answer(false);
    }
    request.onerror = () => answer(false);
    request.onsuccess = () => {
      request.result.close();
      const deleting = indexedDB.deleteDatabase(name);
      // Blocked by another tab that tries the same: it is deleted when that one closes it.
      deleting.onsuccess = deleting.onerror = deleting.onblocked = () => answer(true);
    };
  });
}
