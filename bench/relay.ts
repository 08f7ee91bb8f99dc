/**
 * What the relay adds to a bare WebSocket: round trips and throughput of direct messages, against a plain `ws` echo
 * in the same run on the same machine. Run alone: `npx tsx bench/relay.ts`.
 */
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';
import { sha256Id } from '../src/engine/core/encoding.js';
import type { Message } from '../src/engine/core/message.js';
import type { Transport } from '../src/engine/ports/transport.js';
import { newSigner, newTestNetwork } from '../test/contract/transport-fixture.js';
import { Recorder } from '../test/contract/transport-recorder.js';
import { newRelay, newTransport, temporaryFolder } from '../test/network/gun-world.js';

const ROUND_TRIPS = 1_000;
const WARM_UP = 200;
const STREAM = 5_000;
const MESSAGE: Message = { t: 'want', ids: [sha256Id('one'), sha256Id('two')] };

interface Carriage {
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly messagesPerSecond: number;
}

export interface RelayBench {
  /** Client to server and back, as text. */
  readonly rawEcho: Carriage;
  /** Node to an endpoint inside the relay and back: the echo's hops, as between a peer and the witness. */
  readonly toWitness: Carriage;
  /** Node to node and back: twice the echo's hops. */
  readonly toPeer: Carriage;
  readonly toWitnessRelativeToRaw: { readonly p50: number; readonly messagesPerSecond: number };
}

/** `ask` sends one message; `answered` counts what came back. */
async function measure(ask: () => void, answered: Counter): Promise<Carriage> {
  const times: number[] = [];
  for (let round = 0; round < WARM_UP + ROUND_TRIPS; round += 1) {
    const start = performance.now();
    const until = answered.count + 1;
    ask();
    await answered.reaches(until);
    if (round >= WARM_UP) times.push(performance.now() - start);
  }
  times.sort((a, b) => a - b);
  const start = performance.now();
  const until = answered.count + STREAM;
  for (let sent = 0; sent < STREAM; sent += 1) ask();
  await answered.reaches(until);
  const seconds = (performance.now() - start) / 1_000;
  const at = (share: number): number => Number(times[Math.floor(times.length * share)]!.toFixed(3));
  return { p50Ms: at(0.5), p95Ms: at(0.95), messagesPerSecond: Math.round(STREAM / seconds) };
}

class Counter {
  count = 0;
  #waiting: { readonly count: number; readonly resolve: () => void } | undefined;

  add(): void {
    this.count += 1;
    if (this.#waiting && this.count >= this.#waiting.count) this.#waiting.resolve();
  }

  reaches(count: number): Promise<void> {
    return new Promise((resolve) => {
      if (this.count >= count) resolve();
      else this.#waiting = { count, resolve };
    });
  }
}

async function rawEcho(): Promise<Carriage> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: false });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));
  await once(server, 'listening');
  const socket = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`, { perMessageDeflate: false });
  await once(socket, 'open');
  const answered = new Counter();
  socket.on('message', () => answered.add());
  const text = JSON.stringify(MESSAGE);
  const carriage = await measure(() => socket.send(text), answered);
  socket.terminate();
  server.close();
  return carriage;
}

class Echo extends Recorder {
  constructor(private readonly transport: Transport) {
    super();
  }

  override message(from: string, message: Message): void {
    this.transport.send(from, message);
  }
}

class Counting extends Recorder {
  constructor(private readonly answered: Counter) {
    super();
  }

  override message(): void {
    this.answered.add();
  }
}

export async function bench(): Promise<RelayBench> {
  const testNetwork = await newTestNetwork();
  const dir = await temporaryFolder();
  const relay = await newRelay(testNetwork, dir, { limits: { framesPerSecond: 1e9, bytesPerSecond: 1e9 } });
  const [asking, answering] = await Promise.all([newSigner(), newSigner()]);
  const [asker, peer, witness] = [newTransport(testNetwork, relay.url, asking), newTransport(testNetwork, relay.url, answering), relay.local(testNetwork.witness.id)];
  const answered = new Counter();
  const handlers = [new Counting(answered), new Echo(peer), new Echo(witness)];
  [asker, peer, witness].forEach((transport, index) => transport.open(handlers[index]!));
  await Promise.all(handlers.map((handler) => handler.until(() => handler.ups.length > 0)));

  const raw = await rawEcho();
  const toWitness = await measure(() => asker.send(testNetwork.witness.id, MESSAGE), answered);
  const toPeer = await measure(() => asker.send(answering.id, MESSAGE), answered);

  await Promise.all([asker, peer, witness].map((transport) => transport.close()));
  await relay.close();
  await rm(dir, { recursive: true });
  return {
    rawEcho: raw, toWitness, toPeer,
    toWitnessRelativeToRaw: { p50: Number((toWitness.p50Ms / raw.p50Ms).toFixed(2)), messagesPerSecond: Number((toWitness.messagesPerSecond / raw.messagesPerSecond).toFixed(2)) },
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) console.log(JSON.stringify(await bench(), null, 2));
