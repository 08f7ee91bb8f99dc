import assert from 'node:assert/strict';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { loadIdentityFile } from '../../src/engine/identity/file.js';
import { StorageError } from '../../src/engine/ports/storage.js';
import { codeOf } from '../contract/runner.js';

async function newPath(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-identity-'));
  context.after(() => rm(dir, { recursive: true }));
  return join(dir, 'keys', 'identity.json');
}

test('the file is made once, for its owner alone, and nothing is left beside it', async (context) => {
  const path = await newPath(context);
  const identity = await loadIdentityFile(path, systemRandom);
  assert.deepEqual(await loadIdentityFile(path, systemRandom), identity);
  assert.equal((await stat(path)).mode & 0o777, 0o600);
  assert.equal((await stat(join(path, '..'))).mode & 0o777, 0o700);
  assert.deepEqual(await readdir(join(path, '..')), ['identity.json']);
});

test('many that start at once agree on one identity', async (context) => {
  const path = await newPath(context);
  const loaded = await Promise.all(Array.from({ length: 12 }, () => loadIdentityFile(path, systemRandom)));
  assert.equal(new Set(loaded.map(({ id }) => id)).size, 1);
  assert.deepEqual(await readdir(join(path, '..')), ['identity.json']);
});

test('a key that others may read is refused, with the remedy', async (context) => {
  const path = await newPath(context);
  await loadIdentityFile(path, systemRandom);
  for (const mode of [0o640, 0o604, 0o660]) {
    await chmod(path, mode);
    await assert.rejects(loadIdentityFile(path, systemRandom), (error: StorageError) => error.code === 'storage-blocked' && error.message.includes(`chmod 600 ${path}`));
  }
});

test('a damaged file is corrupt and stays as it is', async (context) => {
  const path = await newPath(context);
  await loadIdentityFile(path, systemRandom);
  const text = await readFile(path, 'utf8');
  for (const damaged of ['', text.slice(0, -20), text.replace('secretKey', 'secret')]) {
    await writeFile(path, damaged);
    assert.equal(await codeOf(loadIdentityFile(path, systemRandom)), 'storage-corrupt');
    assert.equal(await readFile(path, 'utf8'), damaged);
  }
});

test('a place where no file can be is blocked', async (context) => {
  const path = await newPath(context);
  await loadIdentityFile(path, systemRandom);
  assert.equal(await codeOf(loadIdentityFile(join(path, 'below'), systemRandom)), 'storage-blocked');
});
