/** Jobs that wait for workers of one sort, and those workers. Plain kinds have one lane, sandboxed kinds another. */
import type { PoolError } from '../../ports/pool.js';
import { JobQueue, type Ticket } from './queue.js';
import { Seat, type SeatOptions } from './seat.js';

export type LaneOptions = Omit<SeatOptions, 'ended'> & {
  /** A worker of this lane is gone, or could not start, and `leaving` resolves when nothing is left of it. */
  ended(leaving: Promise<void>): void;
};

export class Lane {
  readonly waiting = new JobQueue();
  /** Least recently used first. */
  readonly seats = new Set<Seat>();
  readonly #seatOptions: SeatOptions;

  constructor(private readonly options: LaneOptions) {
    this.#seatOptions = { ...options, ended: (seat, leaving, refused) => this.#seatEnded(seat, leaving, refused) };
  }

  count(state: Seat['state']): number {
    let count = 0;
    for (const seat of this.seats) if (seat.state === state) count++;
    return count;
  }

  /** Seats that compute, or pay for having computed. */
  get occupied(): number {
    return this.count('running') + this.count('resting');
  }

  /** A worker is free for the first job. */
  get isReady(): boolean {
    return this.waiting.size > 0 && this.#seatForNext() !== undefined;
  }

  /** More jobs wait than workers start. Idle workers of disposable seats do not pile up: each has a job that waits. */
  lacksSeat(size: number): boolean {
    return this.waiting.size > this.count('starting') && (this.options.disposable || this.seats.size < size);
  }

  serve(): void {
    const seat = this.#seatForNext()!;
    this.seats.delete(seat);
    this.seats.add(seat);
    seat.run(this.waiting.pop()!);
  }

  open(): void {
    try {
      this.seats.add(new Seat(this.#seatOptions));
    } catch (error) {
      this.waiting.pop()?.reject(error as PoolError);
    }
  }

  /** Takes the job out, wherever it is. True if it was here. */
  abandon(ticket: Ticket): boolean {
    if (this.waiting.remove(ticket)) return true;
    for (const seat of this.seats) if (seat.abandon(ticket)) return true;
    return false;
  }

  close(error: PoolError): void {
    for (let ticket = this.waiting.pop(); ticket; ticket = this.waiting.pop()) ticket.reject(error);
    for (const seat of [...this.seats]) seat.end(error);
  }

  /** A free worker that has the kernel loaded, else the one used last, so that the others can be dropped. */
  #seatForNext(): Seat | undefined {
    const next = this.waiting.peek();
    let best: Seat | undefined;
    for (const seat of this.seats) {
      if (!next || seat.state !== 'idle') continue;
      if (!best || seat.kinds.has(next.job.kind) || !best.kinds.has(next.job.kind)) best = seat;
    }
    return best;
  }

  #seatEnded(seat: Seat, leaving: Promise<void>, refused: PoolError | undefined): void {
    this.seats.delete(seat);
    // One job for each worker that cannot start: the next job tries afresh, nothing waits for ever.
    if (refused) this.waiting.pop()?.reject(refused);
    this.options.ended(leaving);
  }
}
