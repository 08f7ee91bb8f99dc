/** An identity kept in a file of its own, readable by its owner only: a relay's, a contributor's. */
import { link, mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { toBase64url } from '../core/encoding.js';
import type { Random } from '../ports/clock.js';
import { StorageError } from '../ports/storage.js';
import { createIdentity, exportIdentity, type Identity } from './identity.js';
import { readIdentity } from './stored.js';

const OWNER_ONLY = 0o600;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;

/**
 * Reads the identity, or makes and keeps one where there is none.
 * @throws StorageError `storage-blocked` where others may read the file, `storage-corrupt` where it is damaged;
 *   an existing file is never written to.
 */
export async function loadIdentityFile(path: string, random: Random): Promise<Identity> {
  try {
    return (await read(path)) ?? (await create(path, random));
  } catch (error) {
    throw error instanceof StorageError ? error : storageErrorOf(error as NodeJS.ErrnoException, path);
  }
}

async function read(path: string): Promise<Identity | undefined> {
  const found = await stat(path).catch(unlessMissing);
  if (!found) return undefined;
  // Windows keeps access in lists that these bits do not show.
  if (process.platform !== 'win32' && (found.mode & OTHERS) !== 0) {
    throw new StorageError('storage-blocked', `${path} holds a private key that others on this machine may read. Run: chmod 600 ${path}`);
  }
  return readIdentity(await readFile(path, 'utf8'), path);
}

/** Linking a finished file into place never shows half a key, and fails instead of replacing one. */
async function create(path: string, random: Random): Promise<Identity> {
  const identity = createIdentity(random);
  const draft = `${path}.${toBase64url(random.bytes(6))}.tmp`;
  await mkdir(dirname(path), { recursive: true, mode: FOLDER_MODE });
  try {
    await writeDurably(draft, `${exportIdentity(identity)}\n`);
    await link(draft, path);
    await syncFolder(dirname(path));
    return identity;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return (await read(path))!; // Another process was first.
  } finally {
    await rm(draft, { force: true });
  }
}

async function writeDurably(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', OWNER_ONLY);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return; // Folders cannot be opened there.
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

function unlessMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}

function storageErrorOf(cause: NodeJS.ErrnoException, path: string): StorageError {
  const full = cause.code === 'ENOSPC' || cause.code === 'EDQUOT';
  return full
    ? new StorageError('storage-full', `The disk of ${path} is full. Free some space.`, { cause })
    : new StorageError('storage-blocked', `The identity file ${path} cannot be used (${cause.message}).`, { cause });
}
