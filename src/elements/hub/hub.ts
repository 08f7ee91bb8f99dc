/**
 * What the elements of one page share, whichever bundle they came from: the nodes, the engine, the visitor's
 * answer. The ES module and the classic bundle may both be on a page; the first to run makes the hub, the
 * other uses it through its public methods alone.
 */
import { ContextProvider } from '@lit/context';
import { startEngine, type EngineConfig, type EngineHandle, type SessionMemory } from '../../engine/index.js';
import { hubContext, PageNodes, type HubSnapshot } from './context.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { PageEngine } from './page-engine.js';
import { Visitor } from '../consent/visitor.js';

const KEY = Symbol.for('edge-net.hub.v1');

/** What the page offers and a test replaces. */
export interface Surroundings {
  startEngine(config: EngineConfig, memory: SessionMemory): Promise<EngineHandle>;
  now(): number;
  /** Runs once after `ms`. @returns a function that cancels */
  later(ms: number, run: () => void): () => void;
}

export interface Hub {
  readonly around: Surroundings;
  readonly engine: PageEngine;
  readonly visitor: Visitor;
  /** The node whose prompt is open: a page asks once, however many tags it has. */
  asking: EdgeNetNode | undefined;
  readonly snapshot: HubSnapshot;
  add(node: EdgeNetNode): void;
  remove(node: EdgeNetNode): void;
  /** A node's id changed: what was picked by id may be another one now. */
  refresh(): void;
}

const PAGE: Surroundings = {
  startEngine,
  now: Date.now,
  later(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** Makes the page's hub. Elements call `hub()`; this is for whoever brings other surroundings. */
export function createHub(around: Surroundings = PAGE): Hub {
  let nodes: readonly EdgeNetNode[] = [];
  let snapshot: HubSnapshot = new PageNodes(nodes);
  const provider = new ContextProvider(document.documentElement, { context: hubContext, initialValue: snapshot });
  const publish = (next: readonly EdgeNetNode[]) => {
    nodes = next;
    snapshot = new PageNodes(nodes);
    provider.setValue(snapshot);
  };
  const hub: Hub = {
    around,
    engine: new PageEngine(around),
    visitor: new Visitor(around.now),
    asking: undefined,
    get snapshot() {
      return snapshot;
    },
    add: (node) => publish([...nodes.filter((other) => other !== node), node]),
    remove: (node) => publish(nodes.filter((other) => other !== node)),
    refresh: () => publish(nodes),
  };
  return ((globalThis as unknown as Record<symbol, Hub>)[KEY] = hub);
}

export function hub(): Hub {
  return (globalThis as unknown as Record<symbol, Hub | undefined>)[KEY] ?? createHub();
}
