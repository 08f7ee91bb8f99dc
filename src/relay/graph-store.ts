/**
 * The graph on disk: one append-only JSON-lines file for each soul of an hour. GUN's own store (radisk)
 * deletes nothing; here an hour that is over is one unlink. A line that a crash tore is skipped, and every
 * value read back goes through the guard again, so the files need no more trust than the network does.
 */
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { GraphEntry } from '../engine/guard.js';

const FILE = /^([a-z]{1,16})\.(\d{10})\.([A-Za-z0-9_-]{1,64})\.jsonl$/;
const FLUSH_MS = 20;

export interface GraphStore {
  load(): AsyncGenerator<GraphEntry>;
  /** Written within some milliseconds; a value lost in a crash comes back from the peers. */
  append(entry: GraphEntry): void;
  /** Drops every hour before `hour` (`YYYYMMDDHH`). */
  dropBefore(hour: string): Promise<void>;
  close(): Promise<void>;
}

export interface GraphStoreOptions {
  readonly dir: string;
  readonly net: string;
  readonly bytesMax: number;
  failed(error: unknown): void;
}

export async function openGraphStore({ dir, net, bytesMax, failed }: GraphStoreOptions): Promise<GraphStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const waiting = new Map<string, string>();
  let bytes = 0;
  for (const name of await readdir(dir)) bytes += (await stat(join(dir, name))).size;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const fileOf = (soul: string): string => `${soul.split('/').slice(2).join('.')}.jsonl`;

  async function write(batch: ReadonlyMap<string, string>): Promise<void> {
    for (const [name, lines] of batch) {
      if (bytes + lines.length > bytesMax) {
        failed(new Error('The graph store is full.'));
        continue;
      }
      try {
        // Starts on a fresh line: the last one may be torn.
        await appendFile(join(dir, name), `\n${lines}`, { mode: 0o600 });
        bytes += lines.length;
      } catch (error) {
        failed(error);
      }
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = new Map(waiting);
    waiting.clear();
    return (writing = writing.then(() => write(batch)));
  }

  return {
    async *load() {
      for (const name of await readdir(dir)) {
        const [, topic, hour, shard] = FILE.exec(name) ?? [];
        if (!topic) continue;
        const soul = `en1/${net}/${topic}/${hour}/${shard}`;
        for await (const line of createInterface({ input: createReadStream(join(dir, name)), crlfDelay: Infinity })) {
          const entry = readLine(line);
          if (entry) yield { soul, ...entry };
        }
      }
    },

    append({ soul, key, text }) {
      const name = fileOf(soul);
      waiting.set(name, `${waiting.get(name) ?? ''}${JSON.stringify([key, text])}\n`);
      timer ??= setTimeout(() => void flush(), FLUSH_MS);
    },

    async dropBefore(hour) {
      for (const name of await readdir(dir)) {
        const [, , of] = FILE.exec(name) ?? [];
        if (of === undefined || of >= hour) continue;
        const path = join(dir, name);
        bytes -= (await stat(path)).size;
        await rm(path);
      }
    },

    close: flush,
  };
}

function readLine(line: string): { key: string; text: string } | undefined {
  if (line === '') return undefined;
  try {
    const pair: unknown = JSON.parse(line);
    const [key, text] = Array.isArray(pair) ? (pair as unknown[]) : [];
    return typeof key === 'string' && typeof text === 'string' ? { key, text } : undefined;
  } catch {
    return undefined;
  }
}
