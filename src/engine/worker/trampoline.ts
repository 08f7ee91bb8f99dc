/**
 * Starts a module worker from wherever its script lies. A browser takes a worker's script from the page's
 * own origin only; a script of another origin (a CDN) is imported by a blob that is of this origin.
 * Inside, `import.meta.url` is the real URL either way. Works in a page and inside a worker.
 *
 * The policy a page needs for another origin: `script-src <cdn> 'wasm-unsafe-eval'; worker-src blob: <cdn>`. The origin in
 * `worker-src` is for Firefox, which holds the static imports of a worker's modules against that directive.
 */
import { trustedScriptUrl } from './trusted.js';

export class WorkerStartError extends Error {
  constructor(readonly code: 'csp-worker' | 'trusted-types' | 'unsupported' | 'kernel-failed', message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WorkerStartError';
  }
}

export interface StartOptions {
  /** Shown in developer tools. */
  readonly name: string;
  /** Called once, if the worker ends in an error before its first message. A worker so started speaks first. */
  failed(error: WorkerStartError): void;
}

/**
 * @param url absolute
 * @throws WorkerStartError where the browser refuses on the spot
 */
export function startModuleWorker(url: string, { name, failed }: StartOptions): Worker {
  if (typeof Worker === 'undefined') throw new WorkerStartError('unsupported', 'This browser starts no worker from here.');
  const own = new URL(url).origin === globalThis.origin;
  const script = own ? url : URL.createObjectURL(new Blob([trampoline(url)], { type: 'text/javascript' }));
  const release = (): void => (own ? undefined : URL.revokeObjectURL(script));
  let worker: Worker;
  try {
    worker = new Worker(trustedScriptUrl(script) as string, { type: 'module', name });
  } catch (cause) {
    release();
    throw refusal(url, own, cause);
  }
  const onError = (event: Event): void => {
    settle();
    event.preventDefault();
    failed(describe(event, url, own));
  };
  const settle = (): void => {
    worker.removeEventListener('message', settle);
    worker.removeEventListener('error', onError);
    release();
  };
  worker.addEventListener('message', settle);
  worker.addEventListener('error', onError);
  return worker;
}

/**
 * A static import would be held against `worker-src`, which may name only blobs; a dynamic one is a script. It
 * ends after the worker has begun to deliver messages: hence the rule that a worker speaks first.
 */
function trampoline(url: string): string {
  return `import(${JSON.stringify(url)}).catch((error) => setTimeout(() => { throw error; }));`;
}

/** What browsers say of a dynamic import that could not be loaded: Chromium and Firefox, Safari. */
const NOT_LOADED = /dynamically imported module|Importing a module script/;

function refusal(url: string, own: boolean, cause: unknown): WorkerStartError {
  if (cause instanceof TypeError) return new WorkerStartError('trusted-types', "This page's policy requires Trusted Types: allow the policy 'edge-net' (trusted-types edge-net).", { cause });
  return new WorkerStartError('csp-worker', advice(url, own), { cause });
}

/** An event without a message is the browser's refusal; one with another message is an exception of the script. */
function describe(event: Event, url: string, own: boolean): WorkerStartError {
  const message = event instanceof ErrorEvent ? event.message : '';
  return message === '' || NOT_LOADED.test(message) ? new WorkerStartError('csp-worker', advice(url, own)) : new WorkerStartError('kernel-failed', `The worker ${url} failed as it started: ${message}`);
}

function advice(url: string, own: boolean): string {
  const { origin } = new URL(url);
  const policy = own ? "worker-src 'self'" : `script-src ${origin}; worker-src blob: ${origin}`;
  return `The worker ${url} could not be loaded. Check that the file is there, served as JavaScript${own ? '' : ' and with CORS'}, and that the Content-Security-Policy has: ${policy}`;
}
