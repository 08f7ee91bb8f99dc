/**
 * Ciphertexts too large for a frame, by the hash of what they are. Nothing is trusted: the bytes are hashed
 * as they arrive, written beside their place, and moved there only when they are what their name says.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Id } from '../engine/core/record.js';
import { isId } from '../engine/core/encoding.js';

const TEMPORARY = '.part';
const HOUR_MS = 3_600_000;

export type BlobFault = 'payload-too-large' | 'bad-input' | 'storage-full';

export interface BlobStore {
  readonly bytes: number;
  /** Undefined when it is stored, by whomever. */
  put(hash: Id, size: number, source: Readable): Promise<BlobFault | undefined>;
  putBytes(hash: Id, bytes: Uint8Array): Promise<BlobFault | undefined>;
  size(hash: Id): number | undefined;
  stream(hash: Id): Readable;
  read(hash: Id): Promise<Uint8Array | undefined>;
  /** Deletes what is older than its time. */
  sweep(): Promise<void>;
}

export interface BlobStoreOptions {
  readonly dir: string;
  readonly bytesMax: number;
  readonly diskBytesMax: number;
  readonly hours: number;
  now(): number;
}

export async function openBlobStore({ dir, bytesMax, diskBytesMax, hours, now }: BlobStoreOptions): Promise<BlobStore> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const sizes = new Map<Id, number>();
  let bytes = 0;
  // Space is reserved while an upload runs, so that many at once cannot overrun the disk together.
  let reserved = 0;

  const place = (hash: Id): string => join(dir, hash);
  const isMissing = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'ENOENT';

  for (const name of await readdir(dir)) {
    if (!isId(name)) await rm(join(dir, name), { force: true, recursive: true });
    else {
      const { size } = await stat(place(name));
      sizes.set(name, size);
      bytes += size;
    }
  }

  async function put(hash: Id, size: number, source: Readable): Promise<BlobFault | undefined> {
    if (size > bytesMax) return 'payload-too-large';
    if (sizes.has(hash)) {
      source.resume();
      await utimes(place(hash), now() / 1_000, now() / 1_000).catch(() => {});
      return undefined;
    }
    if (bytes + reserved + size > diskBytesMax) return 'storage-full';
    reserved += size;
    const part = join(dir, `${randomUUID()}${TEMPORARY}`);
    const sum = createHash('sha256');
    let length = 0;
    const measure = new Transform({
      transform(chunk: Buffer, _encoding, next) {
        length += chunk.length;
        sum.update(chunk);
        next(length > size ? new RangeError('longer than announced') : null, chunk);
      },
    });
    try {
      await pipeline(source, measure, createWriteStream(part, { mode: 0o600 }));
      if (length !== size || sum.digest('base64url') !== hash) return 'bad-input';
      await rename(part, place(hash));
      if (!sizes.has(hash)) bytes += size;
      sizes.set(hash, size);
      return undefined;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      return code === 'ENOSPC' || code === 'EDQUOT' || code === 'EROFS' ? 'storage-full' : 'bad-input';
    } finally {
      reserved -= size;
      await rm(part, { force: true });
    }
  }

  return {
    get bytes() {
      return bytes;
    },
    put,
    putBytes: (hash, content) => put(hash, content.length, Readable.from([Buffer.from(content.buffer, content.byteOffset, content.byteLength)])),
    size: (hash) => sizes.get(hash),
    stream: (hash) => createReadStream(place(hash)),
    async read(hash) {
      try {
        return new Uint8Array(await readFile(place(hash)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async sweep() {
      for (const [hash, size] of sizes) {
        const found = await stat(place(hash)).catch(() => undefined);
        if (found && now() - found.mtimeMs < hours * HOUR_MS) continue;
        sizes.delete(hash);
        bytes -= size;
        await rm(place(hash), { force: true });
      }
    },
  };
}
