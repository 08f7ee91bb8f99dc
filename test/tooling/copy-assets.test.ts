/** `edge-net copy-assets`: what it puts into a folder, and what of others it leaves alone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const CLI = process.env['EDGE_NET_CLI'] ?? fileURLToPath(new URL('../../dist/node/cli.js', import.meta.url));
const DIST = dirname(dirname(CLI));

let parent: string;
let dir: string;
before(async () => { parent = await mkdtemp(join(tmpdir(), 'edge-net-assets-')); });
after(() => rm(parent, { recursive: true }));
beforeEach(async () => { dir = await mkdtemp(join(parent, 'site-')); });

interface Copied {
  readonly status: number | null;
  readonly stderr: string;
  readonly json: { readonly version?: string; readonly bytes?: number; readonly files?: readonly string[]; readonly error?: { readonly code: string } };
}

function copy(...args: string[]): Copied {
  const { status, stdout, stderr } = spawnSync(process.execPath, [CLI, 'copy-assets', ...args, '--json'], { encoding: 'utf8' });
  return { status, stderr, json: JSON.parse(stdout.trim().split('\n').at(-1) || '{}') as Copied['json'] };
}

test('everything that the entries, workers and frame name lies in the folder, to the byte', async () => {
  const { status, json, stderr } = copy(join(dir, 'new/folder'));
  assert.equal(status, 0, stderr);
  const files = new Set(await readdir(join(dir, 'new/folder')));
  assert.deepEqual([...files].filter((name) => name !== 'edge-net.assets.json').sort(), [...json.files!].sort());
  for (const name of json.files!) {
    const text = await readFile(join(dir, 'new/folder', name));
    assert.ok(text.equals(await readFile(join(DIST, name))), name);
    if (!name.startsWith('edge-net') || !name.endsWith('.js')) continue;
    for (const [, other] of text.toString('utf8').matchAll(/(?:from|import)\s*\(?\s*"\.\/([^"]+)"/gu)) assert.ok(files.has(other!), `${name} imports ${other}`);
  }
  for (const wanted of ['edge-net.js', 'edge-net.global.js', 'edge-net.engine.js', 'edge-net.compute.js', 'edge-net.frame.js', 'edge-net.sandbox.js', 'vector_search.wasm', 'ort-wasm-simd-threaded.wasm']) assert.ok(files.has(wanted), wanted);
  assert.ok(![...files].some((name) => name.endsWith('.map') || name === 'models'));
});

test('--models brings them, where the tag looks for them by default', async () => {
  const { json } = copy(dir, '--models');
  assert.ok(json.files!.includes('models/use-lite/tokenizer.json'));
  assert.ok((await readFile(join(dir, 'models/use-lite/tokenizer.json'))).equals(await readFile(join(DIST, 'models/use-lite/tokenizer.json'))));
});

test('a folder with files of others is refused, and left as it is; --force copies beside them', async () => {
  await writeFile(join(dir, 'index.html'), 'mine');
  const refused = copy(dir);
  assert.deepEqual([refused.status, refused.json.error?.code, await readdir(dir)], [1, 'config-conflict', ['index.html']]);
  assert.match(refused.stderr, /--force/u);
  assert.equal(copy(dir, '--force').status, 0);
  assert.equal(await readFile(join(dir, 'index.html'), 'utf8'), 'mine');
});

test('a later version clears up after an earlier one, and touches nothing else', async () => {
  copy(dir);
  const list = join(dir, 'edge-net.assets.json');
  const { files } = JSON.parse(await readFile(list, 'utf8')) as { files: string[] };
  await mkdir(join(dir, 'images'));
  for (const name of ['edge-net.old-chunk.js', 'mine.js', 'images/edge-net.png', '../beside.txt']) await writeFile(join(dir, name), '');
  await writeFile(list, JSON.stringify({ version: '0.0.1', files: [...files, 'edge-net.old-chunk.js', '../beside.txt'] }));
  assert.equal(copy(dir).status, 0, 'the folder is known');
  const left = await readdir(dir, { recursive: true });
  assert.deepEqual([left.includes('edge-net.old-chunk.js'), left.includes('mine.js'), left.includes(join('images', 'edge-net.png'))], [false, true, true]);
  assert.ok((await readdir(parent)).includes('beside.txt'), 'a list reaches no further than its folder');
});

test('a file in the place of the folder is said to be one', () => {
  const { status, json } = copy(CLI);
  assert.deepEqual([status, json.error?.code], [1, 'config-conflict']);
});
