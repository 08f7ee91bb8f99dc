/**
 * Direct messages between keys. Who sends is what the connection proved, never what a frame claims; it reaches the
 * newest connections of the receiver's key, since a session that was replaced must hear of it. Messages to nobody are
 * dropped.
 */
import type { NodeId } from '../engine/core/record.js';
import type { DirectFrame } from '../engine/adapters/transport/frame.js';
import type { Metrics } from './metrics.js';

/** Of one key. More than an old session and a new one, each with a dead socket behind it, nobody needs. */
const REACHED_MAX = 4;

export type RoutedFrame = Omit<DirectFrame, 'kind' | 'to' | 'from'> & { readonly from: NodeId };

/** A socket, or a process-internal endpoint such as the witness. */
export interface Endpoint {
  deliver(frame: RoutedFrame): void;
}

export interface Hub {
  /** From now on messages to `node` come here; the returned function undoes it. */
  enter(node: NodeId, endpoint: Endpoint): () => void;
  isHere(node: NodeId): boolean;
  route(to: NodeId, frame: RoutedFrame): void;
  /** Tells of nodes whose last connection closed. */
  onGone(listener: (node: NodeId) => void): () => void;
}

export function createHub(metrics: Metrics): Hub {
  const endpoints = new Map<NodeId, Endpoint[]>();
  const listeners = new Set<(node: NodeId) => void>();
  return {
    enter(node, endpoint) {
      endpoints.set(node, [...(endpoints.get(node) ?? []), endpoint]);
      metrics.set('nodes', endpoints.size);
      return () => {
        const left = (endpoints.get(node) ?? []).filter((other) => other !== endpoint);
        if (left.length) return void endpoints.set(node, left);
        if (!endpoints.delete(node)) return;
        metrics.set('nodes', endpoints.size);
        for (const listener of listeners) listener(node);
      };
    },
    isHere: (node) => endpoints.has(node),
    route(to, frame) {
      const reached = endpoints.get(to)?.slice(-REACHED_MAX) ?? [];
      metrics.add(reached.length ? 'direct_delivered' : 'direct_unknown');
      for (const endpoint of reached) endpoint.deliver(frame);
    },
    onGone(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
