/**
 * The page's one engine, counted by the nodes that use it. It runs while one of them may contribute; before
 * that, a task the visitor starts gets a session of its own, which neither stores nor works for others.
 */
import { EdgeNetError, type EngineConfig, type EngineEvent, type EngineHandle, type LiveConfig, type NodeState, type Reason, type Task, type TaskResult } from '../../engine/index.js';
import { EngineRun } from './engine-run.js';
import type { Surroundings } from './hub.js';

const GRACE_MS = 2_000;
/** What may change on a running engine; any other change needs a new one. */
const LIVE: readonly (keyof LiveConfig)[] = [
  'cpuLimit', 'memoryLimitBytes', 'bandwidthLimitBytes', 'workersMax', 'tasks', 'local', 'focusRequired', 'idleMsMin', 'whenHidden', 'battery', 'metered',
];

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
  #contributor: EngineRun | undefined;
  #session: EngineRun | undefined;

  constructor(around: Surroundings) {
    this.#around = around;
    window.addEventListener('pagehide', () => this.#runs().forEach((run) => run.suspend()));
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) this.#runs().forEach((run) => run.resume());
    });
  }

  /** Of the engine that runs, if one does. */
  get state(): NodeState | undefined {
    return (this.#contributor ?? this.#session)?.state;
  }

  /**
   * Registers a node, or an already registered node's new settings.
   * @throws EdgeNetError `config-conflict` when another node on the page is set up differently
   */
  claim(user: EngineUser, config: EngineConfig): void {
    const others = [...this.#uses].filter(([other]) => other !== user);
    if (others.some(([, use]) => !use.cancelRelease) && differ(this.#config, config)) {
      throw new EdgeNetError('config-conflict', 'Another edge-net node on this page has different settings, and a page has one engine. Give both the same attributes or remove one.');
    }
    const use = this.#uses.get(user) ?? { wanted: false, pauses: [], cancelRelease: undefined };
    use.cancelRelease?.();
    use.cancelRelease = undefined;
    this.#uses.set(user, use);
    if (!differ(this.#config, config)) {
      this.#config = config;
    } else {
      for (const [leaving, { cancelRelease }] of others) {
        cancelRelease?.();
        this.#uses.delete(leaving);
      }
      this.#reconfigure(config);
    }
  }

  /** A node left the document: moved nodes come back within the grace time, and nothing happened. */
  leave(user: EngineUser): void {
    const use = this.#uses.get(user);
    if (use && !use.cancelRelease) use.cancelRelease = this.#around.later(GRACE_MS, () => this.release(user));
  }

  release(user: EngineUser): void {
    this.#uses.get(user)?.cancelRelease?.();
    this.#uses.delete(user);
    this.#applyPauses();
    this.#settle();
    if (this.#uses.size === 0) {
      this.#config = undefined;
      void this.#stop('The node was disconnected. Call EdgeNet.init() or put the tag back to go on.');
    }
  }

  /** What keeps this node from working for others keeps the whole page. */
  hold(user: EngineUser, pauses: readonly Reason[]): void {
    const use = this.#uses.get(user);
    if (!use || use.pauses.join() === pauses.join()) return;
    use.pauses = pauses;
    this.#applyPauses();
  }

  /** Starts the engine for the first node that may contribute, stops it with the last. */
  want(user: EngineUser, wanted: boolean): void {
    const use = this.#uses.get(user);
    if (!use || use.wanted === wanted) return;
    use.wanted = wanted;
    this.#settle();
  }

  async submit(task: Task): Promise<TaskResult> {
    try {
      return await this.#run().submit(task);
    } finally {
      if (this.#contributor && !this.#session?.busy) this.#endSession();
    }
  }

  /** The engine to call: the contributing one, else a session. */
  engine(): Promise<EngineHandle> {
    return this.#run().ready;
  }

  /** Stops whatever runs, for every node. @returns when it has let go of its stores */
  async halt(why: string): Promise<void> {
    for (const use of this.#uses.values()) use.wanted = false;
    await this.#stop(why);
  }

  #run(): EngineRun {
    if (this.#contributor) return this.#contributor;
    if (!this.#config) throw new EdgeNetError('not-initialised', 'There is no edge-net node on this page yet. Add the tag or call EdgeNet.init() first.');
    this.#session ??= this.#start({ ...this.#config, contribute: false, storage: 'memory', pauses: [] });
    return this.#session;
  }

  #pauses(): Reason[] {
    return [...new Set([...this.#uses.values()].flatMap(({ pauses }) => pauses))];
  }

  #applyPauses(): void {
    this.#contributor?.configure({ pauses: this.#pauses() });
  }

  #settle(): void {
    const wanted = [...this.#uses.values()].some((use) => use.wanted);
    if (wanted && !this.#contributor && this.#config) {
      this.#contributor = this.#start({ ...this.#config, pauses: this.#pauses() });
      if (!this.#session?.busy) this.#endSession();
    } else if (!wanted && this.#contributor) {
      void this.#contributor.stop(new EdgeNetError('closed', 'The visitor stopped contributing while the task was under way. Submit it again.'));
      this.#contributor = undefined;
    }
  }

  #start(config: EngineConfig): EngineRun {
    const run: EngineRun = new EngineRun(config, {
      start: (settings, memory) => this.#around.startEngine(settings, memory),
      event: (event) => {
        // While a contributor runs, an old session only finishes what it has.
        if (run !== this.#session || !this.#contributor) for (const user of this.#uses.keys()) user.engineEvent(event);
      },
      failed: (error) => {
        // Dropped, so that the next attempt starts afresh.
        if (run === this.#session) this.#session = undefined;
        if (run !== this.#contributor) return;
        this.#contributor = undefined;
        for (const [user, use] of this.#uses) {
          if (!use.wanted) continue;
          use.wanted = false;
          user.engineFailed(error);
        }
      },
    });
    return run;
  }

  #reconfigure(config: EngineConfig): void {
    const old = this.#config;
    this.#config = config;
    if (!old) return;
    const live = Object.fromEntries(LIVE.map((key) => [key, config[key]])) as Partial<LiveConfig>;
    if (!differ({ ...old, ...live }, config)) {
      for (const run of this.#runs()) run.configure(live);
      return;
    }
    void this.#stop('The settings of the node changed while the task was under way. Submit it again.');
    this.#settle();
  }

  async #stop(why: string): Promise<void> {
    const runs = this.#runs();
    this.#contributor = this.#session = undefined;
    await Promise.all(runs.map((run) => run.stop(new EdgeNetError('closed', why))));
  }

  #endSession(): void {
    void this.#session?.stop(new EdgeNetError('closed', 'The session ended.'));
    this.#session = undefined;
  }

  #runs(): EngineRun[] {
    return [this.#contributor, this.#session].filter((run) => run !== undefined);
  }
}

/** Pausing is a visitor's or site's momentary wish, not a different set-up. */
function differ(a: EngineConfig | undefined, b: EngineConfig): boolean {
  return JSON.stringify({ ...a, pauses: 0 }) !== JSON.stringify({ ...b, pauses: 0 });
}
