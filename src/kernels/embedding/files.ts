/** Brings a model's files from a URL or a folder and lets none through whose hash is not the pinned one. */
import { KernelError, type KernelContext } from '../kernel.js';
import type { ModelFile, ModelProfile } from './profiles.js';

export type ModelFiles = ReadonlyMap<string, Uint8Array<ArrayBuffer>>;

type OnBytes = (count: number) => void;

/** Where one model's files lie. `read` gives undefined for a file that is not there. */
interface Source {
  address(path: string): string;
  read(file: ModelFile, signal: AbortSignal, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/**
 * The kernel uses this Cache Storage bucket when it exists and never creates it: storing anything is for
 * the one who holds the visitor's consent, and forgetting is deleting the bucket.
 */
export const MODEL_CACHE = 'edge-net-models';

async function openCache(): Promise<Cache | undefined> {
  try {
    return (await caches.has(MODEL_CACHE)) ? await caches.open(MODEL_CACHE) : undefined;
  } catch {
    return undefined; // no Cache Storage here (Node), or storage is blocked
  }
}

async function readAll(body: ReadableStream<Uint8Array>, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    chunks.push(part.value);
    length += part.value.length;
    onBytes(part.value.length);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

class WebSource implements Source {
  readonly #folder: URL;

  constructor(folder: URL) {
    this.#folder = folder;
  }

  address(path: string): string {
    return new URL(path, this.#folder).href;
  }

  async read(file: ModelFile, signal: AbortSignal, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const url = this.address(file.path);
    // The hash in the key makes an upgraded model miss; a file without one is left to the HTTP cache.
    const key = `${url}?sha256=${file.sha256}`;
    const cache = file.sha256 === undefined ? undefined : await openCache();
    const kept = await cache?.match(key);
    if (kept?.body) {
      const bytes = await readAll(kept.body, onBytes);
      if ((await sha256(bytes)) === file.sha256) return bytes; // else damaged: fetched anew and written over
    }
    const bytes = await this.#download(url, signal, onBytes);
    if (cache !== undefined && bytes !== undefined && (await sha256(bytes)) === file.sha256) {
      await cache.put(key, new Response(bytes)).catch(() => undefined); // a full disk costs a download, not the task
    }
    return bytes;
  }

  async #download(url: string, signal: AbortSignal, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    try {
      const response = await fetch(url, { signal });
      return response.ok && response.body !== null ? await readAll(response.body, onBytes) : undefined;
    } catch (cause) {
      signal.throwIfAborted();
      throw new KernelError('model-missing', `${url} could not be fetched: ${(cause as Error).message}. Check the network, CORS and connect-src.`);
    }
  }
}

type FileSystem = typeof import('node:fs/promises');
type Paths = typeof import('node:path');

class FolderSource implements Source {
  readonly #folder: string;
  readonly #paths: Paths;

  constructor(folder: string) {
    this.#folder = folder;
    this.#paths = process.getBuiltinModule('node:path');
  }

  address(path: string): string {
    return this.#paths.resolve(this.#folder, path);
  }

  async read(file: ModelFile, signal: AbortSignal, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { readFile }: FileSystem = process.getBuiltinModule('node:fs/promises');
    try {
      const bytes = new Uint8Array(await readFile(this.address(file.path), { signal }));
      onBytes(bytes.length);
      return bytes;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}

/** In Node anything without a scheme is a folder; a drive letter is no scheme. */
function isFolder(base: string): boolean {
  return typeof process !== 'undefined' && process.release?.name === 'node' && !/^[a-z][a-z\d+.-]+:/i.test(base);
}

/** Without a model base, models lie in `models/` beside the package's own assets. */
function locate(model: string, { modelBase, assetBase }: KernelContext): Source {
  if (modelBase !== undefined && isFolder(modelBase)) return new FolderSource(`${modelBase}/${model}`);
  const folder = new URL(`${(modelBase ?? 'models').replace(/\/*$/, '/')}${model}/`, assetBase);
  if (folder.protocol !== 'file:') return new WebSource(folder);
  return new FolderSource(process.getBuiltinModule('node:url').fileURLToPath(folder));
}

async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Model files are JSON or protobuf; neither begins with `<`, as the page of a single-page-app fallback does. */
function isHtml(bytes: Uint8Array): boolean {
  return new TextDecoder().decode(bytes.subarray(0, 64)).trimStart().startsWith('<');
}

/**
 * @returns the profile's files by path; progress is reported as phase `model`, in bytes
 * @throws KernelError `model-missing` with the address tried, or `model-mismatch`
 */
export async function loadModelFiles(model: string, profile: ModelProfile, context: KernelContext): Promise<ModelFiles> {
  const source = locate(model, context);
  const total = profile.files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0);
  let loaded = 0;
  const onBytes = (count: number): void => {
    loaded += count;
    context.progress('model', loaded, Math.max(loaded, total));
  };
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const file of profile.files) {
    const address = source.address(file.path);
    const bytes = await source.read(file, context.signal, onBytes);
    if (bytes === undefined) throw new KernelError('model-missing', `The model "${model}" is not at ${address}.`);
    if (isHtml(bytes)) {
      throw new KernelError('model-missing', `The model "${model}" is not at ${address}: a web page was served instead; the server should answer 404.`);
    }
    const found = await sha256(bytes);
    if (file.sha256 !== undefined && found !== file.sha256) {
      throw new KernelError('model-mismatch', `${address} has sha256 ${found}, but the model "${model}" needs ${file.sha256}.`);
    }
    files.set(file.path, bytes);
  }
  return files;
}
