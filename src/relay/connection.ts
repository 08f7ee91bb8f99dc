/** One socket of the relay: proves its key, stays within its limits, and never gets anything unchecked to GUN. */
import { randomBytes } from 'node:crypto';
import type { RawData, WebSocket } from 'ws';
import type { Network } from '../engine/core/network.js';
import type { NodeId } from '../engine/core/record.js';
import type { Signer } from '../engine/ports/signer.js';
import { challengeText } from '../engine/adapters/transport/auth.js';
import type { AuthFrame, DirectFrame, Frame, GetFrame } from '../engine/adapters/transport/frame.js';
import { directText, parseFrames } from '../engine/adapters/transport/frame.js';
import type { Graph } from '../engine/adapters/transport/gun.js';
import type { GraphFeed } from './graph-feed.js';
import type { Hub } from './hub.js';
import type { RelayLimits } from './limits.js';
import { Allowance } from './limits.js';
import type { Metrics } from './metrics.js';

/** Close codes of our own; the client shows the reason. */
export const CLOSE = { unproven: 4_401, origin: 4_403, junk: 4_429, crowded: 4_503 } as const;
const SOULS_MAX = 512;

export interface ConnectionContext {
  readonly network: Network;
  readonly signer: Pick<Signer, 'verify'>;
  readonly hub: Hub;
  readonly graph: Graph;
  readonly feed: GraphFeed;
  readonly limits: RelayLimits;
  readonly metrics: Metrics;
  now(): number;
}

export interface Connection {
  /** Called at every ping interval: ends a connection that did not answer the last one. */
  ping(): void;
  terminate(): void;
}

export function openConnection(socket: WebSocket, context: ConnectionContext, closed: () => void): Connection {
  const { network, signer, hub, graph, feed, limits, metrics, now } = context;
  const nonce = randomBytes(32).toString('base64url');
  const bytes = new Allowance(limits.bytesPerSecond, limits.bytesPerSecond * limits.burstSeconds, now());
  const frames = new Allowance(limits.framesPerSecond, limits.framesPerSecond * limits.burstSeconds, now());
  const junk = new Allowance(limits.junkPerSecond, limits.junkBurst, now());
  const souls = new Set<string>();
  let node: NodeId | undefined;
  let leaveHub = (): void => {};
  let isAnswering = false;
  let isAlive = true;
  let checks = 0;
  let resume: NodeJS.Timeout | undefined;
  let pings = 0;

  const send = (text: string): void => {
    if (socket.readyState !== 1) return;
    if (socket.bufferedAmount > limits.queueBytesMax) return metrics.add('dropped_slow');
    socket.send(text);
  };
  const peer = graph.join(send);

  function countJunk(amount: number): void {
    if (!amount) return;
    metrics.add('junk', amount);
    if (junk.take(amount, now()) === 0 || socket.readyState !== 1) return;
    metrics.add('closed_junk');
    socket.close(CLOSE.junk, 'rate-limited: too much that is no message');
  }

  /** TCP makes the sender wait; nothing honest is lost. */
  function throttle(waitMs: number): void {
    if (waitMs <= 0 || resume) return;
    metrics.add('throttled');
    socket.pause();
    resume = setTimeout(() => {
      resume = undefined;
      socket.resume();
    }, waitMs);
  }

  async function authenticate({ pub, s }: AuthFrame): Promise<void> {
    if (isAnswering) return countJunk(1);
    isAnswering = true;
    const isGenuine = await signer.verify(pub, challengeText(network.net, nonce), s);
    if (socket.readyState !== 1) return;
    if (!isGenuine) {
      metrics.add('auth_failed');
      return socket.close(CLOSE.unproven, 'The answer to the challenge is wrong.');
    }
    node = pub;
    leaveHub = hub.enter(pub, { deliver: (frame) => send(directText(frame)) });
    send('{"dam":"en.ok"}');
  }

  function pass({ id, to, body, inline, blob }: DirectFrame): void {
    if (!node || !to) return countJunk(1);
    hub.route(to, { id, from: node, body, ...(inline !== undefined && { inline }), ...(blob && { blob }) });
  }

  function read(frame: GetFrame): void {
    if (!frame.soul.startsWith(`en1/${network.net}/`) || (souls.size >= SOULS_MAX && !souls.has(frame.soul))) return countJunk(1);
    souls.add(frame.soul);
    peer.hear(frame);
  }

  function hear(frame: Frame): void {
    switch (frame.kind) {
      case 'direct':
        return pass(frame);
      case 'auth':
        return void authenticate(frame);
      case 'get':
        return read(frame);
      case 'hello':
        return peer.hear(frame);
      case 'put': {
        const { length } = frame.entries;
        if (checks + length > limits.checksMax) return metrics.add('dropped_slow', length);
        checks += length;
        return void feed.receive(peer, frame).then((refused) => {
          checks -= length;
          countJunk(refused);
        });
      }
      default:
        countJunk(1);
    }
  }

  socket.on('message', (data: RawData, isBinary: boolean) => {
    if (socket.readyState !== 1) return;
    const text = isBinary ? '' : data.toString();
    const { frames: parsed, count, junk: unknown } = parseFrames(text);
    metrics.add('bytes_in', text.length);
    metrics.add('frames_in', count);
    throttle(Math.max(bytes.take(text.length, now()), frames.take(count, now())));
    countJunk(unknown);
    for (const frame of parsed) hear(frame);
  });
  socket.on('pong', () => (isAlive = true));
  socket.on('error', () => socket.terminate());
  socket.on('close', () => {
    clearTimeout(resume);
    peer.leave();
    leaveHub();
    closed();
  });

  send(JSON.stringify({ dam: 'en.hi', nonce, net: network.net }));

  return {
    ping() {
      // What is paused cannot answer; it is ended by nothing but its own end.
      if (!isAlive && !resume) return socket.terminate();
      isAlive = false;
      socket.ping();
      // A page sees no pings: GUN's own heartbeat tells it that the relay is there.
      if ((pings += 1) % 2 === 0) send('[]');
    },
    terminate: () => socket.terminate(),
  };
}
