/**
 * The only file that imports GUN: its core and mesh, without any of its wires, stores or AXE. Sockets,
 * limits, the guard and reconnection are ours, on the relay and in the client alike; a stock GUN peer at
 * the other end notices no difference.
 *
 * Frames reach GUN already parsed, rebuilt field by field (`frame.ts`) and verified (`engine/guard.ts`):
 * stock GUN looks message names up on a plain object and dies of `{"dam":"toString"}`.
 */
import { restoreConsole } from './gun-console-redirect.js';
import Gun from 'gun/gun.js';
import type { Entry, GetFrame, HelloFrame, PutFrame } from './frame.js';
import { STATE } from './frame.js';

restoreConsole();

interface MeshPeer {
  id?: string;
  wire: { send(text: string): void; close(): void } | null;
}

interface MeshMessage {
  '#'?: string;
  get?: { '#': string };
  put?: Record<string, unknown>;
  dam?: string;
  _?: { via?: MeshPeer };
}

interface Mesh {
  hear(message: object, peer: MeshPeer): void;
  say(message: MeshMessage, peer?: MeshPeer): unknown;
  hi(peer: MeshPeer): void;
  bye(peer: MeshPeer): void;
  way?(message: MeshMessage): void;
}

interface Root {
  opt: { pid?: string; mesh?: Mesh; peers: Record<string, MeshPeer> };
  graph: Record<string, Record<string, unknown> | undefined>;
  dup: { to: ReturnType<typeof setTimeout> | null };
  on(tag: string, message: unknown): void;
}

const open = Gun as unknown as { (options: object): { _: Root }; Mesh(root: Root): Mesh };

/** One connection, as GUN sees it. */
export interface GraphPeer {
  hear(frame: PutFrame | GetFrame | HelloFrame): void;
  leave(): void;
}

export interface Graph {
  /** Adds a peer that frames can be sent to. */
  join(send: (text: string) => void): GraphPeer;
  /** Stores values and passes them on as `route` says. Keys are written once, so all carry the same state. */
  put(entries: readonly Entry[], id: string): void;
  value(soul: string, key: string): unknown;
  souls(): string[];
  entries(soul: string): Omit<Entry, 'soul'>[];
  /** Forgets a soul. */
  drop(soul: string): void;
  close(): void;
}

export interface GraphOptions {
  /** `leaf` sends what it wrote itself and passes nothing on; `relay` passes values on to whoever asked for the soul. */
  readonly role: 'leaf' | 'relay';
}

export function putMessage(entries: readonly Entry[], id: string): object {
  const put: Record<string, Record<string, unknown>> = {};
  for (const { soul, key, text } of entries) {
    const node = (put[soul] ??= { _: { '#': soul, '>': {} } });
    (node['_'] as { '>': Record<string, number> })['>'][key] = STATE;
    node[key] = text;
  }
  return { '#': id, put };
}

export function createGraph({ role }: GraphOptions): Graph {
  const root = open({
    WebSocket: false, localStorage: false, radisk: false, rfs: false, axe: false, multicast: false, stats: false, ws: false, super: true, peers: {},
  })._;
  const mesh = open.Mesh(root);
  root.opt.mesh = mesh;
  root.opt.pid = Math.random().toString(36).slice(2, 11);
  (root.on as (tag: string, handler: unknown) => void)('out', mesh.say);

  const readers = new Map<string, Set<MeshPeer>>();

  // GETs never travel on: stock GUN asks every other client, and each uploads its whole soul.
  mesh.way = (message) => {
    if (message.get || message.dam || !message.put) return;
    if (role === 'relay') {
      for (const peer of new Set(Object.keys(message.put).flatMap((soul) => [...(readers.get(soul) ?? [])]))) mesh.say(message, peer);
    } else if (!message._?.via) {
      for (const peer of Object.values(root.opt.peers)) mesh.say(message, peer);
    }
  };

  return {
    join(send) {
      const peer: MeshPeer = { wire: { send, close() {} } };
      mesh.hi(peer);
      const souls = new Set<string>();
      return {
        hear(frame) {
          if (frame.kind === 'hello') return mesh.hear({ dam: '?', '#': frame.id, pid: frame.pid, ...(frame.ack && { '@': frame.ack }) }, peer);
          if (frame.kind === 'put') return mesh.hear({ ...putMessage(frame.entries, frame.id), ...(frame.ack && { '@': frame.ack }) }, peer);
          if (role === 'relay' && !souls.has(frame.soul)) {
            souls.add(frame.soul);
            const set = readers.get(frame.soul) ?? new Set();
            readers.set(frame.soul, set.add(peer));
          }
          mesh.hear({ '#': frame.id, get: { '#': frame.soul, ...(frame.key && { '.': frame.key }) } }, peer);
        },
        leave() {
          for (const soul of souls) {
            readers.get(soul)?.delete(peer);
            if (!readers.get(soul)?.size) readers.delete(soul);
          }
          mesh.bye(peer);
        },
      };
    },
    put: (entries, id) => root.on('out', putMessage(entries, id)),
    value: (soul, key) => (Object.hasOwn(root.graph, soul) ? root.graph[soul]?.[key] : undefined),
    souls: () => Object.keys(root.graph),
    entries: (soul) => Object.entries(root.graph[soul] ?? {}).flatMap(([key, text]) => (typeof text === 'string' ? [{ key, text }] : [])),
    drop(soul) {
      delete root.graph[soul];
    },
    close() {
      for (const peer of Object.values(root.opt.peers)) mesh.bye(peer);
      // GUN forgets message ids after nine seconds; that timer would keep the process alive.
      if (root.dup.to) clearTimeout(root.dup.to);
    },
  };
}
