/** The client between good and bad relays: several, silent, foreign, hostile, and none. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { WebSocketServer, WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { createGuard } from '../../src/engine/guard.js';
import { newSigner, newTestNetwork } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { newRelay, newTransport, temporaryFolder, untilRepeating } from './gun-world.js';

/** A WebSocket server of our own making, for relays that misbehave. */
async function falseRelay(greet: (socket: WebSocket) => void): Promise<{ url: string; close(): Promise<void> }> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (socket) => {
    socket.on('error', () => {});
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gun`,
    async close() {
      sockets.clients.forEach((socket) => socket.terminate());
      server.close();
      await once(server, 'close');
    },
  };
}

test('two relays: what is sent goes over both and arrives once; one may die', async () => {
  const testNetwork = await newTestNetwork();
  const dirs = [await temporaryFolder(), await temporaryFolder()];
  const relays = await Promise.all(dirs.map((dir) => newRelay(testNetwork, dir)));
  const nodes = await Promise.all([1, 2].map(async () => {
    const signer = await newSigner();
    const transport = createGunTransport({
      relays: relays.map(({ url }) => url), network: testNetwork.network, signer, guard: createGuard(testNetwork.network, signer),
      clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    const inbox = new Recorder();
    transport.open(inbox);
    return { id: signer.id, transport, inbox };
  }));
  const [alice, bob] = [nodes[0]!, nodes[1]!];
  while (relays.some((relay) => relay.metrics.get('nodes') < 2)) await new Promise(setImmediate);
  for (let count = 0; count < 20; count += 1) alice.transport.send(bob.id, { t: 'want', ids: [`${count}`] });
  while (relays.some((relay) => relay.metrics.get('direct_delivered') < 20)) await new Promise(setImmediate);
  await relays[0]!.close();
  alice.transport.send(bob.id, { t: 'want', ids: ['after'] });
  await bob.inbox.until(() => bob.inbox.messages.length > 20);
  assert.equal(bob.inbox.messages.length, 21);
  assert.deepEqual([alice.inbox.ups, alice.inbox.downs], [['direct'], []]);
  await Promise.all(nodes.map(({ transport }) => transport.close()));
  await relays[1]!.close();
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
});

test('no relay, then one: tells why it is down, and comes up when there is one', async () => {
  const testNetwork = await newTestNetwork();
  const dir = await temporaryFolder();
  const probe = await newRelay(testNetwork, dir);
  await probe.close();
  const inbox = new Recorder();
  const transport = newTransport(testNetwork, probe.url, await newSigner());
  transport.open(inbox);
  await inbox.until(() => inbox.downs.length > 1);
  assert.ok(inbox.downs.every((down) => down.startsWith('relay-unreachable: ')));
  const relay = await newRelay(testNetwork, dir, { port: probe.port });
  await inbox.until(() => inbox.ups.length > 0);
  await transport.close();
  await relay.close();
  await rm(dir, { recursive: true });
});

test('a relay of another network, and one that refuses this origin, are named as such', async () => {
  const [mine, theirs] = [await newTestNetwork(), await newTestNetwork()];
  const dir = await temporaryFolder();
  const relay = await newRelay(theirs, dir);
  const inbox = new Recorder();
  const transport = newTransport(mine, relay.url, await newSigner());
  transport.open(inbox);
  await inbox.until(() => inbox.downs.length > 0);
  assert.match(inbox.downs[0]!, /^relay-rejected: .*another network/);
  await transport.close();
  await relay.close();
  await rm(dir, { recursive: true });

  const refusing = await falseRelay((socket) => socket.close(4_403, 'origin-not-allowed'));
  const second = new Recorder();
  const refused = newTransport(mine, refusing.url, await newSigner());
  refused.open(second);
  await second.until(() => second.downs.length > 0);
  assert.match(second.downs[0]!, /^relay-rejected: .*origin-not-allowed/);
  await refused.close();
  await refusing.close();
});

test('a hostile relay can send what it likes: nothing breaks and nothing forged arrives', async () => {
  const testNetwork = await newTestNetwork();
  const { network, grant, witness } = testNetwork;
  const value = await grant(witness.id);
  const { soul, key, text } = createGuard(network, witness).place(value)!;
  const put = (change: string, state = 1): string => JSON.stringify({ '#': 'x', put: { [soul]: { _: { '#': soul, '>': { [key]: state } }, [key]: change } } });
  const hostile = await falseRelay((socket) => {
    const frames = [
      '', '{', 'null', '[[[', '"', '{"dam":"toString"}', '{"dam":"__proto__"}', '{"dam":"opt","opt":{"peers":"http://localhost:1"}}', '{"dam":"mob","peers":{"http://localhost:1":1}}',
      '{"dam":"en"}', '{"dam":"en","fr":1,"b":{},"#":"a"}', `{"dam":"en","fr":"${witness.id}","b":"{","#":"b"}`, `{"dam":"en","fr":"${witness.id}","b":"[]","#":"c"}`,
      `{"dam":"en","fr":"${witness.id}","b":"{\\"t\\":\\"alive\\"}","a":"*","#":"d"}`, `{"dam":"en","fr":"${witness.id}","b":"{\\"t\\":\\"alive\\"}","h":"${key}","n":-1,"#":"e"}`,
      `{"dam":"en.hi","nonce":"short","net":"${network.net}"}`, '{"dam":"en.auth"}', put(text.replace('grant', 'grand')), put(text, 2), put(`${'['.repeat(20_000)}`),
      '['.repeat(100_000), JSON.stringify(Array.from({ length: 5_000 }, () => ({ dam: 'x' }))), put(text),
    ];
    for (const frame of frames) socket.send(frame);
    socket.send(Buffer.from([1, 2, 3]));
  });
  const inbox = new Recorder();
  const transport = newTransport(testNetwork, hostile.url, await newSigner());
  transport.open(inbox);
  await inbox.until(() => inbox.has(value) && inbox.ups.length > 0);
  assert.deepEqual([inbox.values.length, inbox.messages.length, inbox.ups], [1, 0, ['mailbox']]);
  await transport.close();
  await hostile.close();
});

test('a socket that never opens or is cut while it opens does not keep the client from closing', async () => {
  const testNetwork = await newTestNetwork();
  const silent = createServer();
  silent.on('upgrade', () => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const transport = newTransport(testNetwork, `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/gun`, await newSigner());
  transport.open(new Recorder());
  await once(silent, 'upgrade');
  await transport.close();
  silent.closeAllConnections();
  silent.close();
});

test('without a WebSocket, and with an address that is none, the link is down and says so', async () => {
  const testNetwork = await newTestNetwork();
  const signer = await newSigner();
  const { WebSocket: _, ...rest } = { WebSocket: undefined, network: testNetwork.network, signer, guard: createGuard(testNetwork.network, signer), clock: systemClock, random: systemRandom };
  for (const transport of [createGunTransport({ ...rest, relays: ['ws://localhost:1/gun'] }), newTransport(testNetwork, 'not an address', signer)]) {
    const inbox = new Recorder();
    transport.open(inbox);
    await inbox.until(() => inbox.downs.length > 0);
    assert.match(inbox.downs[0]!, /^relay-unreachable: /);
    await transport.close();
  }
});

test('closing leaves neither timer nor socket: the process ends by itself', async () => {
  const script = new URL('fixtures/open-and-close.ts', import.meta.url).pathname;
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', script]);
  const [greeting, tookMs] = stdout.trim().split(' ');
  assert.equal(greeting, 'closed', 'nothing else on stdout');
  assert.deepEqual(JSON.parse(tookMs!), []);
});

test('messages and values pass between two transports of one process without a shared state', async () => {
  const testNetwork = await newTestNetwork();
  const dirs = [await temporaryFolder(), await temporaryFolder()];
  const relays = await Promise.all(dirs.map((dir) => newRelay(testNetwork, dir)));
  const inboxes = [new Recorder(), new Recorder()];
  const transports = await Promise.all(relays.map(async ({ url }) => newTransport(testNetwork, url, await newSigner())));
  transports.forEach((transport, index) => transport.open(inboxes[index]!));
  await Promise.all(inboxes.map((inbox) => inbox.until(() => inbox.ups.length > 0)));
  const value = await testNetwork.grant(testNetwork.witness.id);
  const local = relays[0]!.local(testNetwork.witness.id);
  local.open(new Recorder());
  await untilRepeating(inboxes[0]!, () => inboxes[0]!.has(value), () => local.publish(value));
  assert.equal(inboxes[1]!.values.length, 0);
  await Promise.all([...transports, local].map((transport) => transport.close()));
  await Promise.all(relays.map((relay) => relay.close()));
  await Promise.all(dirs.map((dir) => rm(dir, { recursive: true })));
});
