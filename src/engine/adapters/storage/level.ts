/**
 * The Storage port over LevelDB, for Node. LevelDB locks its folder, so one process has it at a time: that is
 * also what keeps an identity from being used twice.
 */
import { mkdir, readdir } from 'node:fs/promises';
import { ClassicLevel } from 'classic-level';
import { StorageError, type Storage, type StoredValue, type Write } from '../../ports/storage.js';
import { levelErrorOf } from './level-error.js';

const OWNER_ONLY = 0o700;
/** First byte of a value: how the rest is to be read. */
const TEXT = 0;
const BYTES = 1;

type Level = ClassicLevel<string, Uint8Array>;

/** @throws StorageError; `identity-busy` where another process has the folder open. */
export async function openLevel(dir: string): Promise<Storage> {
  try {
    await mkdir(dir, { recursive: true, mode: OWNER_ONLY });
    await refuseHeadless(dir);
    const db: Level = new ClassicLevel(dir, { keyEncoding: 'utf8', valueEncoding: 'view' });
    await db.open();
    return new LevelStorage(dir, db);
  } catch (error) {
    throw levelErrorOf(error, dir);
  }
}

/** Without its CURRENT file LevelDB would take a full store for an empty folder and begin anew. */
async function refuseHeadless(dir: string): Promise<void> {
  const files = await readdir(dir);
  if (!files.includes('CURRENT') && files.some((file) => /\.(ldb|log)$/.test(file))) {
    throw new StorageError('storage-corrupt', `The store in ${dir} lost its CURRENT file. Restore the folder from a backup, or move it away to start anew.`);
  }
}

type Operation = ReturnType<typeof operationOf>;

interface Waiting {
  readonly operations: readonly Operation[];
  readonly sync: boolean;
  resolve(): void;
  reject(error: StorageError): void;
}

class LevelStorage implements Storage {
  /** Batches that came while one was being written; they go together as the next, so that one fsync serves all. */
  #waiting: Waiting[] = [];
  #writing: Promise<void> | undefined;

  constructor(
    private readonly dir: string,
    private readonly db: Level,
  ) {}

  async get(key: string): Promise<StoredValue | undefined> {
    const value = await this.#guarded(() => this.db.get(key));
    return value && decode(value);
  }

  async entries(prefix: string): Promise<[string, StoredValue][]> {
    const range = { keyEncoding: 'view', gte: new TextEncoder().encode(prefix), ...upperBound(prefix) } as const;
    const found = await this.#guarded(() => this.db.iterator<Uint8Array, Uint8Array>(range).all());
    const decoder = new TextDecoder();
    return found.map(([key, value]) => [decoder.decode(key), decode(value)]);
  }

  write(batch: readonly Write[], options?: { readonly sync?: boolean }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ operations: batch.map(operationOf), sync: options?.sync ?? false, resolve, reject });
      this.#writing ??= this.#drain();
    });
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.#guarded(() => this.db.close());
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      const group = this.#waiting;
      this.#waiting = [];
      const operations = group.flatMap(({ operations }) => operations);
      try {
        await this.#guarded(() => this.db.batch(operations, { sync: group.some(({ sync }) => sync) }));
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error as StorageError);
      }
    }
    this.#writing = undefined;
  }

  async #guarded<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw levelErrorOf(error, this.dir);
    }
  }
}

function operationOf([key, value]: Write) {
  return value === null ? ({ type: 'del', key } as const) : ({ type: 'put', key, value: encode(value) } as const);
}

function encode(value: StoredValue): Uint8Array {
  const body = typeof value === 'string' ? new TextEncoder().encode(value) : value;
  const bytes = new Uint8Array(body.length + 1);
  bytes[0] = typeof value === 'string' ? TEXT : BYTES;
  bytes.set(body, 1);
  return bytes;
}

function decode(bytes: Uint8Array): StoredValue {
  return bytes[0] === TEXT ? new TextDecoder().decode(bytes.subarray(1)) : bytes.slice(1);
}

/** The prefix with its last byte raised; UTF-8 has no byte 255 that could overflow. */
function upperBound(prefix: string): { lt?: Uint8Array } {
  const bytes = new TextEncoder().encode(prefix);
  if (bytes.length === 0) return {};
  bytes[bytes.length - 1]! += 1;
  return { lt: bytes };
}
