/**
 * The CPU limit of one worker: a token bucket that computing drains and wall time fills.
 *
 * Credit is computing time in milliseconds. It falls by the time computed and rises by `duty` times the
 * time passed; a worker that has overdrawn it stays away until it has saved one period's worth again. Debt is
 * carried over, so a kernel that breathes late pays for it, and the long-run share is `duty` exactly; an
 * on/off loop without the debt was measured at 87 % for a target of 50 %.
 */
import type { Clock } from '../../ports/clock.js';

const PERIOD_MS = 100;
/** Longest stretch of work without looking at the message queue. */
const STRETCH_MS = 4;
/** A blocked thread hears nothing: it looks up so often. */
const BLOCK_MS_MAX = 250;
/** A timer so late is made good; what a long idle time would have saved is not. */
const LATE_MS_MAX = 50;

export interface DutyTime extends Clock {
  /** Lets waiting messages in, without the clamp on nested timers. */
  yield(): Promise<void>;
  /** Stops the thread for so long; returns at once where that is impossible. */
  block(delayMs: number): void;
}

export class DutyCycle {
  #duty = 1;
  #creditMs = 0;
  #busyMs = 0;
  #computing = false;
  #countedAt: number;
  #stretchFrom = 0;
  #wake: (() => void) | undefined;

  constructor(private readonly time: DutyTime) {
    this.#countedAt = time.now();
  }

  limit(duty: number): void {
    this.#count();
    this.#duty = duty;
    this.#wake?.();
  }

  /** A job starts computing, or has computed for `spentMs` already, while which the bucket filled as well. */
  begin(spentMs = 0): void {
    this.#count();
    this.#creditMs -= spentMs * (1 - this.#duty);
    this.#busyMs = spentMs;
    this.#resume();
  }

  /** Computing time of the job so far. */
  busyMs(): number {
    this.#count();
    return this.#busyMs;
  }

  /** The job has ended; the result is its computing time. */
  end(): number {
    this.#count();
    this.#computing = false;
    return this.#busyMs;
  }

  get overdrawn(): boolean {
    return this.#creditMs < 0;
  }

  /** Between two chunks of work: looks at the queue, and pauses when the share is used up. An abort ends the pause. */
  async breathe(signal: AbortSignal): Promise<void> {
    const now = this.#count();
    if (!this.overdrawn && now - this.#stretchFrom < STRETCH_MS) return;
    this.#computing = false;
    await (this.overdrawn ? this.rest(signal) : this.time.yield());
    this.#count();
    this.#resume();
  }

  /** For code that cannot be left and entered again: pays part of the debt by blocking the thread, the rest stays debt. */
  breatheSync(): void {
    this.#count();
    if (!this.overdrawn) return;
    this.#computing = false;
    this.time.block(Math.min((this.#periodCredit() - this.#creditMs) / this.#duty, BLOCK_MS_MAX));
    this.#count();
    this.#resume();
  }

  /** Resolves when no debt is left. */
  async rest(signal?: AbortSignal): Promise<void> {
    while (this.overdrawn && !signal?.aborted) {
      await this.#sleep((this.#periodCredit() - this.#creditMs) / this.#duty, signal);
      this.#count();
    }
  }

  #resume(): void {
    this.#computing = true;
    this.#stretchFrom = this.#countedAt;
  }

  /** Credit that lasts for the working part of one period, given that it fills while it drains. */
  #periodCredit(): number {
    return this.#duty * (1 - this.#duty) * PERIOD_MS;
  }

  #count(): number {
    const now = this.time.now();
    const passedMs = now - this.#countedAt;
    const spentMs = this.#computing ? passedMs : 0;
    this.#creditMs = Math.min(this.#creditMs + this.#duty * passedMs - spentMs, this.#periodCredit() + this.#duty * LATE_MS_MAX);
    this.#busyMs += spentMs;
    this.#countedAt = now;
    return now;
  }

  /** Ends early when the limit changes or the job is aborted; an infinite sleep is a pause. */
  #sleep(ms: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const forget = Number.isFinite(ms) ? this.time.after(ms, () => wake()) : () => {};
      const wake = (): void => {
        forget();
        signal?.removeEventListener('abort', wake);
        this.#wake = undefined;
        resolve();
      };
      this.#wake = wake;
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
