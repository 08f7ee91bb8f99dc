/** Large attachments: read only where one belongs, few at once and one a sender, and none lost because many come together. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { attachmentsFor } from '../../src/engine/core/attachment.js';
import { sha256Id, utf8 } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import type { Id, NodeId } from '../../src/engine/core/record.js';
import { createGuard } from '../../src/engine/guard.js';
import type { BlobStore } from '../../src/relay/blobs.js';
import type { GraphFeed } from '../../src/relay/graph-feed.js';
import { createHub } from '../../src/relay/hub.js';
import { createLocalEndpoint } from '../../src/relay/local-endpoint.js';
import { Metrics } from '../../src/relay/metrics.js';
import { WebSocket } from 'ws';
import { Recorder } from '../contract/transport-recorder.js';
import { newSigner } from '../contract/transport-fixture.js';
import { withRelay } from './relay-harness.js';

const WITNESS = sha256Id('witness');
const [MALLORY, BOB] = [sha256Id('mallory'), sha256Id('bob')];
const result: Message = { t: 'result', escrow: sha256Id('escrow'), receipt: '' };

/** A witness's endpoint whose blobs come when the test lets them. */
function endpoint() {
  const reading: { readonly hash: Id; finish(): void }[] = [];
  const inbox = new Recorder();
  const hub = createHub(new Metrics());
  const blobs = { read: (hash: Id) => new Promise((resolve) => reading.push({ hash, finish: () => resolve(utf8(hash)) })) } as unknown as BlobStore;
  const feed = { listen: () => () => {} } as unknown as GraphFeed;
  createLocalEndpoint(WITNESS, { hub, feed, blobs, wantsAttachment: attachmentsFor({ witnesses: [{ node: WITNESS, box: '' }] }, WITNESS), newId: () => '' }).open(inbox);
  const send = (from: NodeId, message: Message, name: string): void => hub.route(WITNESS, { id: name, from, body: JSON.stringify(message), blob: { hash: sha256Id(name), size: 1 } });
  return { reading, inbox, send };
}

test('a witness reads no blob for a message that brings none', async () => {
  const { reading, inbox, send } = endpoint();
  for (const message of [{ t: 'alive', at: 0 }, { t: 'fetch', escrow: BOB }, { t: 'want', ids: [] }] satisfies Message[]) send(MALLORY, message, message.t);
  send(BOB, result, 'wanted');
  assert.deepEqual(reading.map(({ hash }) => hash), [sha256Id('wanted')]);
  reading[0]!.finish();
  await inbox.until(() => inbox.messages.length > 0);
  assert.deepEqual(inbox.messages, [{ from: BOB, message: result, attachment: utf8(sha256Id('wanted')) }]);
});

test('a sender has one blob read at a time, keeps nobody waiting by it, and a bounded number waits', async () => {
  const { reading, inbox, send } = endpoint();
  for (let count = 0; count < 1_000; count += 1) send(MALLORY, result, `flood ${count}`);
  send(BOB, result, 'bob');
  assert.deepEqual(reading.map(({ hash }) => hash), [sha256Id('flood 0'), sha256Id('bob')]);
  for (let read = 0; read < reading.length; read += 1) {
    reading[read]!.finish();
    await inbox.until(() => inbox.messages.length === read + 1);
    await new Promise(setImmediate);
  }
  assert.ok(reading.length > 2 && reading.length < 100, `${reading.length} of 1,001 blobs were read`);
});

test('a peer receives every one of many large attachments that come at once, from its witness alone', () =>
  withRelay(async ({ relay, local, network, join }) => {
    const signer = await newSigner();
    const inbox = new Recorder();
    const worker = createGunTransport({
      relays: [relay.url], network, signer, guard: createGuard(network, signer), clock: systemClock, random: systemRandom,
      WebSocket: WebSocket as unknown as typeof globalThis.WebSocket,
    });
    worker.open(inbox);
    try {
      await inbox.until(() => inbox.ups.length > 0);
      const stranger = await join();
      const attachment = new Uint8Array(20_000);
      const message = (name: string): Message => ({ t: 'result', escrow: sha256Id(name), worker: signer.id });
      stranger.transport.send(signer.id, message('strange'), { attachment });
      stranger.transport.send(signer.id, message('strange inline'), { attachment: new Uint8Array(10) });
      const names = Array.from({ length: 60 }, (_, index) => `task ${index}`);
      for (const name of names) local.transport.send(signer.id, message(name), { attachment });
      await inbox.until(() => inbox.messages.length >= names.length);
      assert.deepEqual(new Set(inbox.messages.map(({ from }) => from)), new Set([local.id]));
      assert.deepEqual(inbox.messages.map((received) => (received.message as { escrow: Id }).escrow).sort(), names.map(sha256Id).sort());
      // The stranger's link still carries what needs no download.
      stranger.transport.send(signer.id, { t: 'alive', at: 0 });
      await inbox.until(() => inbox.messages.some(({ from }) => from === stranger.id));
      assert.equal(inbox.messages.filter(({ from }) => from === stranger.id).length, 1);
    } finally {
      await worker.close();
    }
  }));
