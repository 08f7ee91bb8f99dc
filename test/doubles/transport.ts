/**
 * A whole network in one process, for the simulator: a star around one relay, with the faults of the real thing
 * (loss, duplicates, reordering by latency, silent blackouts, broken links, crashes) drawn from a seed. Time comes
 * from the clock it is given; nothing happens between two calls of that clock.
 */
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Message } from '../../src/engine/core/message.js';
import type { NodeId } from '../../src/engine/core/record.js';
import type { Clock } from '../../src/engine/ports/clock.js';
import type { GraphValue, LinkMode, SendOptions, Transport, TransportHandler } from '../../src/engine/ports/transport.js';

export interface NetworkFaults {
  /** Share of deliveries that never arrive, and of those that arrive twice: 0 to 1. */
  readonly loss: number;
  readonly duplicates: number;
  /** One way, drawn evenly; wide ranges reorder. */
  readonly latencyMsMin: number;
  readonly latencyMsMax: number;
}

export const CALM: NetworkFaults = { loss: 0, duplicates: 0, latencyMsMin: 1, latencyMsMax: 3 };
export const ROUGH: NetworkFaults = { loss: 0.05, duplicates: 0.05, latencyMsMin: 1, latencyMsMax: 400 };

const CONNECT_MS = 20;
const RECONNECT_MS_MAX = 3_000;

export interface SimulatedNetworkOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly faults?: NetworkFaults;
  readonly mode?: LinkMode;
}

export interface SimulatedNetwork {
  /** `inside`: within the relay's process, hence told of nodes that are gone. */
  transport(id: NodeId, options?: { readonly inside?: boolean }): Transport;
  /** Replaces the faults from now on. */
  set(faults: NetworkFaults): void;
  /** Breaks a node's link; it mends itself within some seconds. */
  cut(id: NodeId): void;
  /** Loses everything from and to these nodes without telling anybody; `heal` ends it. */
  blackout(ids: readonly NodeId[]): void;
  heal(): void;
  /** The process is gone between two instants; a new `transport(id)` is its restart. */
  crash(id: NodeId): void;
  /** The relay forgets the graph. */
  wipe(): void;
  readonly counts: { readonly sent: number; readonly delivered: number; readonly lost: number };
}

interface Place {
  readonly id: NodeId;
  readonly inside: boolean;
  handler: TransportHandler | undefined;
  isUp: boolean;
  stopConnect(): void;
}

export function createSimulatedNetwork({ clock, seed, faults: initial = CALM, mode = 'direct' }: SimulatedNetworkOptions): SimulatedNetwork {
  const places = new Map<NodeId, Place>();
  const graph = new Map<string, GraphValue>();
  const dark = new Set<NodeId>();
  const counts = { sent: 0, delivered: 0, lost: 0 };
  const chance = seeded(seed);
  let faults = initial;

  const latency = (): number => faults.latencyMsMin + chance() * (faults.latencyMsMax - faults.latencyMsMin);

  /** Runs `arrive` after a while, twice or never, unless the receiver's link has changed meanwhile. */
  function deliver(place: Place, arrive: (handler: TransportHandler) => void): void {
    const copies = chance() < faults.loss ? 0 : chance() < faults.duplicates ? 2 : 1;
    if (copies === 0) counts.lost += 1;
    const { handler } = place;
    for (let copy = 0; copy < copies; copy += 1) {
      clock.after(latency(), () => {
        if (!handler || !place.isUp || place.handler !== handler || dark.has(place.id)) return void (counts.lost += 1);
        counts.delivered += 1;
        arrive(handler);
      });
    }
  }

  function connect(place: Place, delayMs: number): void {
    place.stopConnect();
    place.stopConnect = clock.after(delayMs, () => {
      place.isUp = true;
      place.handler?.linkUp(mode);
      for (const value of graph.values()) deliver(place, (handler) => handler.graph(value));
    });
  }

  function disconnect(place: Place): void {
    place.stopConnect();
    if (!place.isUp) return;
    place.isUp = false;
    if (mode === 'mailbox') return;
    for (const other of places.values()) if (other.inside && other.isUp) other.handler?.gone(place.id);
  }

  function leave(id: NodeId, handler: TransportHandler | undefined): void {
    const place = places.get(id);
    if (!place || place.handler !== handler) return;
    place.handler = undefined;
    disconnect(place);
    places.delete(id);
  }

  function send(place: Place, to: NodeId, message: Message, { attachment }: SendOptions): void {
    counts.sent += 1;
    const receiver = places.get(to);
    if (!place.isUp || !receiver || dark.has(place.id)) return void (counts.lost += 1);
    const text = JSON.stringify(message);
    const bytes = attachment?.slice();
    deliver(receiver, (handler) => handler.message(place.id, JSON.parse(text) as Message, bytes?.slice()));
  }

  function publish(place: Place, value: GraphValue): void {
    if (!place.isUp || dark.has(place.id)) return;
    const id = sha256Id(value.topic === 'ledger' ? value.record.b : value.signed.b);
    if (graph.has(id)) return;
    graph.set(id, value);
    for (const other of places.values()) if (other !== place) deliver(other, (handler) => handler.graph(value));
  }

  return {
    counts,
    transport(id, { inside = false } = {}) {
      const place: Place = { id, inside, handler: undefined, isUp: false, stopConnect() {} };
      return {
        open(handler) {
          const older = places.get(id);
          if (older) leave(id, older.handler);
          place.handler = handler;
          places.set(id, place);
          connect(place, inside ? 0 : CONNECT_MS * (1 + chance()));
        },
        send: (to, message, options = {}) => send(place, to, message, options),
        publish: (value) => publish(place, value),
        async close() {
          leave(id, place.handler);
        },
      };
    },
    set(next) {
      faults = next;
    },
    cut(id) {
      const place = places.get(id);
      if (!place?.isUp) return;
      disconnect(place);
      place.handler?.linkDown('relay-unreachable', 'The link was cut.');
      connect(place, CONNECT_MS + chance() * RECONNECT_MS_MAX);
    },
    blackout: (ids) => ids.forEach((id) => dark.add(id)),
    heal: () => dark.clear(),
    crash: (id) => leave(id, places.get(id)?.handler),
    wipe: () => graph.clear(),
  };
}

/** splitmix32 (Steele, Lea, Flood 2014, 32-bit variant): numbers in [0, 1). */
function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}
