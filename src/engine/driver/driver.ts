/**
 * Runs a machine: one event at a time goes in, its effects are carried out in order through the ports, and what
 * they bring comes back as events. The same code drives the browser, Node and the simulator.
 */
import type { EdgeNetErrorCode } from '../core/code.js';
import type { Effect } from '../core/effect.js';
import type { Happening } from '../core/event.js';
import type { Notice } from '../core/notice.js';
import type { Certified, Id } from '../core/record.js';
import type { Clock, Random } from '../ports/clock.js';
import type { Machine } from '../ports/machine.js';
import type { Pool } from '../ports/pool.js';
import { PoolError } from '../ports/pool.js';
import type { Signer } from '../ports/signer.js';
import { StorageError, type Storage } from '../ports/storage.js';
import type { Transport } from '../ports/transport.js';
import { prove } from './prove.js';
import { atShelf } from './at-shelf.js';
import type { Shelf } from './shelf.js';
import { createTaskCrypto } from './task-crypto.js';

/** For the list of shards at the start: another tab may block their database, and there is more to do than to hold them. */
const SHELF_PATIENCE_MS = 2_000;

export interface DriverPorts {
  readonly transport: Transport;
  readonly store: Storage;
  /** Keys' neighbour: every write is synced. */
  readonly vault: Storage;
  readonly pool: Pool;
  readonly signer: Signer;
  readonly clock: Clock;
  readonly random: Random;
  /** Shards of collections: a node without one holds none, and owns none. */
  readonly shelf?: Shelf | undefined;
  /** Verifies a certified record that came outside the graph. */
  readonly guard: (record: Certified) => Promise<boolean>;
}

export interface DriverOptions<State> {
  readonly net: Id;
  readonly machine: Machine<State>;
  readonly state: State;
  readonly ports: DriverPorts;
  /** Of the store's keys that the `start` event brings: all of them, unless the machine asks for the others by name. */
  readonly prefixes?: readonly string[];
  onNotice(notice: Notice): void;
  /** A defect of ours: the event is dropped, the node stays up. */
  onFault(error: unknown): void;
}

export interface Driver<State> {
  /** Loads what was stored, then opens the transport. */
  start(): Promise<void>;
  /** Never throws; the event is handled before it returns, unless one is being handled already. */
  feed(event: Happening): void;
  /** The newest state: read it, never change it. */
  readonly state: State;
  close(): Promise<void>;
}

export function createDriver<State>({ net, machine, state: initial, ports, prefixes = [''], onNotice, onFault }: DriverOptions<State>): Driver<State> {
  const { transport, store, vault, pool, signer, clock, random, guard, shelf } = ports;
  const crypto = createTaskCrypto(signer, random);
  const timers = new Map<string, () => void>();
  const runs = new Map<string, AbortController>();
  const queue: Happening[] = [];
  let state = initial;
  let stepping = false;
  let closed = false;

  function feed(event: Happening): void {
    if (closed) return;
    queue.push(event);
    if (stepping) return;
    stepping = true;
    try {
      for (let next = queue.shift(); next; next = queue.shift()) handle(next);
    } finally {
      stepping = false;
    }
  }

  function handle(event: Happening): void {
    try {
      const step = machine.step(state, { ...event, now: clock.now() });
      state = step.state;
      for (const effect of step.effects) perform(effect);
    } catch (error) {
      onFault(error);
    }
  }

  /** Feeds what a promise brings; a rejection here is a defect, since the ports promise values. */
  function later<T>(promise: Promise<T>, toEvent: (value: T) => Happening): void {
    promise.then((value) => feed(toEvent(value)), (error: unknown) => { if (!closed) onFault(error); });
  }

  /** Cryptography on what others sent may fail, and whoever asked for it must know. */
  function tried<T>(as: unknown, promise: Promise<T>, toEvent: (value: T) => Happening): void {
    promise.then((value) => feed(toEvent(value)), (error: unknown) => feed({ on: 'crypto-failed', as, message: error instanceof Error ? error.message : String(error) }));
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'send':
        return transport.send(effect.to, effect.message, { attachment: effect.attachment, ticket: effect.ticket });
      case 'publish':
        return transport.publish(effect.value);
      case 'notify':
        return onNotice(effect.notice);
      case 'timer':
        timers.get(effect.name)?.();
        timers.set(effect.name, clock.after(effect.delayMs, () => {
          timers.delete(effect.name);
          feed({ on: 'timer', name: effect.name });
        }));
        return;
      case 'clear':
        timers.get(effect.name)?.();
        timers.delete(effect.name);
        return;
      case 'save':
        save(effect);
        return;
      case 'load':
        return later(Promise.all(effect.keys.map((key) => store.get(key))), (values) => ({ on: 'loaded', as: effect.as, values }));
      case 'sign':
        return later(signer.sign(effect.body), (s) => ({ on: 'signed', as: effect.as, signed: { b: effect.body, s } }));
      case 'verify':
        return later(Promise.all(effect.checks.map((check) => signer.verify(check.by, check.body, check.s))), (oks) => ({ on: 'verified', as: effect.as, ok: oks.every(Boolean) }));
      case 'guard':
        return later(Promise.all(effect.records.map(guard)), (oks) => ({ on: 'guarded', as: effect.as, good: effect.records.filter((_, i) => oks[i]), bad: oks.filter((ok) => !ok).length }));
      case 'random':
        return feed({ on: 'random', as: effect.as, bytes: random.bytes(effect.length) });
      case 'prove':
        return later(prove(effect.fields, effect.bits, () => new Promise((resolve) => { clock.after(0, resolve); })), (body) => ({ on: 'proved', as: effect.as, body }));
      case 'lock':
        return tried(effect.as, crypto.lock(effect.payload), (locked) => ({ on: 'locked', as: effect.as, locked }));
      case 'box':
        return tried(effect.as, crypto.box(effect.contentKey, effect.to), (boxes) => ({ on: 'boxed', as: effect.as, boxes }));
      case 'unlock':
        return tried(effect.as, crypto.unlock(effect), (unlocked) => ({ on: 'unlocked', as: effect.as, ...unlocked }));
      case 'answer':
        return tried(effect.as, crypto.answer({ ...effect, net }), (answer) => ({ on: 'answered', as: effect.as, ...answer }));
      case 'read-result':
        return tried(effect.as, crypto.readResult(effect.sealed, effect.resultSecret, effect.contentKey), (result) => ({ on: 'result-read', as: effect.as, ...result }));
      case 'read-receipt':
        return tried(effect.as, crypto.readReceipt(effect.sealed, effect.by), (receipt) => ({ on: 'receipt-read', as: effect.as, receipt }));
      case 'run':
        return run(effect);
      case 'stop':
        return runs.get(effect.run)?.abort();
      case 'read-proof':
        return tried(effect.as, crypto.readProof(effect.sealed), (proof) => ({ on: 'proof-read', as: effect.as, ...(proof ? { proof } : {}) }));
      case 'shelf-keep':
      case 'shelf-box':
      case 'shelf-read':
      case 'shelf-prove':
      case 'shelf-drop':
        if (shelf) atShelf(shelf, effect).then((event) => { if (event) feed(event); }, (error: unknown) => { if (!closed) onNotice({ note: 'trouble', ...describe(error) }); });
        return;
      default:
        effect satisfies never;
    }
  }

  function save(effect: Effect & { do: 'save' }): void {
    const vaulted = effect.area === 'vault';
    (vaulted ? vault : store).write(effect.writes, { sync: vaulted || effect.sync === true }).then(
      () => { if (!closed) effect.then.forEach(perform); },
      (error: unknown) => feed({ on: 'save-failed', as: effect.as, ...describe(error) }),
    );
  }

  /** Shards that cannot be read now are as good as lost; those that are read later count from then on. */
  function listHeld({ list }: Shelf): ReturnType<Shelf['list']> {
    let late = false;
    return new Promise((resolve) => {
      const cancel = clock.after(SHELF_PATIENCE_MS, () => { late = true; resolve([]); });
      list().catch(() => []).then((held) => {
        cancel();
        if (late) for (const shard of held) feed({ on: 'shelf-kept', shard, turn: 0, ok: true });
        else resolve(held);
      }, onFault);
    });
  }

  function run(effect: Effect & { do: 'run' }): void {
    const controller = new AbortController();
    runs.set(effect.run, controller);
    const shards = effect.on && shelf?.access(effect.on, (shard) => feed({ on: 'shelf-kept', shard, ok: true }));
    pool.run(
      { kind: effect.kind, version: effect.version, payload: effect.payload, wallMs: effect.wallMs, priority: effect.priority, meter: effect.meter },
      { shards, signal: controller.signal, onProgress: (progress) => feed({ on: 'run-progress', run: effect.run, ...progress }) },
    ).then(
      ({ output, fuel, items, busyMs }) => ({ output, fuel, items, busyMs }),
      (error: unknown) => ({ fuel: 0, busyMs: 0, failure: error instanceof PoolError ? { code: error.code, message: error.message } : { code: 'kernel-failed', message: String(error) } }),
    ).then((end) => {
      runs.delete(effect.run);
      feed({ on: 'ran', run: effect.run, ...end });
    });
  }

  return {
    get state() {
      return state;
    },
    feed,
    async start() {
      const [stored, vaulted, held] = await Promise.all([Promise.all(prefixes.map((prefix) => store.entries(prefix))), vault.entries(''), shelf && listHeld(shelf)]);
      if (closed) return;
      feed({ on: 'start', store: stored.flat(), vault: vaulted, ...(held ? { held } : {}) });
      transport.open({
        linkUp: (mode) => feed({ on: 'link-up', mode }),
        linkDown: (code, message) => feed({ on: 'link-down', code, message }),
        message: (from, message, attachment) => feed({ on: 'message', from, message, attachment }),
        graph: (value) => feed({ on: 'graph', value }),
        gone: (node) => feed({ on: 'gone', node }),
      });
    },
    async close() {
      closed = true;
      for (const cancel of timers.values()) cancel();
      for (const controller of runs.values()) controller.abort();
      await transport.close();
      await pool.close();
      await Promise.all([store.close(), vault.close(), shelf?.close()]);
    },
  };
}

function describe(error: unknown): { code: EdgeNetErrorCode; message: string } {
  if (error instanceof StorageError) return { code: error.code, message: error.message };
  return { code: 'storage-blocked', message: `Storage failed: ${error instanceof Error ? error.message : String(error)}` };
}
