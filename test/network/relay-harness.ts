/** A running relay with honest nodes on it, and a stranger's bare socket to attack it with. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { WebSocket } from 'ws';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import type { NodeId } from '../../src/engine/core/record.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import type { Transport } from '../../src/engine/ports/transport.js';
import { challengeText } from '../../src/engine/adapters/transport/auth.js';
import type { Relay, RelayOptions } from '../../src/relay/relay.js';
import { newSigner, newTestNetwork, type TestNetwork } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { newRelay, newTransport, temporaryFolder } from './gun-world.js';

export interface HonestNode {
  readonly id: NodeId;
  readonly signer: Signer;
  readonly transport: Transport;
  readonly inbox: Recorder;
}

export interface Harness extends TestNetwork {
  readonly relay: Relay;
  readonly dataDir: string;
  readonly local: HonestNode;
  join(): Promise<HonestNode>;
  /** A message there and back between two honest nodes, and a value that both come to see. Fails if the relay fails them. */
  honestTraffic(): Promise<void>;
}

/** Honest traffic flows before and after whatever `body` does. */
export async function withRelay(body: (harness: Harness) => Promise<void>, options: Partial<RelayOptions> = {}): Promise<void> {
  const testNetwork = await newTestNetwork();
  const dataDir = options.dataDir ?? (await temporaryFolder());
  const relay = await newRelay(testNetwork, dataDir, options);
  const opened: Transport[] = [];

  const open = async (signer: Signer, transport: Transport): Promise<HonestNode> => {
    const inbox = new Recorder();
    opened.push(transport);
    transport.open(inbox);
    await inbox.until(() => inbox.ups.includes('direct'));
    return { id: signer.id, signer, transport, inbox };
  };
  const join = async (): Promise<HonestNode> => {
    const signer = await newSigner();
    return open(signer, newTransport(testNetwork, relay.url, signer));
  };

  try {
    const local = await open(testNetwork.witness, relay.local(testNetwork.witness.id));
    const [alice, bob] = [await join(), await join()];
    let round = 0;
    const honestTraffic = async (): Promise<void> => {
      const message: Message = { t: 'cancel', escrow: sha256Id(`round ${(round += 1)}`) };
      const has = ({ inbox }: HonestNode, from: HonestNode): boolean => inbox.messages.some((received) => received.from === from.id && JSON.stringify(received.message) === JSON.stringify(message));
      alice.transport.send(bob.id, message);
      await bob.inbox.until(() => has(bob, alice));
      bob.transport.send(alice.id, message);
      await alice.inbox.until(() => has(alice, bob));
      const value = await testNetwork.grant(sha256Id(`account ${round}`));
      local.transport.publish(value);
      await Promise.all([alice, bob].map(({ inbox }) => inbox.until(() => inbox.has(value))));
    };
    await honestTraffic();
    await body({ ...testNetwork, relay, dataDir, local, join, honestTraffic });
    await honestTraffic();
    assert.deepEqual([...alice.inbox.downs, ...bob.inbox.downs], [], 'honest links never broke');
  } finally {
    await Promise.all(opened.map((transport) => transport.close()));
    await relay.close();
    if (!options.dataDir) await rm(dataDir, { recursive: true });
  }
}

export interface Stranger {
  readonly socket: WebSocket;
  readonly frames: Record<string, unknown>[];
  readonly nonce: string;
  say(frame: object | string): void;
  until(isTrue: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>>;
  /** Resolves with the close code. */
  readonly closed: Promise<number>;
  leave(): Promise<void>;
}

/** Speaks the wire protocol by hand. */
export async function stranger(url: string, options: { origin?: string } = {}): Promise<Stranger> {
  const socket = new WebSocket(url, options);
  const frames: Record<string, unknown>[] = [];
  const waiting = new Set<() => void>();
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  socket.on('error', () => {});
  socket.on('message', (data) => {
    const value: unknown = JSON.parse(String(data));
    frames.push(...((Array.isArray(value) ? value : [value]) as Record<string, unknown>[]));
    for (const look of [...waiting]) look();
  });
  const until = (isTrue: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown>> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = frames.find(isTrue);
        if (!found) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  await Promise.race([once(socket, 'open'), closed]);
  const first = await Promise.race([until(({ dam }) => dam === 'en.hi'), closed]);
  return {
    socket, frames, until, closed,
    nonce: typeof first === 'object' ? String(first['nonce']) : '',
    say: (frame) => socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame)),
    async leave() {
      socket.terminate();
      await closed;
    },
  };
}

/** A stranger that proved its key. */
export async function login(url: string, net: string, signer: Signer): Promise<Stranger> {
  const connected = await stranger(url);
  connected.say({ dam: 'en.auth', pub: signer.id, s: await signer.sign(challengeText(net, connected.nonce)) });
  await connected.until(({ dam }) => dam === 'en.ok');
  return connected;
}

let ids = 0;
export const freshId = (): string => `stranger-${(ids += 1)}`;

export const putFrame = (soul: string, key: string, value: unknown, state = 1): object => ({ '#': freshId(), put: { [soul]: { _: { '#': soul, '>': { [key]: state } }, [key]: value } } });

/** Sends bytes as they are, reads until the relay closes. */
export async function rawHttp(port: number, text: string): Promise<{ status: number; text: string }> {
  const socket = createConnection(port, '127.0.0.1');
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.write(text);
  await once(socket, 'close');
  const whole = Buffer.concat(chunks).toString('latin1');
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(whole)?.[1]), text: whole };
}
