/** Disks that are full, stores that are damaged, and peers that send junk: each its own code, and the node stays up. */
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { openLevel } from '../../src/engine/adapters/storage/level.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { EngineEvent } from '../../src/engine/api.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { type Storage, StorageError } from '../../src/engine/ports/storage.js';
import { newSigner } from '../contract/transport-fixture.js';
import { contribute, type Net, openNode, run, search, searchPayload, startNet } from './harness.js';
import { freshId, login } from './relay-harness.js';

let net: Net;
before(async () => { net = await startNet(); });
after(() => net.close());

const isError = (code: string) => (event: EngineEvent): boolean => event.type === 'error' && event.code === code;

test('a disk that fills up: what needs it fails as storage-full, and all goes on when there is room again', async () => {
  let isFull = false;
  const memory = memoryStorage();
  const disk: Storage = {
    ...memory,
    write: (batch, options) => (isFull ? Promise.reject(new StorageError('storage-full', 'The disk is full. Free some space.')) : memory.write(batch, options)),
  };
  const node = await net.open({ platform: { openStore: async () => disk } });
  assert.equal((await node.submit(search())).verified, true);
  isFull = true;
  await assert.rejects(node.submit(search()), { code: 'storage-full' });
  await node.event(isError('storage-full'));
  isFull = false;
  assert.equal((await node.submit(search())).verified, true);
});

test('a submitter and a contributor whose stores are damaged say storage-corrupt and touch nothing', async () => {
  const data = join(net.dir, 'damaged');
  const submit = (): ReturnType<typeof run> => run(['submit', 'vector_search', '--relay', net.url, '--data', data, '--json'], { input: searchPayload() });
  assert.equal((await submit()).json['verified'], true);
  const store = join(data, 'store');
  const manifest = join(store, (await readdir(store)).find((name) => name.startsWith('MANIFEST'))!);
  const whole = await readFile(manifest);
  await writeFile(manifest, Buffer.alloc(whole.length, 7));
  for (const ended of [await submit(), await run(['contribute', '--relay', net.url, '--data', data, '--json'])]) {
    assert.deepEqual([ended.code, (ended.json['error'] as { code?: string })?.code], [1, 'storage-corrupt'], ended.stderr);
  }
  assert.deepEqual(await readFile(manifest), Buffer.alloc(whole.length, 7));
  await writeFile(manifest, whole);
  assert.equal((await submit()).json['verified'], true, 'and with the store restored the account goes on');
});

test('entries of a store that are garbage are left out, told of, and come back from the network', async () => {
  const dataDir = join(net.dir, 'garbage');
  const first = await openNode(net.url, { dataDir });
  await first.submit(search());
  const { nodeId } = await first.until(({ stats }) => stats.escrowed === 0);
  await first.close();
  const store = await openLevel(join(dataDir, 'store'));
  const garbage = ['{', 'null', '[]', '{"b":5}', '\0'];
  const records = await store.entries('rec/');
  await store.write(records.map(([key], i) => [key, garbage[i % garbage.length]!]));
  await store.write([['chain', '{'], ['task/x', 'null'], ['host/history', '{'], ['host/descriptor', '<html>'], ['rec/y', new Uint8Array([1, 2])]]);
  await store.close();

  const again = await openNode(net.url, { dataDir });
  assert.equal(again.state.nodeId, nodeId);
  await again.event(isError('storage-corrupt'));
  assert.equal((await again.submit(search())).verified, true);
  await again.close();
  const healed = await openLevel(join(dataDir, 'store'));
  for (const [key, value] of records) assert.equal(await healed.get(key), value);
  await healed.close();
});

test('a kept descriptor that is garbage is as good as none', async () => {
  const dataDir = join(net.dir, 'no-descriptor');
  const store = await openLevel(join(dataDir, 'store'));
  await store.write([['host/descriptor', '<html>']]);
  await store.close();
  const { code, json } = await run(['submit', 'vector_search', '--relay', 'ws://127.0.0.1:9/gun', '--data', dataDir, '--json'], { input: searchPayload() });
  assert.deepEqual([code, (json['error'] as { code: string }).code], [1, 'relay-unreachable']);
});

test('a relay whose signing log is damaged stays up, says so, and signs nothing', async () => {
  await net.relay.kill('SIGTERM');
  const log = await openLevel(join(net.relayDir, 'keys', 'log'));
  const [key, value] = (await log.entries('log/'))[0]!;
  await log.write([[key, '{']], { sync: true });
  await log.close();
  await net.restartRelay();
  await net.relay.line(/storage-corrupt: .*signing log/);
  const { code, json } = await run(['submit', 'vector_search', '--relay', net.url, '--timeout', '3000', '--json'], { input: searchPayload() });
  assert.deepEqual([code, (json['error'] as { code: string }).code], [1, 'timeout']);

  await net.relay.kill('SIGTERM');
  const repaired = await openLevel(join(net.relayDir, 'keys', 'log'));
  await repaired.write([[key, value]], { sync: true });
  await repaired.close();
  await net.restartRelay();
  const node = await net.open();
  await node.until(({ stats }) => stats.peers === 2);
  assert.equal((await node.submit(search())).verified, true);
});

test('malformed messages from a peer that proved its key: the witness takes no notice', async () => {
  const [honest, signer] = [await net.open(), await newSigner()];
  const { network } = net;
  const witness = network.witnesses[0]!.node;
  const peer = await login(net.url, network.net, signer);
  const values: unknown[] = [null, 0, -1, 1e300, '', 'x', [], {}, [null], { b: 1, s: 2 }, { b: '{', s: '' }, [[[[]]]], sha256Id('x')];
  const types = ['have', 'want', 'records', 'digest', 'hello', 'present', 'alive', 'record', 'escrow', 'boxes', 'result', 'beat', 'reject', 'cancel', 'fetch', 'roster-want', 'welcome', 'roster', 'constructor'];
  const fields = ['bucket', 'from', 'to', 'ids', 'records', 'digest', 'session', 'head', 'p', 'r', 'escrow', 'boxes', 'receipt', 'ratio', 'hash'];
  for (const t of types) {
    for (const value of values) {
      peer.say({ dam: 'en', '#': freshId(), to: witness, b: JSON.stringify({ t, ...Object.fromEntries(fields.map((field) => [field, value])) }) });
    }
  }
  // Sent after all that on the same socket, so answered after all that.
  peer.say({ dam: 'en', '#': freshId(), to: witness, b: JSON.stringify({ t: 'hello', session: 'flood', head: null, digest: [] }) });
  await peer.until(({ b }) => typeof b === 'string' && b.includes('"welcome"'));
  await peer.leave();
  assert.equal((await honest.submit(search())).verified, true);
  assert.deepEqual(net.relay.said.filter((line) => /fault/.test(line)), []);
  assert.ok(await contribute(net.url, join(net.dir, 'newcomer')).then(async (newcomer) => newcomer.kill()));
});
