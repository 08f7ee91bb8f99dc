import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { EdgeNetError } from '../../src/engine/error.js';
import EdgeNet from '../../src/engine/node/index.js';
import { nodeConfig } from '../../src/engine/node/config.js';
import { runNetworkInit, runNetworkShow } from '../../src/relay/commands/network.js';
import { numberOf } from '../../src/relay/commands/output.js';

test('a site is a key or a registered name, and nothing that no witness would certify', () => {
  for (const siteId of ['', 'my-site', 'example.org', sha256Id('site')]) assert.equal(nodeConfig({ siteId, ref: siteId }).siteId, siteId);
  for (const wrong of ['MySite', 'two words', '-site', 'x'.repeat(41)]) {
    assert.throws(() => nodeConfig({ siteId: wrong }), (error) => error instanceof EdgeNetError && error.code === 'config-invalid' && error.message.startsWith('siteId'));
    assert.throws(() => nodeConfig({ ref: wrong }), { code: 'config-invalid' });
  }
});

test('a number of workers that is none is refused by name', () => {
  for (const workersMax of [Number.NaN, 0, 1.5]) assert.throws(() => nodeConfig({ workersMax }), { code: 'config-invalid', message: /workersMax/u });
  assert.throws(() => numberOf('--workers', 'abc'), { code: 'config-invalid', message: /--workers "abc"/u });
  assert.equal(numberOf('--workers', '3'), 3);
});

test('a node in Node has the names of one in a page', async () => {
  const node = await EdgeNet.init({ relays: ['ws://127.0.0.1:1/gun'] });
  assert.equal(node.stats().credits, 0);
  await node.disconnect();
  assert.equal(node.state.status, 'closed');
  await assert.rejects(EdgeNet.submit({ type: 'embedding', payload: { texts: ['a'], model: 'use-lite' } }), { code: 'closed' });
});

test('to show a descriptor takes no keys, and makes none', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-network-'));
  t.after(() => rm(dir, { recursive: true }));
  const printed = t.mock.method(process.stdout, 'write', () => true);
  await runNetworkInit({ data: dir, name: 'shown', out: join(dir, 'copy.json') });
  const before = [process.cwd(), dir].map((folder) => existsSync(join(folder, '.edge-net')));
  const files = await readdir(dir, { recursive: true });
  await runNetworkShow(join(dir, 'copy.json'));
  assert.match(String(printed.mock.calls.at(-1)!.arguments[0]), /"name":"shown"/u);
  assert.deepEqual(await readdir(dir, { recursive: true }), files);
  assert.deepEqual([process.cwd(), dir].map((folder) => existsSync(join(folder, '.edge-net'))), before);
});
