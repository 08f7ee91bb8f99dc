import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { openLevel } from '../../src/engine/adapters/storage/level.js';
import { levelErrorOf } from '../../src/engine/adapters/storage/level-error.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { Clock } from '../../src/engine/ports/clock.js';
import { StorageError, type Storage } from '../../src/engine/ports/storage.js';
import { SimulatedDisk } from '../doubles/storage.js';
import { nodeRunner } from './node-runner.js';
import { codeOf } from './runner.js';
import { storageContract, type StorageUnderTest } from './storage.js';

const run = promisify(execFile);

/** Virtual time: what is due runs on the next turn of the loop, in order. */
const eager: Clock = {
  now: () => 0,
  after(_delayMs, callback) {
    const turn = setImmediate(callback);
    return () => clearImmediate(turn);
  },
};

function newDisk(): SimulatedDisk {
  return new SimulatedDisk({ clock: eager, latencyMs: () => 1 });
}

async function temporaryFolder(context: TestContext): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-storage-'));
  context.after(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

function mounted(dir: string): Promise<boolean> {
  return run('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', dir]).then(() => true, () => false);
}

async function levelUnderTest(): Promise<StorageUnderTest> {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-storage-'));
  let storage = await openLevel(dir);
  return {
    storage,
    async reopen() {
      await storage.close();
      return (storage = await openLevel(dir));
    },
    async dispose() {
      await storage.close();
      await rm(dir, { recursive: true });
    },
  };
}

async function diskUnderTest(): Promise<StorageUnderTest> {
  const disk = newDisk();
  const storage = await disk.open();
  return { storage, reopen: () => storage.close().then(() => disk.open()) };
}

storageContract('memory', false, async () => ({ storage: memoryStorage() }), nodeRunner);
storageContract('level', true, levelUnderTest, nodeRunner);
storageContract('double', true, diskUnderTest, nodeRunner);

test('level: a folder of its own, closed to others', async (context) => {
  const dir = join(await temporaryFolder(context), 'deep', 'store');
  const storage = await openLevel(dir);
  await storage.close();
  assert.equal((await stat(dir)).mode & 0o777, 0o700);
});

test('level: a folder that is open already is busy, here and from another process', async (context) => {
  const dir = await temporaryFolder(context);
  const adapter = new URL('../../src/engine/adapters/storage/level.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(adapter)}).then(({openLevel}) => openLevel(${JSON.stringify(dir)})).then(() => { process.stdout.write('open'); setInterval(() => {}, 1000); })`;
  const holder = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  context.after(() => holder.kill('SIGKILL'));
  await once(holder.stdout, 'data');
  await assert.rejects(openLevel(dir), (error: StorageError) => error.code === 'identity-busy' && error.message.includes(dir));
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  const storage = await openLevel(dir);
  assert.equal(await codeOf(openLevel(dir)), 'identity-busy');
  await storage.close();
});

test('level: a killed process loses nothing it was told was written', async (context) => {
  const dir = await temporaryFolder(context);
  const adapter = new URL('../../src/engine/adapters/storage/level.ts', import.meta.url).href;
  const script = `import(${JSON.stringify(adapter)}).then(async ({openLevel}) => {
    const storage = await openLevel(${JSON.stringify(dir)});
    for (let n = 0; ; n++) { await storage.write([['a', String(n)], ['b', String(n)]]); process.stdout.write(n + '\\n'); }
  })`;
  const writer = spawn(process.execPath, ['--import', 'tsx', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
  let told = '';
  for await (const chunk of writer.stdout as AsyncIterable<Buffer>) {
    told += chunk.toString();
    if (told.length > 500) writer.kill('SIGKILL');
  }
  const last = Number(told.slice(0, told.lastIndexOf('\n')).split('\n').at(-1));
  const storage = await openLevel(dir);
  const [a, b] = [await storage.get('a'), await storage.get('b')];
  assert.equal(a, b);
  assert.ok(Number(a) >= last, `wrote ${String(a)}, was told ${last}`);
  await storage.close();
});

test('level: a damaged store is corrupt, and is left as it is', async (context) => {
  for (const damage of [
    (dir: string) => writeFile(join(dir, 'CURRENT'), 'garbage'),
    async (dir: string) => {
      const manifest = (await readdir(dir)).find((file) => file.startsWith('MANIFEST'));
      await writeFile(join(dir, manifest!), 'garbage');
    },
    (dir: string) => rm(join(dir, 'CURRENT')),
  ]) {
    const dir = await temporaryFolder(context);
    const storage = await openLevel(dir);
    await storage.write([['key', 'value']], { sync: true });
    await storage.close();
    await damage(dir);
    assert.equal(await codeOf(openLevel(dir)), 'storage-corrupt');
    assert.ok((await readdir(dir)).some((file) => file.endsWith('.log')), 'the log with the data is still there');
  }
});

test('level: a folder that cannot be made or used is blocked', async (context) => {
  const file = join(await temporaryFolder(context), 'file');
  await writeFile(file, '');
  assert.equal(await codeOf(openLevel(file)), 'storage-blocked');
  assert.equal(await codeOf(openLevel(join(file, 'below'))), 'storage-blocked');
});

test('level: a full disk is told apart by what LevelDB says of it', () => {
  const inner = Object.assign(new Error('IO error: /data/000003.log: No space left on device'), { code: 'LEVEL_IO_ERROR' });
  const outer = Object.assign(new Error('Database failed to open', { cause: inner }), { code: 'LEVEL_DATABASE_NOT_OPEN' });
  assert.equal(levelErrorOf(inner, '/data').code, 'storage-full');
  assert.equal(levelErrorOf(outer, '/data').code, 'storage-full');
});

test('level: a disk that fills up refuses the batch whole and keeps what it has', async (context) => {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-storage-'));
  const small = await mounted(dir);
  context.after(async () => {
    if (small) await run('umount', [dir]);
    await rm(dir, { recursive: true });
  });
  if (!small) return context.skip('needs a small file system of its own, which only root may mount');
  const storage = await openLevel(join(dir, 'store'));
  let written = 0;
  let code: string | undefined;
  while ((code = await codeOf(storage.write([[`a/${written}`, new Uint8Array(100_000)], [`b/${written}`, '']]))) === undefined) written++;
  assert.equal(code, 'storage-full');
  assert.ok(written > 0);
  assert.deepEqual([(await storage.entries('a/')).length, (await storage.entries('b/')).length], [written, written]);
  await storage.close();
});

test('double: a power failure takes what no sync has followed, a dead process only what was unfinished', async () => {
  for (const [kind, relaxed] of [['power', undefined], ['process', 'x']] as const) {
    const disk = newDisk();
    const before = await disk.open();
    await before.write([['synced', 'x']], { sync: true });
    await before.write([['relaxed', 'x']]);
    let settled = false;
    void before.write([['unfinished', 'x'], ['too', 'x']], { sync: true }).finally(() => (settled = true));
    disk.crash(kind);
    const after = await disk.open();
    assert.equal(await after.get('synced'), 'x');
    assert.equal(await after.get('relaxed'), relaxed);
    assert.deepEqual([await after.get('unfinished'), await after.get('too'), settled], [undefined, undefined, false]);
  }
});

test('double: operations take their time on the clock, one after the other', async () => {
  const due: { atMs: number; callback: () => void }[] = [];
  let nowMs = 0;
  const clock: Clock = { now: () => nowMs, after: (delayMs, callback) => (due.push({ atMs: nowMs + delayMs, callback }), () => undefined) };
  const disk = new SimulatedDisk({ clock, latencyMs: (operation) => (operation === 'sync' ? 10 : 1) });
  const storage: Storage = await disk.open();
  const done: [string, number][] = [];
  const writing = [
    storage.write([['a', '1']], { sync: true }).then(() => done.push(['sync', nowMs])),
    storage.write([['a', '2']]).then(() => done.push(['relaxed', nowMs])),
  ];
  while (due.length > 0) {
    const { atMs, callback } = due.shift()!;
    nowMs = atMs;
    callback();
    await new Promise(setImmediate);
  }
  await Promise.all(writing);
  assert.deepEqual(done, [['sync', 10], ['relaxed', 11]]);
});

test('double: fails once when told to, whole, and may be wiped', async () => {
  const disk = newDisk();
  const storage = await disk.open();
  disk.failNext('storage-full');
  assert.equal(await codeOf(storage.write([['a', '1'], ['b', '1']])), 'storage-full');
  assert.deepEqual(await storage.entries(''), []);
  await storage.write([['a', '1']], { sync: true });
  disk.crash();
  disk.wipe();
  assert.deepEqual(await (await disk.open()).entries(''), []);
});
