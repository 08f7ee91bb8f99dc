/** The engine's surroundings in a Node process: worker threads, LevelDB, files, and `ws` for a WebSocket. */
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../adapters/clock.js';
import { nodeSandboxes } from '../adapters/pool/node-sandbox.js';
import { nodeThreads } from '../adapters/pool/node-thread.js';
import { createPool } from '../adapters/pool/pool.js';
import { openLevel } from '../adapters/storage/level.js';
import { memoryStorage } from '../adapters/storage/memory.js';
import { createGunTransport } from '../adapters/transport/gun-transport.js';
import type { EngineConfig } from '../api.js';
import type { Platform } from '../host/platform.js';
import { loadIdentityFile } from '../identity/file.js';
import { createIdentity, importIdentity } from '../identity/identity.js';

const READ_TIMEOUT_MS = 10_000;

/** Built files lie beside this one; under a TypeScript loader the sources do, and threads need the loader too. */
const IS_SOURCE = import.meta.url.endsWith('.ts');
const HERE = new URL('./', import.meta.url);
const COMPUTE = IS_SOURCE ? { entry: new URL('compute-thread.ts', HERE), execArgv: ['--import', 'tsx'] } : { entry: new URL('compute.js', HERE) };
/** The built package's folder of Node files: WASM lies there as well. */
export const ASSET_BASE = IS_SOURCE ? new URL('../../../dist/node/', HERE) : HERE;
/** Built files both: a sandbox runs one script, whatever the process itself runs from. */
const SANDBOX = { entry: new URL('sandbox.js', ASSET_BASE), script: new URL('edge-net.sandbox.js', ASSET_BASE) };
export const MODEL_DIR = fileURLToPath(new URL('../models/', ASSET_BASE));

export interface NodePlatformOptions {
  /** Keeps identity, chain and ledger; without it the process has a throw-away identity and stores nothing. */
  readonly dataDir?: string;
}

/** The text at an http(s) URL, or of a file. */
export async function readLocation(location: string): Promise<string> {
  if (!/^https?:/u.test(location)) return readFile(location, 'utf8');
  const response = await fetch(location, { signal: AbortSignal.timeout(READ_TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${location} answered ${response.status}.`);
  return response.text();
}

export function nodePlatform(config: EngineConfig, { dataDir }: NodePlatformOptions = {}): Platform {
  return {
    clock: systemClock,
    random: systemRandom,
    // A contributor process is there to compute: all cores count, where a page takes half.
    cores: availableParallelism() * 2,

    readText: readLocation,

    openStore: async () => (dataDir === undefined ? memoryStorage() : openLevel(join(dataDir, 'store'))),
    openShelf: dataDir === undefined ? undefined : () => openLevel(join(dataDir, 'shards')),

    async loadIdentity() {
      if (config.privateKey !== '') return importIdentity(config.privateKey);
      return dataDir === undefined ? createIdentity(systemRandom) : loadIdentityFile(join(dataDir, 'identity.json'), systemRandom);
    },

    createPool: ({ size, duty, modelBase, assetBase, sandbox }) => createPool({ size, duty, modelBase, assetBase, ...(dataDir === undefined ? {} : { modelCache: join(dataDir, 'models') }), clock: systemClock, spawn: nodeThreads(COMPUTE), sandbox: { ...sandbox, spawn: nodeSandboxes(SANDBOX) } }),

    createTransport: (options) => createGunTransport({ ...options, clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket }),
  };
}
