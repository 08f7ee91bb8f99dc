/** Where one model's files lie: under a URL, whose downloads are kept, or in a folder of this machine. */
import { KernelError, type KernelContext } from '../kernel.js';
import { openModelCache } from './model_cache.js';
import type { ModelFile } from './profiles.js';
import { sha256 } from './sha256.js';

export type OnBytes = (count: number) => void;

export interface Source {
  address(path: string): string;
  /** The file as it lies there, at most one byte longer than it should be; undefined where there is none. */
  read(file: ModelFile, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

/** Without a model base, models lie in `models/` beside the package's own assets. */
export function locate(model: string, context: KernelContext): Source {
  const { modelBase, assetBase } = context;
  if (modelBase !== undefined && isFolder(modelBase)) return new FolderSource(`${modelBase}/${model}`, context);
  const folder = new URL(`${(modelBase ?? 'models').replace(/\/*$/, '/')}${model}/`, assetBase);
  if (folder.protocol !== 'file:') return new WebSource(folder, context);
  return new FolderSource(process.getBuiltinModule('node:url').fileURLToPath(folder), context);
}

/** In Node anything without a scheme is a folder; a drive letter is no scheme. */
function isFolder(base: string): boolean {
  return typeof process !== 'undefined' && process.release?.name === 'node' && !/^[a-z][a-z\d+.-]+:/i.test(base);
}

class WebSource implements Source {
  readonly #folder: URL;
  readonly #context: KernelContext;

  constructor(folder: URL, context: KernelContext) {
    this.#folder = folder;
    this.#context = context;
  }

  address(path: string): string {
    return new URL(path, this.#folder).href;
  }

  async read(file: ModelFile, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const cache = await openModelCache(this.#context.modelCache);
    const kept = await cache?.read(file.sha256);
    if (kept !== undefined) {
      onBytes(kept.length);
      return kept;
    }
    const bytes = await this.#download(file, onBytes);
    if (cache !== undefined && bytes !== undefined && (await sha256(bytes)) === file.sha256) await cache.write(file.sha256, bytes);
    return bytes;
  }

  async #download({ path, bytes }: ModelFile, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const url = this.address(path);
    const { signal } = this.#context;
    try {
      const response = await fetch(url, { signal });
      if (response.ok && response.body !== null) return await readAll(response.body, bytes + 1, onBytes);
      await response.body?.cancel();
      return undefined;
    } catch (cause) {
      signal.throwIfAborted();
      throw new KernelError('model-missing', `${url} could not be fetched: ${(cause as Error).message}. Check the network, CORS and connect-src.`);
    }
  }
}

/** The body, or as much of it as fits. */
async function readAll(body: ReadableStream<Uint8Array>, bytesMax: number, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(bytesMax);
  let length = 0;
  const reader = body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    const fitting = part.value.subarray(0, bytesMax - length);
    whole.set(fitting, length);
    length += fitting.length;
    onBytes(fitting.length);
    if (length === bytesMax) {
      await reader.cancel();
      break;
    }
  }
  return whole.subarray(0, length);
}

class FolderSource implements Source {
  readonly #folder: string;
  readonly #context: KernelContext;
  readonly #paths = process.getBuiltinModule('node:path');
  readonly #files = process.getBuiltinModule('node:fs/promises');

  constructor(folder: string, context: KernelContext) {
    this.#folder = folder;
    this.#context = context;
  }

  address(path: string): string {
    return this.#paths.resolve(this.#folder, path);
  }

  async read(file: ModelFile, onBytes: OnBytes): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const { signal } = this.#context;
    try {
      const bytes = new Uint8Array(await this.#files.readFile(this.address(file.path), { signal }));
      onBytes(bytes.length);
      return bytes;
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }
}
