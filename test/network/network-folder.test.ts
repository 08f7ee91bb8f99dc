/** Folders of a data directory in which one network was founded after another. */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { openNetworkFolder } from '../../src/relay/network-folder.js';

const [first, second] = [sha256Id('first'), sha256Id('second')];

test('each network finds what it left, and nothing of another', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'edge-net-folder-'));
  t.after(() => rm(dir, { recursive: true }));
  const path = join(dir, 'log');
  for (const [net, found] of [[first, undefined], [first, first], [second, undefined], [first, first], [second, second]] as const) {
    const storage = await openNetworkFolder(path, net);
    assert.equal(await storage.get('log/alice:0'), found);
    await storage.write([['log/alice:0', net]]);
    await storage.close();
  }
});
