/**
 * The one way into the relay's graph. A value is verified before GUN sees it, hence before it is stored or
 * passed on, and is written once: whoever comes second with the same key is ignored.
 */
import { hourName } from '../engine/core/ledger/graph-key.js';
import type { GraphPeer, Graph } from '../engine/adapters/transport/gun.js';
import type { PutFrame } from '../engine/adapters/transport/frame.js';
import { soulHour } from '../engine/adapters/transport/soul.js';
import type { Guard, GraphEntry } from '../engine/guard.js';
import type { GraphValue } from '../engine/ports/transport.js';
import type { GraphStore } from './graph-store.js';
import type { Metrics } from './metrics.js';

const HOUR_MS = 3_600_000;
const LOADED_AT_ONCE = 64;

export type GraphListener = (value: GraphValue) => void;

export interface GraphFeed {
  /** Takes what a peer wrote; resolves with how much of it was junk. */
  receive(peer: GraphPeer, frame: PutFrame): Promise<number>;
  publish(value: GraphValue): void;
  /** Everything that is here, then everything that comes, except what `publish` writes. */
  listen(listener: GraphListener): () => void;
  /** Brings back what the store kept. */
  load(): Promise<void>;
  /** Forgets the hours that are over. */
  sweep(): Promise<void>;
}

export interface GraphFeedOptions {
  readonly graph: Graph;
  readonly store: GraphStore;
  readonly guard: Guard;
  readonly metrics: Metrics;
  readonly hours: number;
  now(): number;
  newId(): string;
}

export function createGraphFeed({ graph, store, guard, metrics, hours, now, newId }: GraphFeedOptions): GraphFeed {
  const listeners = new Set<GraphListener>();
  const oldest = (): string => hourName(now() - hours * HOUR_MS);
  const isLive = (soul: string): boolean => soulHour(soul) >= oldest() && soulHour(soul) <= hourName(now() + HOUR_MS);

  async function take(entry: GraphEntry): Promise<GraphValue | 'known' | 'refused'> {
    const { soul, key, text } = entry;
    if (!isLive(soul)) return 'refused';
    if (graph.value(soul, key) !== undefined) return 'known';
    const value = await guard.check(soul, key, text);
    return 'fault' in value ? 'refused' : graph.value(soul, key) === undefined ? value : 'known';
  }

  async function replay(listener: GraphListener): Promise<void> {
    for (const soul of graph.souls()) {
      for (const { key, text } of graph.entries(soul)) {
        const value = await guard.check(soul, key, text);
        if (!listeners.has(listener)) return;
        if (!('fault' in value)) listener(value);
      }
    }
  }

  return {
    async receive(peer, frame) {
      const kept: GraphEntry[] = [];
      let { junk } = frame;
      await Promise.all(frame.entries.map(async (entry) => {
        const value = await take(entry);
        if (value === 'known') return;
        if (value === 'refused') return void (junk += 1);
        kept.push(entry);
        store.append(entry);
        for (const listener of listeners) listener(value);
      }));
      metrics.add('refused_values', junk);
      metrics.add('accepted_values', kept.length);
      if (kept.length) peer.hear({ ...frame, entries: kept });
      return junk;
    },

    publish(value) {
      const entry = guard.place(value);
      if (!entry || graph.value(entry.soul, entry.key) !== undefined) return;
      graph.put([entry], newId());
      store.append(entry);
      metrics.add('accepted_values');
    },

    listen(listener) {
      listeners.add(listener);
      void replay(listener);
      return () => void listeners.delete(listener);
    },

    async load() {
      let batch: GraphEntry[] = [];
      const keep = async (): Promise<void> => {
        const verified = await Promise.all(batch.map(async (entry) => ({ entry, value: await take(entry) })));
        const entries = verified.filter(({ value }) => typeof value === 'object').map(({ entry }) => entry);
        if (entries.length) graph.put(entries, newId());
        batch = [];
      };
      for await (const entry of store.load()) if (batch.push(entry) >= LOADED_AT_ONCE) await keep();
      await keep();
    },

    async sweep() {
      for (const soul of graph.souls()) if (soulHour(soul) < oldest()) graph.drop(soul);
      await store.dropBefore(oldest());
    },
  };
}
