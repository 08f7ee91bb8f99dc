/**
 * One engine and the tasks handed to it. Both outlive the page's stay in the back/forward cache: the engine
 * is stopped and started again, the promises stay the same.
 */
import { EdgeNetError, type EngineConfig, type EngineEvent, type EngineHandle, type LiveConfig, type NodeState, type SessionMemory, type Task, type TaskResult } from '../../engine/index.js';
import { isEdgeNetError } from '../shared/errors.js';

interface PendingTask {
  /** With an id, so that the next engine knows it again if this one has bought it. */
  readonly task: Task;
  readonly resolve: (result: TaskResult) => void;
  readonly reject: (error: unknown) => void;
}

/** Who runs an engine, and hears of it. */
export interface EngineRunHost {
  start(config: EngineConfig, memory: SessionMemory): Promise<EngineHandle>;
  event(event: EngineEvent): void;
  /** The engine could not start; the run is of no more use. */
  failed(error: EdgeNetError): void;
}

export class EngineRun {
  config: EngineConfig;
  /** The engine that runs now; rejects when it could not start. */
  ready!: Promise<EngineHandle>;
  #handle: EngineHandle | undefined;
  /** A throw-away identity lives here alone: the engine that follows this one needs it to fetch its results. */
  #memory: SessionMemory = new Map();
  #host: EngineRunHost;
  #pending = new Set<PendingTask>();
  /** Counts starts and stops: what an earlier engine says is no longer news. */
  #round = 0;
  #suspended = false;
  #ended: EdgeNetError | undefined;

  constructor(config: EngineConfig, host: EngineRunHost) {
    this.config = config;
    this.#host = host;
    this.resume();
  }

  get state(): NodeState | undefined {
    return this.#handle?.state;
  }

  get busy(): boolean {
    return this.#pending.size > 0;
  }

  submit(task: Task): Promise<TaskResult> {
    return new Promise((resolve, reject) => {
      const signal = task.options?.signal;
      const settled = () => {
        this.#pending.delete(pending);
        signal?.removeEventListener('abort', abort);
      };
      const pending: PendingTask = {
        task: { ...task, options: { taskId: newTaskId(), ...task.options } },
        resolve: (result) => (settled(), resolve(result)),
        reject: (error) => (settled(), reject(error)),
      };
      const abort = () => pending.reject(new EdgeNetError('aborted', 'The task was aborted by its own AbortSignal.', { cause: signal?.reason }));
      this.#pending.add(pending);
      if (signal?.aborted) return abort();
      signal?.addEventListener('abort', abort);
      if (this.#ended) pending.reject(this.#ended);
      else if (!this.#suspended) void this.#run(pending);
    });
  }

  /** Heeded by an engine that is still starting as well. */
  configure(change: Partial<LiveConfig>): void {
    this.config = { ...this.config, ...change };
    this.ready.then((handle) => handle.configure(change), () => {});
  }

  /** Stops the engine at once, keeps the promises. */
  suspend(): void {
    this.#suspended = true;
    this.#round++;
    // A start that is still under way closes its engine itself when it sees the new round.
    void this.#handle?.close();
    this.#handle = undefined;
  }

  resume(): void {
    const round = ++this.#round;
    this.#suspended = false;
    this.ready = this.#begin(round);
    this.ready.catch((error: unknown) => {
      if (round === this.#round) this.#host.failed(isEdgeNetError(error) ? error : new EdgeNetError('unsupported', `The engine could not start: ${String(error)}`, { cause: error }));
    });
    for (const pending of this.#pending) void this.#run(pending);
  }

  /** @param why what open promises are rejected with */
  async stop(why: EdgeNetError): Promise<void> {
    this.#ended = why;
    const handle = this.#handle;
    this.#round++;
    this.#handle = undefined;
    for (const { reject } of this.#pending) reject(why);
    await handle?.close();
  }

  async #begin(round: number): Promise<EngineHandle> {
    const handle = await this.#host.start(this.config, this.#memory);
    if (round !== this.#round) {
      await handle.close();
      throw this.#ended ?? new EdgeNetError('closed', 'The engine stopped while it was starting, because the page was left.');
    }
    this.#handle = handle;
    handle.subscribe((event) => {
      if (round === this.#round) this.#host.event(event);
    });
    this.#host.event({ type: 'state', state: handle.state });
    return handle;
  }

  async #run(pending: PendingTask): Promise<void> {
    const round = this.#round;
    try {
      const handle = await this.ready;
      pending.resolve(await handle.submit(pending.task));
    } catch (error) {
      // The engine was taken away under the task: the next one continues it.
      if (round === this.#round) pending.reject(error);
    }
  }
}

/** 16 random bytes as base64url. */
function newTaskId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
