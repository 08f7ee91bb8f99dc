/** What a relay that dies leaves behind, and how its clients find back. */
import assert from 'node:assert/strict';
import { appendFile, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import { createGuard } from '../../src/engine/guard.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import { openGraphStore } from '../../src/relay/graph-store.js';
import { newSigner, newTestNetwork } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { kill, newRelay, newTransport, startProcess, temporaryFolder, untilRepeating } from './gun-world.js';
import { withRelay } from './relay-harness.js';

const RELAY = new URL('fixtures/relay-process.ts', import.meta.url).pathname;

test('killed and started again: clients reconnect by themselves and the graph is back, torn line or not', async () => {
  const dir = await temporaryFolder();
  const testNetwork = await newTestNetwork();
  const { witness, grant, header } = testNetwork;
  await writeFile(join(dir, 'network.json'), JSON.stringify({ network: testNetwork.file, parsed: testNetwork.network }));
  const start = (port: string) => startProcess('--import', ['tsx', RELAY, port, join(dir, 'relay'), join(dir, 'network.json')]);
  let { child, line } = await start('0');
  const port = line.split(' ')[1]!;
  const join2 = async (signer: Signer) => {
    const [inbox, transport] = [new Recorder(), newTransport(testNetwork, `ws://127.0.0.1:${port}/gun`, signer)];
    transport.open(inbox);
    await inbox.until(() => inbox.ups.length > 0);
    return { id: signer.id, inbox, transport };
  };
  const [author, reader] = [await join2(witness), await join2(await newSigner())];
  try {
    const values = [await grant(sha256Id('a')), await grant(sha256Id('b')), await header()];
    await untilRepeating(reader.inbox, () => values.every((value) => reader.inbox.has(value)), () => values.forEach((value) => author.transport.publish(value)));
    const stored = join(dir, 'relay', 'gun');
    const isStored = async (): Promise<boolean> => {
      const texts = await Promise.all((await readdir(stored)).map((name) => readFile(join(stored, name), 'utf8')));
      return texts.join('').split('\n').filter(Boolean).length === values.length;
    };
    while (!(await isStored())) await new Promise(setImmediate);

    await kill(child);
    await Promise.all([author, reader].map(({ inbox }) => inbox.until(() => inbox.downs.length > 0)));
    for (const name of await readdir(stored)) await appendFile(join(stored, name), '["torn","{\\"b\\":');
    ({ child } = await start(port));
    await Promise.all([author, reader].map(({ inbox }) => inbox.until(() => inbox.ups.length > 1)));

    await untilRepeating(reader.inbox, () => reader.inbox.messages.length > 0, () => author.transport.send(reader.id, { t: 'alive', at: 0 }));
    const late = await join2(await newSigner());
    await late.inbox.until(() => values.every((value) => late.inbox.has(value)));
    assert.equal(late.inbox.values.length, values.length);
    const more = await grant(sha256Id('after the torn line'));
    author.transport.publish(more);
    await late.inbox.until(() => late.inbox.has(more));
    await late.transport.close();
  } finally {
    await Promise.all([author.transport.close(), reader.transport.close()]);
    await kill(child);
    await rm(dir, { recursive: true });
  }
});

test('what lies in the store is believed no more than what comes over the wire', async () => {
  const dataDir = await temporaryFolder();
  const testNetwork = await newTestNetwork();
  const { network, witness, grant } = testNetwork;
  const [genuine, old, relay0] = [await grant(sha256Id('genuine')), await grant(sha256Id('old'), Date.now() - 48 * 3_600_000), await newRelay(testNetwork, dataDir)];
  await relay0.close();
  const store = await openGraphStore({ dir: join(dataDir, 'gun'), net: network.net, bytesMax: 1 << 20, failed: assert.fail });
  const guard = createGuard(network, witness);
  const place = guard.place(genuine)!;
  store.append(place);
  store.append({ ...place, key: `${witness.id}:${sha256Id('stolen')}` });
  store.append({ ...place, soul: place.soul.replace('ledger', 'roster') });
  store.append(guard.place(old)!);
  await store.close();
  await writeFile(join(dataDir, 'gun', `ledger.${hourName(Date.now())}.9.jsonl`), '\0\0\0\n[]\n{}\n["a"]\n[1,2]\nnull\n');
  await writeFile(join(dataDir, 'gun', 'stray'), 'stray');

  const relay = await newRelay(testNetwork, dataDir);
  const inbox = new Recorder();
  const local = relay.local(witness.id);
  local.open(inbox);
  await inbox.until(() => inbox.has(genuine));
  const marker = await grant(sha256Id('marker'));
  const [signer, node] = [await newSigner(), new Recorder()];
  const transport = newTransport(testNetwork, relay.url, signer);
  transport.open(node);
  local.publish(marker);
  await node.until(() => node.has(marker) && node.has(genuine));
  assert.deepEqual([inbox.values.length, node.values.length], [1, 2]);
  while ((await readdir(join(dataDir, 'gun'))).some((name) => name.includes(hourName(Date.now() - 48 * 3_600_000)))) await new Promise(setImmediate);
  await transport.close();
  await local.close();
  await relay.close();
  await rm(dataDir, { recursive: true });
});

test('a full or broken store is counted, and the relay goes on', () =>
  withRelay(
    async ({ relay, honestTraffic }) => {
      while (relay.metrics.get('store_failures') === 0) await honestTraffic();
    },
    { limits: { graphDiskBytesMax: 10 } },
  ));

test('a stock GUN client reads the relay\'s graph', () =>
  withRelay(async ({ relay, local, grant, network, witness }) => {
    const value = await grant(sha256Id('for all'));
    local.transport.publish(value);
    const { soul, key, text } = createGuard(network, witness).place(value)!;
    const { child, line } = await startProcess(new URL('fixtures/stock-client.mjs', import.meta.url).pathname, [relay.url, soul, key]);
    await kill(child);
    assert.equal(line, `ready ${text}`);
  }));
