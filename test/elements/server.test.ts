/** A framework that renders on a server imports what its pages import. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import test from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));
const NAME = '@ruvector/edge-net';

interface Entry {
  readonly default: { init(options?: unknown): Promise<unknown>; submit(task: unknown): Promise<unknown> };
}

/** Without a page there is no node: it says so, and nothing throws before it is called. */
async function hasNoPage({ default: EdgeNet }: Entry): Promise<void> {
  assert.equal(typeof EdgeNet.init, 'function');
  await assert.rejects(EdgeNet.init(), { name: 'EdgeNetError', code: 'unsupported' });
  await assert.rejects(EdgeNet.submit({ type: 'embedding', payload: {} }), { code: 'not-initialised' });
}

test('the entry can be imported where there is no document', async () => {
  assert.equal('document' in globalThis, false);
  await hasNoPage(await import('../../src/elements/edge-net.js'));
});

test('so can every script that the package exports, as it is built', async () => {
  await hasNoPage((await import(`${NAME}/edge-net.js`)) as Entry);
  for (const path of ['/edge-net.global.js', '/types/jsx', '/types/vue', '/types/svelte']) await import(`${NAME}${path}`);
  assert.equal('EdgeNet' in globalThis, false, 'the classic script has nothing to do here');
  const { default: node } = (await import(NAME)) as Entry;
  assert.equal(typeof node.submit, 'function');
});

test('so can the page\'s half that a bundler took for a server by mistake', async () => {
  const folder = await mkdtemp(join(root, 'node_modules/.cache/edge-net-server-'));
  try {
    const stdin = { contents: `export { default } from '${NAME}';`, resolveDir: root };
    const { outputFiles } = await build({ stdin, bundle: true, format: 'esm', platform: 'browser', conditions: ['browser'], write: false, logLevel: 'silent' });
    const file = join(folder, 'bundle.mjs');
    await writeFile(file, outputFiles[0]!.text);
    await hasNoPage((await import(pathToFileURL(file).href)) as Entry);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
