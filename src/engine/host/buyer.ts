/** The buying half of an engine: tasks from `submit` to their end, in the network or, where that may be, on this machine. */
import type { Manifest } from '../../kernels/kernel.js';
import type { EngineConfig, EngineEvent, HistoryEntry, Task, TaskOptions, TaskProgress, TaskResult } from '../api.js';
import { sha256Id } from '../core/encoding.js';
import type { Notice } from '../core/notice.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import { PoolError, type Pool } from '../ports/pool.js';
import type { Noted } from './history.js';
import { PendingTasks, type Purchase } from './pending-tasks.js';
import type { Platform } from './platform.js';
import { LOWEST_LEVEL } from './scheduler.js';
import { manifestOf, prepareTask, presentResult, type PreparedTask } from './tasks.js';

const MICRO = 1_000_000;
/** How long a submission waits for a first sight of the network. */
const NETWORK_PATIENCE_MS = 8_000;
/** Own tasks run before those of others. */
const LOCAL_PRIORITY = 3;
const LOCAL_DUTY_MIN = 0.05;

/** Failures after which a task may run on this machine instead (DESIGN 4.8). */
const LOCAL_INSTEAD: ReadonlySet<EdgeNetErrorCode> = new Set<EdgeNetErrorCode>(['relay-unreachable', 'relay-rejected', 'csp-connect', 'no-workers', 'insufficient-credits', 'rate-limited', 'descriptor-invalid', 'config-invalid']);

interface Outcome {
  /** Micro-credits. */
  readonly amount: number;
  readonly workers: readonly string[];
  readonly verified: boolean;
}

/** What a buyer needs of its engine. */
export interface BuyerEngine {
  readonly platform: Pick<Platform, 'clock' | 'random'>;
  readonly pool: Pool;
  config(): EngineConfig;
  /** Undefined until the network is found. */
  driver(): Driver<PeerState> | undefined;
  /** @throws EdgeNetError when the network is not found in that time */
  reach(patienceMs: number): Promise<Driver<PeerState>>;
  note(entry: Noted): void;
  /** Null for an escrow that is not in this replica of the ledger. */
  certificate(escrow: string): HistoryEntry['certificate'];
  emit(event: Extract<EngineEvent, { type: 'result' | 'progress' }>): void;
}

/** Ids of the notices that concern a task of ours. */
export type TaskNotice = Extract<Notice, { note: 'submitted' | 'progress' | 'resolved' | 'failed' | 'untaken' }>;

export class Buyer {
  readonly #pending = new PendingTasks((taskId) => this.#cancel(taskId));
  readonly #local = new Map<string, AbortController>();
  /** Submissions whose manifest is still being loaded. */
  readonly #preparing = new Set<Promise<unknown>>();

  constructor(private readonly engine: BuyerEngine) {}

  get size(): number {
    return this.#pending.size;
  }

  /** The same id again is the same task: whoever asks joins those who wait. */
  async submit(task: Task): Promise<TaskResult> {
    const accepted = prepareTask(task, this.engine.config(), this.engine.platform.random).then((prepared) => this.#accept(prepared, task.options));
    this.#preparing.add(accepted);
    const { result } = await accepted.finally(() => this.#preparing.delete(accepted));
    return result;
  }

  /** A task that was prepared elsewhere: one of several that another takes. */
  async buy(prepared: PreparedTask, options: Pick<TaskOptions, 'signal' | 'onProgress'>): Promise<TaskResult> {
    return this.#accept(prepared, options).result;
  }

  #accept(prepared: PreparedTask, { signal, onProgress }: TaskOptions = {}): { readonly result: Promise<TaskResult> } {
    const sinceMs = this.engine.platform.clock.now();
    const purchase = { ...prepared, sinceMs, untilMs: sinceMs + prepared.request.timeoutMs };
    if (signal?.aborted) throw new EdgeNetError('aborted', 'The task was aborted by its own AbortSignal.');
    const taskId = prepared.request.task;
    const isNew = !this.#pending.purchase(taskId);
    const result = this.#pending.wait(taskId, purchase, { signal, ...(onProgress ? { onProgress } : {}) });
    // The id is told at once: whoever loses this promise can fetch the result by it.
    this.#progress({ taskId, phase: 'accepted', loaded: 0, total: 0 });
    if (isNew) void this.#dispatch(purchase);
    return { result };
  }

  async result(taskId: string): Promise<TaskResult> {
    // The task may be one that is just being submitted.
    await Promise.allSettled(this.#preparing);
    if (this.#pending.has(taskId)) return this.#pending.wait(taskId, undefined);
    const driver = await this.engine.reach(NETWORK_PATIENCE_MS);
    const isNew = !this.#pending.has(taskId);
    const result = this.#pending.wait(taskId, undefined);
    if (isNew) driver.feed({ on: 'recall', task: taskId });
    return result;
  }

  async #dispatch(purchase: Purchase): Promise<void> {
    const { request, local } = purchase;
    if (local === 'only') return this.#runLocally(request.task);
    try {
      const driver = this.engine.driver() ?? (await this.engine.reach(Math.min(NETWORK_PATIENCE_MS, request.timeoutMs)));
      if (!this.#pending.has(request.task)) return;
      driver.feed(isBought(driver, request.task) ? { on: 'recall', task: request.task } : { on: 'submit', request: { ...request, timeoutMs: this.#patienceMs(purchase) } });
    } catch (error) {
      const { code, message } = error as EdgeNetError;
      this.#untaken(request.task, code, message);
    }
  }

  #patienceMs({ untilMs }: Purchase): number {
    return Math.max(1, untilMs - this.engine.platform.clock.now());
  }

  #cancel(taskId: string): void {
    const local = this.#local.get(taskId);
    if (local) return local.abort();
    this.engine.driver()?.feed({ on: 'abort', task: taskId, code: 'aborted' });
    this.#fail(taskId, 'aborted', 'The task was cancelled.');
  }

  onNotice(notice: TaskNotice): void {
    const { engine } = this;
    switch (notice.note) {
      case 'submitted':
        return engine.note({
          taskId: notice.task, kind: this.#pending.purchase(notice.task)?.manifest.kind ?? '', role: 'submitter', parties: [], busyMs: 0, credits: -notice.amount / MICRO, outcome: 'running',
          ...this.#itemsOf(notice.task), bytes: notice.size, certificate: engine.certificate(notice.escrow),
        });
      case 'progress':
        return this.#progress({ taskId: notice.task, phase: notice.phase, loaded: notice.loaded, total: notice.total });
      case 'resolved': {
        const { task: taskId, escrow, kind, output, amount, workers, verified, size, digest } = notice;
        const purchase = this.#pending.purchase(taskId);
        engine.note({
          taskId, kind, role: 'submitter', parties: workers, busyMs: 0, credits: -amount / MICRO, outcome: 'resolved',
          ...this.#itemsOf(taskId), ...(purchase ? { latencyMs: engine.platform.clock.now() - purchase.sinceMs } : {}),
          bytes: size, digest, certificate: engine.certificate(escrow),
        });
        engine.emit({ type: 'result', taskId, kind, cost: amount / MICRO, verified });
        return void this.#present(taskId, kind, output, notice);
      }
      case 'failed':
        return this.#fail(notice.task, notice.code, notice.message, notice.retryAfterMs);
      case 'untaken':
        return this.#untaken(notice.task, notice.code, notice.message, notice.retryAfterMs);
      default:
        notice satisfies never;
    }
  }

  close(): void {
    for (const taskId of this.#pending.ids()) this.#fail(taskId, 'closed', 'The engine was closed. EdgeNet.result(taskId) fetches the result later if it was submitted under a stored identity.');
  }

  /** The network did not take the task: run it here if the caller lets us, else say why. */
  #untaken(taskId: string, code: EdgeNetErrorCode, message: string, retryAfterMs?: number): void {
    if (this.#pending.purchase(taskId)?.local === 'fallback' && LOCAL_INSTEAD.has(code)) void this.#runLocally(taskId);
    else this.#fail(taskId, code, message, retryAfterMs);
  }

  async #runLocally(taskId: string): Promise<void> {
    const purchase = this.#pending.purchase(taskId);
    if (!purchase) return;
    const { request: { kind, version, payload, meter, timeoutMs }, manifest } = purchase;
    const { pool, platform: { clock } } = this.engine;
    const controller = new AbortController();
    this.#local.set(taskId, controller);
    let late = false;
    const cancelTimeout = clock.after(this.#patienceMs(purchase), () => { late = true; controller.abort(); });
    try {
      const { output, busyMs } = await pool.run(
        { kind, version, payload, wallMs: manifest.limits.wallMsMax / Math.max(LOCAL_DUTY_MIN, Math.min(LOWEST_LEVEL, this.engine.config().cpuLimit)), priority: LOCAL_PRIORITY, meter },
        { signal: controller.signal, onProgress: (progress) => this.#progress({ taskId, ...progress }) },
      );
      this.engine.note({ taskId, kind, role: 'local', parties: [], busyMs, credits: 0, outcome: 'resolved', items: purchase.items, digest: sha256Id(output) });
      this.#succeed(taskId, manifest, output, { amount: 0, workers: ['local'], verified: false });
    } catch (error) {
      if (late) this.#fail(taskId, 'timeout', `No result came within ${timeoutMs} ms, and this machine was still at work on it. Raise options.timeout.`);
      else this.#fail(taskId, error instanceof PoolError ? error.code : 'kernel-failed', describe(error));
    } finally {
      cancelTimeout();
      this.#local.delete(taskId);
    }
  }

  /** What is recalled was counted when it was submitted. */
  #itemsOf(taskId: string): Pick<Noted, 'items'> {
    const purchase = this.#pending.purchase(taskId);
    return purchase ? { items: purchase.items } : {};
  }

  /** A recalled task may be of a kind that this engine has not met yet. */
  async #present(taskId: string, kind: string, output: Uint8Array, how: Outcome): Promise<void> {
    try {
      this.#succeed(taskId, this.#pending.purchase(taskId)?.manifest ?? (await manifestOf(kind)), output, how);
    } catch (error) {
      this.#fail(taskId, 'kernel-failed', `The result cannot be read: ${describe(error)}`);
    }
  }

  #succeed(taskId: string, manifest: Manifest, output: Uint8Array, how: Outcome): void {
    let result: TaskResult;
    try {
      result = presentResult(manifest, taskId, output, how);
    } catch (error) {
      return this.#fail(taskId, 'kernel-failed', `The workers agreed on what is no result of ${manifest.kind}: ${describe(error)}`);
    }
    this.#pending.resolve(taskId, result);
  }

  #fail(taskId: string, code: EdgeNetErrorCode, message: string, retryAfterMs?: number): void {
    if (!this.#pending.has(taskId)) return;
    const kind = this.#pending.purchase(taskId)?.manifest.kind ?? '';
    this.engine.note({ taskId, kind, role: 'submitter', parties: [], busyMs: 0, credits: 0, outcome: code === 'aborted' || code === 'no-consensus' ? 'refunded' : 'failed', ...this.#itemsOf(taskId) });
    this.#pending.reject(taskId, new EdgeNetError(code, message, { taskId, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
  }

  #progress(progress: TaskProgress): void {
    this.#pending.progress(progress);
    this.engine.emit({ type: 'progress', progress });
  }
}

/** By this life of the engine or an earlier one: whoever asks again gets the result, and pays no second time. */
function isBought(driver: Driver<PeerState>, taskId: string): boolean {
  return driver.state.submissions.get(taskId)?.escrow !== undefined;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
