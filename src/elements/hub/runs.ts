/**
 * What runs of the page's engine: the contributing one while a node may contribute; before that, a task the visitor starts gets a
 * session of its own, which neither stores nor works for others.
 */
import { EdgeNetError, type EngineConfig, type EngineEvent, type EngineHandle, type LiveConfig, type NodeState, type Reason, type Task, type TaskResult } from '../../engine/index.js';
import { EngineRun } from './engine-run.js';
import type { Surroundings } from './hub.js';

/** What may change on a running engine; any other change needs a new one. */
const LIVE: readonly (keyof LiveConfig)[] = [
  'cpuLimit', 'memoryLimitBytes', 'bandwidthLimitBytes', 'workersMax', 'tasks', 'local', 'focusRequired', 'idleMsMin', 'whenHidden', 'battery', 'metered',
];

interface RunsHost {
  event(event: EngineEvent): void;
  /** The contributing engine could not start. */
  failed(error: EdgeNetError): void;
}

export class Runs {
  #around: Surroundings;
  #host: RunsHost;
  /** Undefined without a node on the page. */
  #config: EngineConfig | undefined;
  #pauses: readonly Reason[] = [];
  #contributor: EngineRun | undefined;
  #session: EngineRun | undefined;

  constructor(around: Surroundings, host: RunsHost) {
    this.#around = around;
    this.#host = host;
    window.addEventListener('pagehide', () => this.#all().forEach((run) => run.suspend()));
    window.addEventListener('pageshow', (event) => {
      if (event.persisted) this.#all().forEach((run) => run.resume());
    });
  }

  get state(): NodeState | undefined {
    return (this.#contributor ?? this.#session)?.state;
  }

  /** Brings about what the page's nodes want. */
  apply(config: EngineConfig | undefined, wanted: boolean, pauses: readonly Reason[]): void {
    const old = this.#config;
    this.#config = config;
    if (!config) return void this.stop('The node was disconnected. Call EdgeNet.init() or put the tag back to go on.');
    if (old) this.#reconfigure(old, config);
    if (this.#pauses.join() !== pauses.join()) this.#contributor?.configure({ pauses });
    this.#pauses = pauses;
    if (wanted && !this.#contributor) {
      this.#contributor = this.#start({ ...config, pauses });
      if (!this.#session?.busy) this.#endSession();
    } else if (!wanted && this.#contributor) {
      void this.#contributor.stop(new EdgeNetError('closed', 'The visitor stopped contributing while the task was under way. Submit it again.'));
      this.#contributor = undefined;
    }
  }

  async submit(task: Task): Promise<TaskResult> {
    try {
      return await this.#run().submit(task);
    } finally {
      if (this.#contributor && !this.#session?.busy) this.#endSession();
    }
  }

  engine(): Promise<EngineHandle> {
    return this.#run().ready;
  }

  async stop(why: string): Promise<void> {
    const runs = this.#all();
    this.#contributor = this.#session = undefined;
    await Promise.all(runs.map((run) => run.stop(new EdgeNetError('closed', why))));
  }

  #run(): EngineRun {
    if (this.#contributor) return this.#contributor;
    if (!this.#config) throw new EdgeNetError('closed', 'The node was removed from the page before the task began.');
    this.#session ??= this.#start({ ...this.#config, contribute: false, storage: 'memory', pauses: [] });
    return this.#session;
  }

  #start(config: EngineConfig): EngineRun {
    const run: EngineRun = new EngineRun(config, {
      start: (settings, memory) => this.#around.startEngine(settings, memory),
      event: (event) => {
        // While a contributor runs, an old session only finishes what it has.
        if (run !== this.#session || !this.#contributor) this.#host.event(event);
      },
      failed: (error) => {
        // Dropped, so that the next attempt starts afresh.
        if (run === this.#session) this.#session = undefined;
        if (run !== this.#contributor) return;
        this.#contributor = undefined;
        this.#host.failed(error);
      },
    });
    return run;
  }

  #reconfigure(old: EngineConfig, config: EngineConfig): void {
    const live = Object.fromEntries(LIVE.map((key) => [key, config[key]])) as Partial<LiveConfig>;
    const isSame = (was: EngineConfig) => JSON.stringify({ ...was, pauses: 0 }) === JSON.stringify({ ...config, pauses: 0 });
    if (isSame(old)) return;
    if (isSame({ ...old, ...live })) for (const run of this.#all()) run.configure(live);
    else void this.stop('The settings of the node changed while the task was under way. Submit it again.');
  }

  #endSession(): void {
    void this.#session?.stop(new EdgeNetError('closed', 'The session ended.'));
    this.#session = undefined;
  }

  #all(): EngineRun[] {
    return [this.#contributor, this.#session].filter((run) => run !== undefined);
  }
}
