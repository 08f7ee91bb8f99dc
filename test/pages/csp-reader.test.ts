/** The reader of policies against Chromium: for every policy and request here, both say the same. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Browser, Page } from 'puppeteer-core';
import { allowsConnection, allowsPolicyName, allowsScript, allowsWasm, allowsWorker, parseHeader } from '../../src/engine/diagnosis/csp.js';
import { openBrowser, ROOT } from './harness.js';
import { type Site, startSite } from './site-server.js';

let browser: Browser;
let site: Site;

before(async () => {
  [browser, site] = await Promise.all([openBrowser(), startSite({ root: `${ROOT}test/pages/site`, headers: { 'content-security-policy': '{{policy}}' } })]);
});

after(async () => {
  await browser.close();
  await site.close();
});

const NONCE = 'cmFuZG9t';

const POLICIES: readonly string[] = [
  '', "default-src 'none'", "default-src 'self'", 'default-src *', "default-src 'self' 'unsafe-eval'", "script-src 'self'; script-src *",
  "script-src 'none'; script-src-elem 'self'", `script-src 'nonce-${NONCE}'`, `script-src 'nonce-${NONCE}' 'strict-dynamic' 'wasm-unsafe-eval'`, "script-src 'strict-dynamic'; worker-src 'self'",
  "SCRIPT-SRC 'SELF' 'WASM-UNSAFE-EVAL'", "default-src 'self' 'strict-dynamic'", "worker-src blob:", "child-src blob:; script-src 'self'", "script-src blob:", "script-src 'self'; worker-src 'none'",
  "connect-src 'self'", 'connect-src *', 'connect-src http:', 'connect-src ws:', 'connect-src https:', 'connect-src wss:', 'connect-src http://127.0.0.1:9', 'connect-src ws://127.0.0.1:9',
  'connect-src 127.0.0.1:9', 'connect-src 127.0.0.1:*', 'connect-src http://127.0.0.1', 'connect-src http://127.0.0.1:9/a/', 'connect-src http://127.0.0.1:9/a', 'connect-src *.0.0.1:9', 'connect-src LOCALHOST:9', 'connect-src https://127.0.0.1:9',
  "default-src 'none'; connect-src 'self' ws://127.0.0.1:9", "connect-src *, connect-src 'self'", 'trusted-types', "trusted-types 'none'", 'trusted-types other', 'trusted-types other edge-net', 'trusted-types *', "require-trusted-types-for 'script'",
];

interface Request {
  readonly kind: 'fetch' | 'socket' | 'worker' | 'wasm' | 'script' | 'nonced' | 'types';
  readonly url: string;
}

const REQUESTS: readonly Request[] = [
  ...['http://127.0.0.1:9/', 'http://127.0.0.1:9/a', 'http://127.0.0.1:9/a/b', 'https://127.0.0.1:9/', 'http://localhost:9/', '/other.html'].map((url): Request => ({ kind: 'fetch', url })),
  ...['ws://127.0.0.1:9/', 'wss://127.0.0.1:9/', 'ws://self/'].map((url): Request => ({ kind: 'socket', url })),
  { kind: 'worker', url: 'blob:' }, { kind: 'worker', url: '/other.js' },
  { kind: 'wasm', url: '' },
  { kind: 'script', url: '/other.js' }, { kind: 'script', url: 'http://127.0.0.1:9/other.js' }, { kind: 'nonced', url: 'http://127.0.0.1:9/other.js' },
  { kind: 'types', url: 'edge-net' },
];

for (const policy of POLICIES) {
  test(policy || 'no policy', async () => {
    const page = await browser.newPage();
    await page.evaluateOnNewDocument('globalThis.__name ??= (value) => value;');
    await page.goto(`${site.url}other.html?${new URLSearchParams({ policy }).toString()}`);
    const self = site.origin;
    const absolute = REQUESTS.map(({ kind, url }): Request => ({ kind, url: url.startsWith('/') ? self + url : url.replace('ws://self', self.replace('http', 'ws')) }));
    const told: string[] = [];
    for (const request of absolute) told.push(`${request.kind} ${request.url} ${(await isAllowed(page, request)) ? 'allowed' : 'refused'}`);
    const read = absolute.map((request) => `${request.kind} ${request.url} ${parseHeader(policy).every((each) => reads(each, request, self)) ? 'allowed' : 'refused'}`);
    assert.deepEqual(read, told);
    await page.close();
  });
}

function reads(policy: ReturnType<typeof parseHeader>[number], { kind, url }: Request, self: string): boolean {
  switch (kind) {
    case 'fetch': case 'socket': return allowsConnection(policy, url, self);
    case 'worker': return allowsWorker(policy, url === 'blob:' ? `blob:${self}/0` : url, self);
    case 'wasm': return allowsWasm(policy);
    case 'types': return allowsPolicyName(policy, url);
    default: return allowsScript(policy, { url, self, nonce: kind === 'nonced' ? NONCE : '', parserInserted: false });
  }
}

/** Whether the browser reports no violation of what is tried; whether anything answers does not matter. */
function isAllowed(page: Page, request: Request): Promise<boolean> {
  return page.evaluate(async ({ kind, url }: Request, nonce: string) => {
    let isRefused = false;
    const note = ({ effectiveDirective }: SecurityPolicyViolationEvent): void => void (isRefused ||= (effectiveDirective === 'trusted-types') === (kind === 'types'));
    document.addEventListener('securitypolicyviolation', note);
    const ended = (target: EventTarget): Promise<unknown> => new Promise((resolve) => ['load', 'open', 'error', 'message', 'close'].forEach((name) => target.addEventListener(name, resolve, { once: true })));
    const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): unknown } }).trustedTypes!;
    const script = (): HTMLScriptElement => Object.assign(document.createElement('script'), kind === 'nonced' ? { nonce } : {});
    try {
      if (kind === 'fetch') await fetch(url, { mode: 'no-cors' });
      else if (kind === 'socket') await ended(new WebSocket(url));
      else if (kind === 'wasm') await WebAssembly.compile(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
      else if (kind === 'types') types.createPolicy(url, {});
      else {
        // Strings are no scripts under Trusted Types, which are not what is asked here.
        const rules = { createScriptURL: (text: string) => text };
        const trust = (text: string): string => {
          try {
            return (types.createPolicy(`trial-${kind}`, rules) as typeof rules).createScriptURL(text);
          } catch {
            return text;
          }
        };
        if (kind === 'worker') {
          const worker = new Worker(trust(url === 'blob:' ? URL.createObjectURL(new Blob(['postMessage(1)'])) : url));
          await ended(worker);
          worker.terminate();
        } else {
          const element = script();
          element.src = trust(url);
          document.head.append(element);
          await ended(element);
        }
      }
    } catch (error) {
      if (kind === 'types' || kind === 'wasm') return false;
      if (kind === 'worker' && (error as Error).name === 'SecurityError') return false;
    }
    // Events of refusals are tasks of their own.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setTimeout(resolve));
    document.removeEventListener('securitypolicyviolation', note);
    return !isRefused;
  }, request, NONCE);
}
