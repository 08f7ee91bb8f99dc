/** What differs between a page's engine worker and a Node process; everything above this is the same code. */
import type { SandboxOptions } from '../adapters/pool/pool.js';
import type { Network } from '../core/network.js';
import type { Guard } from '../guard.js';
import type { Identity } from '../identity/identity.js';
import type { Clock, Random } from '../ports/clock.js';
import type { Pool } from '../ports/pool.js';
import type { Signer } from '../ports/signer.js';
import type { Storage } from '../ports/storage.js';
import type { Transport } from '../ports/transport.js';

export interface PoolSettings {
  readonly size: number;
  /** Share of time each worker computes, 0 to 1. */
  readonly duty: number;
  readonly modelBase: string;
  readonly assetBase: string;
  readonly sandbox: Pick<SandboxOptions, 'kinds' | 'refused'>;
}

export interface Platform {
  readonly clock: Clock;
  readonly random: Random;
  readonly cores: number;
  /** Reads a descriptor: an http(s) URL, or a file's path where there are files. */
  readText(location: string): Promise<string>;
  openStore(): Promise<Storage>;
  /** For shards of others' collections; absent where nothing outlives the session: such a node holds none. */
  openShelf?: (() => Promise<Storage>) | undefined;
  /** The stored identity, made on first use. */
  loadIdentity(store: Storage): Promise<Identity>;
  createPool(settings: PoolSettings): Pool;
  createTransport(options: { readonly relays: readonly string[]; readonly network: Network; readonly signer: Signer; readonly guard: Guard }): Transport;
}

