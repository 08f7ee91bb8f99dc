/**
 * The page's one engine, counted by the nodes that use it: what they want of it together. What runs it is a chunk
 * that comes when a node may contribute, or when the visitor starts a task: most visitors need neither.
 */
import { EdgeNetError, type EngineConfig, type EngineEvent, type EngineHandle, type NodeState, type Reason, type Task, type TaskResult } from '../../engine/index.js';
import type { Surroundings } from './hub.js';
import type { Runs } from './runs.js';

const GRACE_MS = 2_000;

export interface EngineUser {
  engineEvent(event: EngineEvent): void;
  /** The engine this node wanted could not start; wanting it again tries again. */
  engineFailed(error: EdgeNetError): void;
}

interface Use {
  /** May contribute. */
  wanted: boolean;
  pauses: readonly Reason[];
  /** Set while the node is out of the document and may come back. */
  cancelRelease: (() => void) | undefined;
}

export class PageEngine {
  #around: Surroundings;
  #uses = new Map<EngineUser, Use>();
  #config: EngineConfig | undefined;
  #runs: Runs | undefined;
  #loading: Promise<Runs> | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
  }

  /** Of the engine that runs, if one does. */
  get state(): NodeState | undefined {
    return this.#runs?.state;
  }

  /**
   * Registers a node, or an already registered node's new settings.
   * @throws EdgeNetError `config-conflict` when another node on the page is set up differently
   */
  claim(user: EngineUser, config: EngineConfig): void {
    const others = [...this.#uses].filter(([other]) => other !== user);
    const isOther = differ(this.#config, config);
    if (isOther && others.some(([, use]) => !use.cancelRelease)) {
      throw new EdgeNetError('config-conflict', 'Another node on this page has different settings. Give both the same attributes or remove one.');
    }
    const use = this.#uses.get(user) ?? { wanted: false, pauses: [], cancelRelease: undefined };
    use.cancelRelease?.();
    use.cancelRelease = undefined;
    this.#uses.set(user, use);
    for (const [leaving, { cancelRelease }] of isOther ? others : []) {
      cancelRelease?.();
      this.#uses.delete(leaving);
    }
    this.#config = config;
    this.#apply();
  }

  /** A node left the document: moved nodes come back within the grace time, and nothing happened. */
  leave(user: EngineUser): void {
    const use = this.#uses.get(user);
    if (use && !use.cancelRelease) use.cancelRelease = this.#around.later(GRACE_MS, () => this.release(user));
  }

  release(user: EngineUser): void {
    this.#uses.get(user)?.cancelRelease?.();
    this.#uses.delete(user);
    if (this.#uses.size === 0) this.#config = undefined;
    this.#apply();
  }

  /** What keeps this node from working for others keeps the whole page. */
  hold(user: EngineUser, pauses: readonly Reason[]): void {
    const use = this.#uses.get(user);
    if (!use || use.pauses.join() === pauses.join()) return;
    use.pauses = pauses;
    this.#apply();
  }

  /** Starts the engine for the first node that may contribute, stops it with the last. */
  want(user: EngineUser, wanted: boolean): void {
    const use = this.#uses.get(user);
    if (!use || use.wanted === wanted) return;
    use.wanted = wanted;
    this.#apply();
  }

  async submit(task: Task): Promise<TaskResult> {
    return (await this.#usable()).submit(task);
  }

  /** The engine to call: the contributing one, else a session. */
  async engine(): Promise<EngineHandle> {
    return (await this.#usable()).engine();
  }

  /** Stops whatever runs, for every node. @returns when it has let go of its stores */
  async halt(why: string): Promise<void> {
    for (const use of this.#uses.values()) use.wanted = false;
    await this.#runs?.stop(why);
  }

  #usable(): Promise<Runs> {
    if (!this.#config) throw new EdgeNetError('not-initialised', 'There is no edge-net node on this page yet. Add the tag or call EdgeNet.init() first.');
    return this.#load();
  }

  #apply(): void {
    const uses = [...this.#uses.values()];
    const wanted = uses.some((use) => use.wanted);
    this.#runs?.apply(this.#config, wanted, [...new Set(uses.flatMap(({ pauses }) => pauses))]);
    if (wanted && !this.#runs) this.#load().catch((error: EdgeNetError) => this.#failed(error));
  }

  #load(): Promise<Runs> {
    return (this.#loading ??= import('./runs.js').then(
      ({ Runs: Code }) => {
        this.#runs = new Code(this.#around, {
          event: (event) => this.#uses.forEach((_, user) => user.engineEvent(event)),
          failed: (error) => this.#failed(error),
        });
        this.#apply();
        return this.#runs;
      },
      (cause: unknown) => {
        this.#loading = undefined;
        throw new EdgeNetError('unsupported', `The engine's code could not be loaded: ${String(cause)}`, { cause });
      },
    ));
  }

  #failed(error: EdgeNetError): void {
    for (const [user, use] of this.#uses) {
      if (!use.wanted) continue;
      use.wanted = false;
      user.engineFailed(error);
    }
  }
}

/** Pausing is a visitor's or site's momentary wish, not a different set-up. */
function differ(a: EngineConfig | undefined, b: EngineConfig): boolean {
  return JSON.stringify({ ...a, pauses: 0 }) !== JSON.stringify({ ...b, pauses: 0 });
}
