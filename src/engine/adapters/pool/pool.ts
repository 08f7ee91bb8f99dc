/**
 * The compute pool: which job runs on which worker, and when. It knows neither pages nor Node; a `Spawn`
 * (`page-worker.ts`, `node-thread.ts`, or the simulator's) starts the workers.
 *
 * One job a worker, no worker before the first job, idle ones dropped after a while. Jobs are bound to a
 * worker only when it is free, so that a late but urgent job overtakes all that wait. Sandboxed kinds have workers
 * of their own, each of which is ended after one job; both sorts together are no more than `size` at once.
 */
import type { Clock } from '../../ports/clock.js';
import { PoolError, type Job, type JobResult, type Pool, type RunOptions } from '../../ports/pool.js';
import { BusyShare } from './busy-share.js';
import { Lane } from './lane.js';
import type { Spawn } from './protocol.js';
import { isBefore, Ticket } from './queue.js';

export interface SandboxOptions {
  /** Kinds whose manifests say `sandboxed`. */
  readonly kinds: ReadonlySet<string>;
  readonly spawn: Spawn;
  /** Told of every job that failed because this platform grants no sandbox. */
  refused?(error: PoolError): void;
}

export interface PoolOptions {
  /** Workers that may run at once, at least 1. */
  readonly size: number;
  readonly spawn: Spawn;
  /** Without one, sandboxed kinds are for the workers of `spawn` to refuse. */
  readonly sandbox?: SandboxOptions;
  readonly clock: Clock;
  /** See `Pool.limit`; 1 by default. */
  readonly duty?: number;
  /** Base URL (page) or directory (Node) that model names are resolved against. */
  readonly modelBase?: string;
  /** Directory for downloaded models, in Node. */
  readonly modelCache?: string | undefined;
  /** Where the package's own assets lie; ends in a slash. */
  readonly assetBase: string;
  /** An idle worker is kept for so long; 30 s by default. */
  readonly keepWarmMs?: number;
  /** A kernel has so long to heed an abort before it is killed; 150 ms by default, so that a pause takes 200 at most. */
  readonly abortMsMax?: number;
  /** A worker has so long to load; 30 s by default. */
  readonly startMsMax?: number;
}

/** What a page's policy refuses stays refused until its next load. */
const REFUSALS: ReadonlySet<PoolError['code']> = new Set<PoolError['code']>(['csp-frame', 'csp-worker', 'csp-wasm', 'csp-connect', 'trusted-types']);

/** The share of `limit` applies to each worker; `busy` is the mean over all `size` of them. */
export function createPool(options: PoolOptions): Pool {
  return new WorkerPool(options);
}

class WorkerPool implements Pool {
  readonly #plain: Lane;
  readonly #sandboxed: Lane | undefined;
  readonly #lanes: readonly Lane[];
  readonly #sandbox: SandboxOptions | undefined;
  readonly #leaving = new Set<Promise<void>>();
  readonly #busy: BusyShare;
  #size: number;
  #duty: number;
  #ids = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#size = workers(options.size);
    this.#duty = share(options.duty ?? 1);
    this.#busy = new BusyShare(options.clock);
    this.#sandbox = options.sandbox;
    const laneOf = (spawn: Spawn, disposable: boolean): Lane =>
      new Lane({
        clock: options.clock,
        spawn,
        disposable,
        surroundings: { modelBase: options.modelBase, modelCache: options.modelCache, assetBase: options.assetBase },
        startMsMax: options.startMsMax ?? 30_000,
        abortMsMax: options.abortMsMax ?? 150,
        keepWarmMs: options.keepWarmMs ?? 30_000,
        duty: () => this.#duty,
        freed: () => this.#dispatch(),
        computed: (busyMs) => this.#busy.add(busyMs),
        ended: (leaving) => this.#seatEnded(leaving),
      });
    this.#plain = laneOf(options.spawn, false);
    this.#sandboxed = options.sandbox && laneOf(options.sandbox.spawn, true);
    this.#lanes = this.#sandboxed ? [this.#plain, this.#sandboxed] : [this.#plain];
  }

  get size(): number {
    return this.#size;
  }

  get load(): Pool['load'] {
    return { running: this.#sum((lane) => lane.count('running')), waiting: this.#sum((lane) => lane.waiting.size) };
  }

  get busy(): number {
    return Math.min(1, this.#busy.cores() / this.#size);
  }

  run(job: Job, options: RunOptions = {}): Promise<JobResult> {
    const ticket = new Ticket(++this.#ids, job, options);
    if (this.#closed) ticket.reject(closed());
    else if (options.signal?.aborted) ticket.reject(aborted());
    else {
      const lane = this.#laneOf(job.kind);
      ticket.whenAbandoned(() => {
        lane.abandon(ticket);
        ticket.reject(aborted());
      });
      lane.waiting.push(ticket);
      this.#dispatch();
      if (lane === this.#sandboxed) return this.#tellRefusal(ticket.result);
    }
    return ticket.result;
  }

  limit(duty: number, size = this.#size): void {
    this.#duty = share(duty);
    this.#size = workers(size);
    for (const lane of this.#lanes) for (const seat of lane.seats) seat.limit(this.#duty);
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const lane of this.#lanes) lane.close(closed());
    await Promise.all(this.#leaving);
  }

  #dispatch(): void {
    if (this.#closed || this.#duty === 0) return;
    for (let lane = this.#laneToServe(); lane; lane = this.#laneToServe()) lane.serve();
    for (let hasOpened = true; hasOpened; ) {
      hasOpened = false;
      // In turn, so that many jobs of one sort leave room for a more urgent one of the other.
      for (const lane of this.#byUrgency()) {
        if (!lane.lacksSeat(this.#size) || this.#sum(({ occupied }) => occupied) + this.#sum((each) => each.count('starting')) >= this.#size) continue;
        lane.open();
        hasOpened = true;
      }
    }
  }

  /** The lane whose first job may run now. A more urgent one whose worker has yet to start keeps its place. */
  #laneToServe(): Lane | undefined {
    let free = this.#size - this.#sum(({ occupied }) => occupied);
    for (const lane of this.#byUrgency()) {
      if (free <= 0) return undefined;
      if (lane.isReady) return lane;
      free -= Math.max(1, lane.count('starting'));
    }
    return undefined;
  }

  /** Lanes where jobs wait, the one with the most urgent job first. */
  #byUrgency(): Lane[] {
    return this.#lanes.filter(({ waiting }) => waiting.size > 0).sort((a, b) => (isBefore(a.waiting.peek()!, b.waiting.peek()!) ? -1 : 1));
  }

  #laneOf(kind: string): Lane {
    return this.#sandboxed && this.#sandbox?.kinds.has(kind) ? this.#sandboxed : this.#plain;
  }

  async #tellRefusal(result: Promise<JobResult>): Promise<JobResult> {
    try {
      return await result;
    } catch (error) {
      if (REFUSALS.has((error as PoolError).code)) this.#sandbox?.refused?.(error as PoolError);
      throw error;
    }
  }

  #seatEnded(leaving: Promise<void>): void {
    const left = leaving.finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
    this.#dispatch();
  }

  #sum(count: (lane: Lane) => number): number {
    return this.#lanes.reduce((sum, lane) => sum + count(lane), 0);
  }
}

function workers(size: number): number {
  if (!Number.isSafeInteger(size) || size < 1) throw new RangeError(`A pool has at least one worker, not ${size}.`);
  return size;
}

function share(duty: number): number {
  if (!(duty >= 0 && duty <= 1)) throw new RangeError(`A share of time lies between 0 and 1, not ${duty}.`);
  return duty;
}

const closed = (): PoolError => new PoolError('closed', 'The compute pool is closed.');
const aborted = (): PoolError => new PoolError('aborted', 'The task was aborted.');
