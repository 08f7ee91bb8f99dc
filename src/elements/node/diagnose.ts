/** What works on this page. Starts a worker and opens a connection, so it runs only when it is asked to. */
import type { EngineConfig } from '../../engine/index.js';

export interface Check {
  readonly check: 'secure-context' | 'worker' | 'wasm' | 'network' | 'storage';
  readonly ok: boolean;
  /** What to do; empty where all is well. */
  readonly fix: string;
}

const CONNECT_MS_MAX = 5_000;
/** The smallest module there is: its magic number and version. */
const EMPTY_MODULE = new Uint8Array([0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]);

/** @param config undefined where the attributes themselves were refused */
export async function diagnose(config: EngineConfig | undefined): Promise<Check[]> {
  const header = policy(config);
  const fixes = {
    'secure-context': 'Serve the page over https, or from localhost.',
    worker: `Workers are refused. Add to the page: Content-Security-Policy: ${header}`,
    wasm: `WebAssembly is refused. Add to the page: Content-Security-Policy: ${header}`,
    network: config?.relays.length ? `No relay answers at ${config.relays.join(' ')}. Start it, check the address, and allow it: Content-Security-Policy: ${header}` : 'Set relays="wss://…/gun" to the address of a relay.',
    storage: 'The browser refuses storage here (private window, blocked site data or a sandboxed frame). Set storage="memory" to go without.',
  };
  const checks: Record<Check['check'], () => Promise<boolean> | boolean> = {
    'secure-context': () => isSecureContext,
    worker: workerStarts,
    wasm: async () => (await WebAssembly.compile(EMPTY_MODULE)) instanceof WebAssembly.Module,
    network: () => config !== undefined && (config.local === 'only' || config.relays.length === 0 ? Boolean(config.network) || config.local === 'only' : anyOpens(config.relays)),
    storage: () => config?.storage === 'memory' || storageOpens(),
  };
  return Promise.all(
    (Object.keys(checks) as Check['check'][]).map(async (check) => {
      const ok = await Promise.resolve().then(checks[check]).catch(() => false);
      return { check, ok, fix: ok ? '' : fixes[check] };
    }),
  );
}

/** The policy a page with our tag needs, and no more. */
function policy(config: EngineConfig | undefined): string {
  const files = config ? new URL(config.base).origin : "'self'";
  // A relay is asked by HTTP as well, for its descriptor and large payloads; policies tell the two schemes apart.
  const relays = config?.relays.flatMap((relay) => [relay.replace(/^ws/u, 'http'), relay]).map((address) => new URL(address).origin) ?? [];
  return `script-src ${files} 'wasm-unsafe-eval'; worker-src blob:; connect-src ${[...new Set([files, ...relays])].join(' ')}`;
}

/** The same way the engine starts: a module worker from a blob. */
function workerStarts(): Promise<boolean> {
  return new Promise((resolve) => {
    const url = URL.createObjectURL(new Blob(['postMessage(1)'], { type: 'text/javascript' }));
    const worker = new Worker(url, { type: 'module' });
    const answer = (ok: boolean) => {
      worker.terminate();
      URL.revokeObjectURL(url);
      resolve(ok);
    };
    worker.onmessage = () => answer(true);
    worker.onerror = () => answer(false);
  });
}

async function anyOpens(relays: readonly string[]): Promise<boolean> {
  return (await Promise.all(relays.map(opens))).includes(true);
}

function opens(relay: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(relay.replace(/^http/u, 'ws'));
    const timer = setTimeout(() => answer(false), CONNECT_MS_MAX);
    const answer = (ok: boolean) => {
      clearTimeout(timer);
      socket.close();
      resolve(ok);
    };
    socket.onopen = () => answer(true);
    socket.onerror = () => answer(false);
  });
}

/** Opens and deletes a database of its own, so that nothing stays behind. */
function storageOpens(): Promise<boolean> {
  return new Promise((resolve) => {
    const request = indexedDB.open('edge-net-probe');
    request.onerror = () => resolve(false);
    request.onsuccess = () => {
      request.result.close();
      indexedDB.deleteDatabase('edge-net-probe');
      resolve(true);
    };
  });
}
