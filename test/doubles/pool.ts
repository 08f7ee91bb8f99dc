/**
 * The compute pool of the simulator: the real scheduling on a virtual clock, with workers that compute nothing.
 * A result is a function of (kind, version, payload) alone, or of a shard's content, so honest nodes agree and liars do not.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { createPool, type PoolOptions } from '../../src/engine/adapters/pool/pool.js';
import type { ComputeWorker, FromWorker, Spawn, ToWorker, WorkerEvents } from '../../src/engine/adapters/pool/protocol.js';
import type { Clock } from '../../src/engine/ports/clock.js';
import { ShardCaller } from '../../src/engine/adapters/pool/shard-calls.js';
import { PoolError, type Job, type Pool } from '../../src/engine/ports/pool.js';
import { runOnShard } from './shard-kernel.js';

type SimulatedJob = Pick<Job, 'kind' | 'version' | 'payload'>;

/** What a worker does with a job. `ms` is computing time: at a duty of 0.5 the clock passes twice as much. */
export type Behaviour =
  | { readonly does: 'work' | 'lie'; readonly ms: number }
  | { readonly does: 'fail'; readonly ms: number; readonly code: PoolError['code'] }
  | { readonly does: 'crash'; readonly ms: number }
  /** Heeds neither abort nor deadline. */
  | { readonly does: 'hang' };

export interface SimulatedWorkers {
  readonly clock: Clock;
  /** Honest work of 5 ms by default. */
  readonly behave?: (job: SimulatedJob) => Behaviour;
  /** From spawn to ready; 20 ms by default. */
  readonly startMs?: number;
}

export type SimulatedPoolOptions = SimulatedWorkers & Pick<PoolOptions, 'size' | 'duty' | 'keepWarmMs'>;

export function createSimulatedPool(options: SimulatedPoolOptions): Pool {
  return createPool({ ...options, assetBase: '', spawn: simulatedWorkers(options) });
}

/** What every honest worker returns: 32 bytes. */
export function simulatedOutput({ kind, version, payload }: SimulatedJob): Uint8Array {
  return sha256.create().update(new TextEncoder().encode(`${kind}\n${version}\n`)).update(payload).digest();
}

export function simulatedWorkers({ clock, behave = () => ({ does: 'work', ms: 5 }), startMs = 20 }: SimulatedWorkers): Spawn {
  return (events) => new SimulatedWorker(clock, behave, startMs, events);
}

class SimulatedWorker implements ComputeWorker {
  #duty = 1;
  /** Timers of the current job, or of the start. */
  #forget: (() => void)[];
  #running: { readonly id: number; readonly hangs: boolean } | undefined;
  readonly #shards = new ShardCaller((call) => this.events.message(call));

  constructor(private readonly clock: Clock, private readonly behave: (job: SimulatedJob) => Behaviour, startMs: number, private readonly events: WorkerEvents) {
    this.#forget = [clock.after(startMs, () => events.message({ t: 'ready' }))];
  }

  post(message: ToWorker): void {
    if (message.t === 'start' || message.t === 'duty') this.#duty = message.duty;
    if (message.t === 'run') this.#run(message);
    if (message.t === 'shard-answer') this.#shards.onAnswer(message);
    if (message.t === 'abort' && this.#running?.id === message.id && !this.#running.hangs) {
      this.#stop();
      this.#later(0, () => this.#end({ t: 'failed', id: message.id, code: 'aborted', message: 'aborted', busyMs: 0, resting: false }));
    }
  }

  async terminate(): Promise<void> {
    this.#stop();
  }

  #run(job: Extract<ToWorker, { t: 'run' }>): void {
    const { id } = job;
    const behaviour = this.behave(job);
    this.#running = { id, hangs: behaviour.does === 'hang' };
    this.#later(0, () => this.events.message({ t: 'progress', id, phase: 'simulated', loaded: 0, total: 1 }));
    if (behaviour.does === 'hang') return;
    this.#later(behaviour.ms / this.#duty, () => {
      if (behaviour.does === 'crash') return this.events.failed(new PoolError('kernel-failed', 'The simulated worker crashed.'));
      const report = { id, busyMs: behaviour.ms, resting: false };
      if (behaviour.does === 'fail') return this.#end({ t: 'failed', code: behaviour.code, message: `The simulated kernel failed: ${behaviour.code}`, ...report });
      this.events.message({ t: 'progress', id, phase: 'simulated', loaded: 1, total: 1 });
      void this.#compute(job, behaviour.does === 'lie').then(
        (output) => this.#end({ t: 'done', output, fuel: job.payload.byteLength, items: 1, ...report }),
        (error: unknown) => this.#end({ t: 'failed', code: 'kernel-failed', message: String(error), ...report }),
      );
    });
  }

  async #compute(job: Extract<ToWorker, { t: 'run' }>, lies: boolean): Promise<Uint8Array> {
    const output = (await runOnShard(job.kind, job.payload, this.#shards.access(job.id))) ?? simulatedOutput(job);
    if (lies) output[0]! ^= 1;
    return output;
  }

  #end(message: Extract<FromWorker, { t: 'done' | 'failed' }>): void {
    // What was stopped while it waited for a shard has been answered for.
    if (this.#running?.id !== message.id) return;
    this.#running = undefined;
    this.events.message(message);
  }

  #later(delayMs: number, callback: () => void): void {
    this.#forget.push(this.clock.after(delayMs, callback));
  }

  #stop(): void {
    for (const forget of this.#forget.splice(0)) forget();
  }
}
