/**
 * Keeps downloaded model files by their hash: in Cache Storage where this is a page's worker, in a folder where it is
 * Node. A cache saves downloads and nothing else: whatever it cannot keep or give back whole is fetched again.
 */
import { sha256 } from './sha256.js';

export interface ModelCache {
  /** The content of that hash, or undefined where it is absent or damaged. */
  read(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined>;
  /** Never rejects: a full disk costs the next download, not this task. */
  write(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
}

/**
 * The kernel uses this Cache Storage bucket when it exists and never creates it: storing anything is for
 * the one who holds the visitor's consent, and forgetting is deleting the bucket.
 */
export const MODEL_CACHE = 'edge-net-models';

/** @param folder the cache's folder in Node; undefined where there is none, as in a page */
export async function openModelCache(folder: string | undefined): Promise<ModelCache | undefined> {
  if (folder !== undefined) return new DiskCache(folder);
  try {
    return (await caches.has(MODEL_CACHE)) ? new PageCache(await caches.open(MODEL_CACHE)) : undefined;
  } catch {
    return undefined; // no Cache Storage here (Node), or storage is blocked
  }
}

class PageCache implements ModelCache {
  readonly #bucket: Cache;

  constructor(bucket: Cache) {
    this.#bucket = bucket;
  }

  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const kept = await this.#bucket.match(keyOf(hash));
      return kept && (await ifWhole(hash, new Uint8Array(await kept.arrayBuffer())));
    } catch {
      return undefined;
    }
  }

  async write(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.#bucket.put(keyOf(hash), new Response(bytes)).catch(() => undefined);
  }
}

/** Cache Storage wants a URL; this host exists in no network. */
const keyOf = (hash: string): string => `https://model.invalid/sha256/${hash}`;

const DRAFT = '.part';

class DiskCache implements ModelCache {
  readonly #folder: string;
  readonly #files = process.getBuiltinModule('node:fs/promises');
  readonly #paths = process.getBuiltinModule('node:path');

  constructor(folder: string) {
    this.#folder = folder;
  }

  async read(hash: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      return await ifWhole(hash, new Uint8Array(await this.#files.readFile(this.#pathOf(hash))));
    } catch {
      return undefined;
    }
  }

  /** Written beside its place and renamed into it, so that no reader meets half of a file. */
  async write(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    const draft = this.#pathOf(`${hash}.${crypto.randomUUID()}${DRAFT}`);
    try {
      await this.#files.mkdir(this.#folder, { recursive: true });
      await this.#removeDrafts(hash);
      await this.#files.writeFile(draft, bytes);
      await this.#files.rename(draft, this.#pathOf(hash));
    } catch {
      await this.#files.rm(draft, { force: true }).catch(() => undefined);
    }
  }

  /** Those of a process that died. A living writer that loses its draft fails, and the one who removed it keeps the file. */
  async #removeDrafts(hash: string): Promise<void> {
    const names = await this.#files.readdir(this.#folder);
    const drafts = names.filter((name) => name.startsWith(`${hash}.`) && name.endsWith(DRAFT));
    await Promise.all(drafts.map((name) => this.#files.rm(this.#pathOf(name), { force: true })));
  }

  #pathOf(name: string): string {
    return this.#paths.join(this.#folder, name);
  }
}

async function ifWhole(hash: string, bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return (await sha256(bytes)) === hash ? bytes : undefined;
}
