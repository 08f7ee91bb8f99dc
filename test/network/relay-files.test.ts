/** What lies beside the files a relay serves: its own keys above all. */
import assert from 'node:assert/strict';
import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { RelayOptions } from '../../src/relay/relay.js';
import { temporaryFolder } from './gun-world.js';
import { withRelay } from './relay-harness.js';

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
