/** What lies beside the files a relay serves: its own keys above all. */
import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RelayOptions } from '../../src/relay/relay.js';
import { temporaryFolder } from './gun-world.js';
import { rawHttp, withRelay } from './relay-harness.js';

/** Status by path of a relay whose data folder lies in the folder that it serves. */
async function statuses(paths: readonly string[], options: Partial<RelayOptions> = {}): Promise<number[]> {
  const site = await temporaryFolder();
  const dataDir = join(site, 'data');
  await mkdir(join(dataDir, 'keys'), { recursive: true });
  await mkdir(join(site, 'database'));
  const files = { 'index.html': 'page', 'database/list.json': '[]', 'data/keys/witness.json': '{"secretKey":"…"}' };
  for (const [name, text] of Object.entries(files)) await writeFile(join(site, name), text);
  await symlink(dataDir, join(site, 'alias'));
  const found: number[] = [];
  try {
    await withRelay(async ({ relay }) => {
      for (const path of paths) {
        const response = await fetch(`http://127.0.0.1:${relay.port}${path}`);
        await response.arrayBuffer();
        found.push(response.status);
      }
    }, { dataDir, staticDir: site, ...options });
  } finally {
    await rm(site, { recursive: true, force: true });
  }
  return found;
}

test('the data folder is never served, not even through a link, though it lies inside the served one', async () => {
  assert.deepEqual(await statuses(['/index.html', '/database/list.json', '/data/keys/witness.json', '/alias/keys/witness.json']), [200, 200, 404, 404]);
});

test('only what is named is served', async () => {
  assert.deepEqual(await statuses(['/', '/index.html', '/database/list.json'], { staticOnly: ['index.html'] }), [200, 200, 404]);
});

test('keys are never served, in whatever folder somebody keeps them', async () => {
  const site = await temporaryFolder();
  await mkdir(join(site, 'examples/worker/keys'), { recursive: true });
  const files = ['examples/index.html', 'examples/worker/identity.json', 'examples/worker/keys/founder.json', 'examples/worker/list.json'];
  for (const file of files) await writeFile(join(site, file), '{}');
  try {
    await withRelay(async ({ relay }) => {
      const found = await Promise.all(files.map(async (file) => (await fetch(`http://127.0.0.1:${relay.port}/${file}`)).status));
      assert.deepEqual(found, [200, 404, 404, 200]);
    }, { staticDir: site, staticOnly: ['examples'] });
  } finally {
    await rm(site, { recursive: true, force: true });
  }
});

test('the address of a folder gains its slash and keeps its query, and leads nowhere else', async () => {
  const site = await temporaryFolder();
  await mkdir(join(site, 'examples'));
  await mkdir(join(site, 'empty'));
  await writeFile(join(site, 'examples/index.html'), 'examples');
  try {
    await withRelay(async ({ relay }) => {
      const answer = async (path: string): Promise<readonly [status: number, location: string | undefined]> => {
        const { status, text } = await rawHttp(relay.port, `GET ${path} HTTP/1.1\r\nHost: relay\r\nConnection: close\r\n\r\n`);
        return [status, /^location: (.*)\r$/mu.exec(text)?.[1]];
      };
      assert.deepEqual(await answer('/examples?a=1'), [308, '/examples/?a=1']);
      assert.deepEqual(await answer('/examples/'), [200, undefined]);
      assert.deepEqual(await answer('/empty'), [404, undefined]);
      assert.deepEqual(await answer('/other'), [404, undefined]);
      for (const path of ['//examples', '//examples/..', '/%2Fexamples', '/\\examples']) assert.deepEqual(await answer(path), [404, undefined], path);
    }, { staticDir: site });
  } finally {
    await rm(site, { recursive: true, force: true });
  }
});

test('a link shows no more than its own address would: no dot file, no keys, nothing beside what is named', async () => {
  const site = await temporaryFolder();
  for (const folder of ['dist', 'examples', '.git', 'src', 'dist/worker/keys']) await mkdir(join(site, folder), { recursive: true });
  for (const file of ['dist/a.js', '.git/config', 'src/secret.ts', '.env', 'dist/worker/keys/witness.json']) await writeFile(join(site, file), 'text');
  const links = { 'examples/a.js': 'dist/a.js', 'examples/config': '.git/config', 'examples/git': '.git', 'examples/secret.ts': 'src/secret.ts', 'dist/env': '.env', 'dist/witness.txt': 'dist/worker/keys/witness.json' };
  for (const [link, target] of Object.entries(links)) await symlink(join(site, target), join(site, link));
  try {
    await withRelay(async ({ relay }) => {
      const paths = ['examples/a.js', 'examples/config', 'examples/git/config', 'examples/secret.ts', 'dist/env', 'dist/witness.txt', 'dist/worker/KEYS/witness.json'];
      const found = await Promise.all(paths.map(async (path) => (await fetch(`http://127.0.0.1:${relay.port}/${path}`)).status));
      assert.deepEqual(found, [200, 404, 404, 404, 404, 404, 404]);
    }, { staticDir: site, staticOnly: ['dist', 'examples'] });
  } finally {
    await rm(site, { recursive: true, force: true });
  }
});
