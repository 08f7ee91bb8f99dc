/** The engine's surroundings inside a page's worker. */
import { systemClock, systemRandom } from '../adapters/clock.js';
import { createPool } from '../adapters/pool/pool.js';
import { pageSandboxes } from '../adapters/pool/page-sandbox.js';
import { pageWorkers } from '../adapters/pool/page-worker.js';
import { openIndexedDb } from '../adapters/storage/indexed-db.js';
import { createGunTransport } from '../adapters/transport/gun-transport.js';
import type { EngineConfig } from '../api.js';
import { EdgeNetError } from '../error.js';
import type { Platform } from '../host/platform.js';
import { importIdentity } from '../identity/identity.js';
import { loadStoredIdentity } from '../identity/stored.js';
import { PoolError } from '../ports/pool.js';
import type { Storage } from '../ports/storage.js';

export const DATABASE = 'edge-net';
const SHARD_DATABASE = 'edge-net-shards';
const MODEL_CACHE = 'edge-net-models';
const COMPUTE_ENTRY = 'edge-net.compute.js';
const SANDBOX_SCRIPT = 'edge-net.sandbox.js';
const FRAME_SCRIPT = 'edge-net.frame.js';
const READ_TIMEOUT_MS = 10_000;

/** A session that only submits, or is told so, keeps nothing on this machine. */
export function keepsNothing(config: EngineConfig): boolean {
  return config.storage === 'memory' || !config.contribute;
}

/**
 * @param openSession the store of an engine that keeps nothing here
 * @param setFrame has the page make a sandbox frame that runs the script, and hand it the port; without a port, have none
 */
export function pagePlatform(config: EngineConfig, openSession: () => Promise<Storage>, setFrame: (port: MessagePort | undefined, script: string) => void): Platform {
  return {
    clock: systemClock,
    random: systemRandom,
    cores: navigator.hardwareConcurrency || 2,

    async readText(location) {
      const response = await allowed(location, () => fetch(location, { signal: AbortSignal.timeout(READ_TIMEOUT_MS), credentials: 'omit' }));
      if (!response.ok) throw new Error(`${location} answered ${response.status}.`);
      return response.text();
    },

    async openStore() {
      if (keepsNothing(config)) return openSession();
      const store = await openIndexedDb(DATABASE);
      // Compute workers keep models only where this bucket is, so that a session leaves none behind.
      await caches.open(MODEL_CACHE).catch(() => undefined);
      return store;
    },

    openShelf: keepsNothing(config) ? undefined : () => openIndexedDb(SHARD_DATABASE),

    async loadIdentity(store) {
      if (config.privateKey !== '') return importIdentity(config.privateKey);
      return loadStoredIdentity(store, systemRandom);
    },

    createPool({ sandbox, ...settings }) {
      const asset = (name: string): string => new URL(name, settings.assetBase).href;
      const spawn = pageSandboxes({ clock: systemClock, loadCode: () => loadCode(asset(SANDBOX_SCRIPT)), setFrame: (port) => setFrame(port, asset(FRAME_SCRIPT)) });
      return createPool({ ...settings, clock: systemClock, spawn: pageWorkers(asset(COMPUTE_ENTRY)), sandbox: { ...sandbox, spawn } });
    },

    createTransport: (options) => createGunTransport({ ...options, clock: systemClock, random: systemRandom, WebSocket: globalThis.WebSocket, fetch: globalThis.fetch.bind(globalThis) }),
  };
}

/** For the sandbox, which can fetch nothing itself. The browser's cache remembers it. */
async function loadCode(url: string): Promise<string> {
  try {
    const response = await allowed(url, () => fetch(url, { signal: AbortSignal.timeout(READ_TIMEOUT_MS), credentials: 'omit' }));
    if (!response.ok) throw new Error(`It answered ${response.status}.`);
    return await response.text();
  } catch (cause) {
    const isForbidden = cause instanceof EdgeNetError && cause.code === 'csp-connect';
    throw new PoolError(isForbidden ? 'csp-connect' : 'kernel-failed', `The sandbox's script ${url} could not be loaded. Check that it is there and, with a Content-Security-Policy, that connect-src has ${new URL(url).origin}.`, { cause });
  }
}

/** A policy's refusal looks like any other failed request, but for an event beside it. */
async function allowed<T>(location: string, request: () => Promise<T>): Promise<T> {
  const { origin } = new URL(location);
  let violated = false;
  const note = ({ effectiveDirective, blockedURI }: SecurityPolicyViolationEvent): void => {
    violated ||= effectiveDirective === 'connect-src' && blockedURI.startsWith(origin);
  };
  addEventListener('securitypolicyviolation', note as (event: Event) => void);
  try {
    return await request();
  } catch (cause) {
    await new Promise((resolve) => setTimeout(resolve)); // the event may come last
    if (!violated) throw cause;
    throw new EdgeNetError('csp-connect', `This page's Content-Security-Policy forbids ${location}. Add the relay to connect-src under both of its schemes: ${origin} ${origin.replace(/^http/u, 'ws')}`, { cause });
  } finally {
    removeEventListener('securitypolicyviolation', note as (event: Event) => void);
  }
}

/** What cannot be named better than by the platform itself. */
export function asEdgeNetError(error: unknown): EdgeNetError {
  if (error instanceof EdgeNetError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const known = code === 'storage-blocked' || code === 'storage-full' || code === 'storage-corrupt' || code === 'identity-busy' || code === 'bad-input' || code === 'unsupported';
  return new EdgeNetError(known ? code : 'unsupported', String(message ?? error), { cause: error });
}
