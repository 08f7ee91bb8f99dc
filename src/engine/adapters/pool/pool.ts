/**
 * The compute pool: which job runs on which worker, and when. It knows neither pages nor Node; a `Spawn`
 * (`page-worker.ts`, `node-thread.ts`, or the simulator's) starts the workers.
 *
 * One job a worker, no worker before the first job, idle ones dropped after a while. Jobs are bound to a
 * worker only when it is free, so that a late but urgent job overtakes all that wait.
 */
import type { Clock } from '../../ports/clock.js';
import { PoolError, type Job, type JobResult, type Pool, type RunOptions } from '../../ports/pool.js';
import { BusyShare } from './busy-share.js';
import type { Spawn } from './protocol.js';
import { JobQueue, Ticket } from './queue.js';
import { Seat, type SeatOptions } from './seat.js';

export interface PoolOptions {
  /** Workers that may run at once, at least 1. */
  readonly size: number;
  readonly spawn: Spawn;
  readonly clock: Clock;
  /** See `Pool.limit`; 1 by default. */
  readonly duty?: number;
  /** Base URL (page) or directory (Node) that model names are resolved against. */
  readonly modelBase?: string;
  /** Where the package's own assets lie; ends in a slash. */
  readonly assetBase: string;
  /** An idle worker is kept for so long; 30 s by default. */
  readonly keepWarmMs?: number;
  /** A kernel has so long to heed an abort before it is killed; 200 ms by default. */
  readonly abortMsMax?: number;
  /** A worker has so long to load; 30 s by default. */
  readonly startMsMax?: number;
}

/** The share of `limit` applies to each worker; `busy` is the mean over all `size` of them. */
export function createPool(options: PoolOptions): Pool {
  return new WorkerPool(options);
}

class WorkerPool implements Pool {
  readonly #waiting = new JobQueue();
  /** Least recently used first. */
  readonly #seats = new Set<Seat>();
  readonly #leaving = new Set<Promise<void>>();
  readonly #busy: BusyShare;
  readonly #seatOptions: SeatOptions;
  #size: number;
  #duty: number;
  #ids = 0;
  #closed = false;

  constructor(options: PoolOptions) {
    this.#size = workers(options.size);
    this.#duty = share(options.duty ?? 1);
    this.#busy = new BusyShare(options.clock);
    this.#seatOptions = {
      clock: options.clock,
      spawn: options.spawn,
      surroundings: { modelBase: options.modelBase, assetBase: options.assetBase },
      startMsMax: options.startMsMax ?? 30_000,
      abortMsMax: options.abortMsMax ?? 200,
      keepWarmMs: options.keepWarmMs ?? 30_000,
      duty: () => this.#duty,
      freed: () => this.#dispatch(),
      computed: (busyMs) => this.#busy.add(busyMs),
      ended: (seat, leaving, refused) => this.#seatEnded(seat, leaving, refused),
    };
  }

  get size(): number {
    return this.#size;
  }

  get load(): Pool['load'] {
    return { running: this.#count('running'), waiting: this.#waiting.size };
  }

  get busy(): number {
    return Math.min(1, this.#busy.cores() / this.#size);
  }

  run(job: Job, options: RunOptions = {}): Promise<JobResult> {
    const ticket = new Ticket(++this.#ids, job, options);
    if (this.#closed) ticket.reject(closed());
    else if (options.signal?.aborted) ticket.reject(aborted());
    else {
      ticket.whenAbandoned(() => this.#abandon(ticket));
      this.#waiting.push(ticket);
      this.#dispatch();
    }
    return ticket.result;
  }

  limit(duty: number, size = this.#size): void {
    this.#duty = share(duty);
    this.#size = workers(size);
    for (const seat of this.#seats) seat.limit(this.#duty);
    this.#dispatch();
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (let ticket = this.#waiting.pop(); ticket; ticket = this.#waiting.pop()) ticket.reject(closed());
    for (const seat of [...this.#seats]) seat.end(closed());
    await Promise.all(this.#leaving);
  }

  #dispatch(): void {
    if (this.#closed || this.#duty === 0) return;
    for (let seat = this.#seatForNext(); seat; seat = this.#seatForNext()) {
      this.#seats.delete(seat);
      this.#seats.add(seat);
      seat.run(this.#waiting.pop()!);
    }
    while (this.#waiting.size > this.#count('starting') && this.#seats.size < this.#size) this.#open();
  }

  /** A free worker that has the kernel loaded, else the one used last, so that the others can be dropped. */
  #seatForNext(): Seat | undefined {
    const next = this.#waiting.peek();
    if (!next || this.#count('running') >= this.#size) return undefined;
    let best: Seat | undefined;
    for (const seat of this.#seats) {
      if (seat.state !== 'idle') continue;
      if (!best || seat.kinds.has(next.job.kind) || !best.kinds.has(next.job.kind)) best = seat;
    }
    return best;
  }

  #open(): void {
    try {
      this.#seats.add(new Seat(this.#seatOptions));
    } catch (error) {
      this.#waiting.pop()?.reject(error as PoolError);
    }
  }

  #abandon(ticket: Ticket): void {
    if (!this.#waiting.remove(ticket)) for (const seat of this.#seats) if (seat.abandon(ticket)) break;
    ticket.reject(aborted());
  }

  #seatEnded(seat: Seat, leaving: Promise<void>, refused: PoolError | undefined): void {
    this.#seats.delete(seat);
    const left = leaving.finally(() => this.#leaving.delete(left));
    this.#leaving.add(left);
    // One job for each worker that cannot start: the next job tries afresh, nothing waits for ever.
    if (refused) this.#waiting.pop()?.reject(refused);
    this.#dispatch();
  }

  #count(state: Seat['state']): number {
    let count = 0;
    for (const seat of this.#seats) if (seat.state === state) count++;
    return count;
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
