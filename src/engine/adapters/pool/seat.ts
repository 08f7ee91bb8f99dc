/**
 * One worker from start to end: starting -> idle -> running -> (resting ->) idle … -> ended. A disposable one ends
 * after its first job, when it has paid for what it overdrew.
 *
 * A seat never comes back: whoever is killed, crashes or has been idle for long leaves, and the pool opens
 * a new seat when there is work. Memory of a WASM module returns only that way. Each state has at
 * most one timer, and leaving the state clears it.
 *
 * The worker computes on strangers' bytes and is not believed: what it says must have its shape, and come where it belongs.
 */
import type { Clock } from '../../ports/clock.js';
import { PoolError } from '../../ports/pool.js';
import { ownBytes } from './bytes.js';
import { isFromWorker } from './from-worker.js';
import type { ComputeWorker, FromWorker, Spawn, Surroundings } from './protocol.js';
import { answerShardCall } from './shard-calls.js';
import type { Ticket } from './queue.js';

export interface SeatOptions {
  readonly clock: Clock;
  readonly spawn: Spawn;
  readonly surroundings: Surroundings;
  readonly startMsMax: number;
  readonly abortMsMax: number;
  readonly keepWarmMs: number;
  /** The worker is ended after its first job. */
  readonly disposable: boolean;
  /** The limit when the worker is ready, which may be later than now. */
  duty(): number;
  /** It can take a job. */
  freed(): void;
  /** It computed this much since it was last asked. */
  computed(busyMs: number): void;
  /** Gone. `refused` says why where it never started; `leaving` resolves when nothing is left. */
  ended(seat: Seat, leaving: Promise<void>, refused?: PoolError): void;
}

/** On top of twice the time that paying for the last job takes at most. */
const REST_SLACK_MS = 10_000;
/** Timers take no more. */
const TIMER_MS_MAX = 2 ** 31 - 1;

type State = 'starting' | 'idle' | 'running' | 'resting' | 'ended';

export class Seat {
  /** Kinds whose kernel this worker has loaded. */
  readonly kinds = new Set<string>();
  #state: State = 'starting';
  #worker: ComputeWorker;
  #ticket: Ticket | undefined;
  #reportedMs = 0;
  #forgetTimer: () => void = () => {};

  /** @throws PoolError where the platform refuses a worker on the spot */
  constructor(private readonly options: SeatOptions) {
    this.#worker = options.spawn({ message: (message) => this.#receive(message), failed: (error) => this.end(error) });
    this.#enter('starting', options.startMsMax, () => this.end(new PoolError('csp-worker', 'A compute worker did not start in time. Check that its script can be loaded and that the Content-Security-Policy allows it.')));
  }

  get state(): State {
    return this.#state;
  }

  run(ticket: Ticket): void {
    const { kind, version, payload, wallMs, meter } = ticket.job;
    this.kinds.add(kind);
    this.#ticket = ticket;
    this.#reportedMs = 0;
    this.#enter('running', wallMs, () => this.end(new PoolError('timeout', `The ${kind} task ran longer than ${wallMs} ms and was stopped.`)));
    const bytes = ownBytes(payload);
    try {
      this.#worker.post({ t: 'run', id: ticket.id, kind, version, payload: bytes, meter, onShard: ticket.shards !== undefined }, [bytes.buffer]);
    } catch (cause) {
      ticket.reject(new PoolError('kernel-failed', `The payload could not be handed over: ${(cause as Error).message}`, { cause }));
      this.#rest(false);
    }
  }

  /** Asks the kernel to stop, and kills it when it does not. True if it was running this ticket. */
  abandon(ticket: Ticket): boolean {
    if (this.#ticket !== ticket) return false;
    this.#worker.post({ t: 'abort', id: ticket.id });
    this.#enter('running', this.options.abortMsMax, () => this.end());
    return true;
  }

  limit(duty: number): void {
    if (this.#state === 'starting' || this.#state === 'ended') return;
    this.#worker.post({ t: 'duty', duty });
    if (this.#state === 'resting') this.#payOff();
  }

  /** Kills the worker; the job it has, if any, fails with `error`. */
  end(error?: PoolError): void {
    if (this.#state === 'ended') return;
    const refused = this.#state === 'starting' ? error : undefined;
    this.#enter('ended');
    if (error) this.#ticket?.reject(error);
    this.options.ended(this, this.#worker.terminate(), refused);
  }

  #receive(message: unknown): void {
    if (this.#state === 'ended') return;
    if (!isFromWorker(message) || !this.#isInPlace(message)) return this.end(new PoolError('kernel-failed', 'The compute worker said what does not belong there, and was ended.'));
    switch (message.t) {
      case 'ready':
        this.#worker.post({ t: 'start', duty: this.options.duty(), surroundings: this.options.surroundings });
        return this.#rest(false);
      case 'rested':
        return this.#rest(false);
      case 'progress':
        return this.#isCurrent(message) ? this.#ticket?.progress(message.phase, message.loaded, message.total) : undefined;
      case 'shard-call':
        return void this.#answer(message);
      case 'beat':
        return this.#isCurrent(message) ? this.#account(message.busyMs) : undefined;
      case 'done':
        this.#account(message.busyMs);
        this.#ticket?.resolve({ output: message.output, fuel: message.fuel, items: message.items, busyMs: message.busyMs });
        return this.#rest(message.resting);
      case 'failed':
        this.#account(message.busyMs);
        this.#ticket?.reject(new PoolError(message.code, message.message));
        return this.#rest(message.resting);
    }
  }

  /** A kernel may have left something running that goes on speaking of a job that has ended: that is not heard, but no lie. */
  #isInPlace(message: FromWorker): boolean {
    switch (message.t) {
      case 'ready':
        return this.#state === 'starting';
      case 'rested':
        return this.#state === 'resting';
      case 'beat':
        return this.#state !== 'starting' && (!this.#isCurrent(message) || this.#isPossible(message.busyMs));
      case 'progress':
      case 'shard-call':
        return this.#state !== 'starting';
      case 'done':
      case 'failed':
        return this.#isCurrent(message) && this.#isPossible(message.busyMs);
    }
  }

  #isCurrent({ id }: { readonly id: number }): boolean {
    return this.#ticket?.id === id;
  }

  /** The first job is charged the start, too. */
  #isPossible(busyMs: number): boolean {
    return busyMs >= this.#reportedMs && busyMs <= this.#ticket!.job.wallMs + this.options.startMsMax;
  }

  async #answer(call: Extract<FromWorker, { t: 'shard-call' }>): Promise<void> {
    const answer = await answerShardCall(this.#isCurrent(call) ? this.#ticket?.shards : undefined, call);
    if (this.state !== 'ended') this.#worker.post(answer, answer.bytes && [answer.bytes.buffer]);
  }

  #account(busyMs: number): void {
    this.options.computed(busyMs - this.#reportedMs);
    this.#reportedMs = busyMs;
  }

  #rest(resting: boolean): void {
    this.#ticket = undefined;
    if (resting) return this.#payOff();
    if (this.options.disposable && this.kinds.size > 0) return this.end();
    this.#enter('idle');
    this.options.freed();
    // A timer only where nothing was waiting.
    if (this.state === 'idle') this.#enter('idle', this.options.keepWarmMs, () => this.end());
  }

  /** No longer than the last job's debt can last, which is all that it computed; while paused, as long as that takes. */
  #payOff(): void {
    const duty = this.options.duty();
    if (duty === 0) return this.#enter('resting');
    this.#enter('resting', Math.min(REST_SLACK_MS + (2 * this.#reportedMs) / duty, TIMER_MS_MAX), () => this.end());
  }

  #enter(state: State, timeoutMs?: number, onTimeout?: () => void): void {
    this.#forgetTimer();
    this.#state = state;
    this.#forgetTimer = timeoutMs !== undefined && onTimeout ? this.options.clock.after(timeoutMs, onTimeout) : () => {};
  }
}
