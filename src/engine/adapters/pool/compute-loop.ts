/**
 * The worker's half of the pool, the same in a page worker and in a Node thread: one job at a time, under the
 * CPU limit, with progress, abort and honest failures. It computes nothing itself; the registry does.
 */
import { KernelError, type KernelContext } from '../../../kernels/kernel.js';
import { PoolError } from '../../ports/pool.js';
import { ownBytes } from './bytes.js';
import { DutyCycle } from './duty-cycle.js';
import type { FromWorker, Surroundings, ToWorker } from './protocol.js';
import { runJob, type KernelRegistry } from './run-job.js';
import { ShardCaller } from './shard-calls.js';
import { StopSwitch } from './stop-switch.js';
import { workerTime } from './worker-time.js';

export interface ComputePort {
  post(message: FromWorker, transfer?: ArrayBuffer[]): void;
  listen(receive: (message: ToWorker) => void): void;
}

const PROGRESS_MS_MIN = 50;
const BEAT_MS = 500;

/**
 * Serves jobs from `port` until the worker is terminated.
 * @param startMs what it took to come so far, charged to the first job: counts where a worker runs no other
 */
export function serveCompute(registry: KernelRegistry, port: ComputePort, startMs = 0): void {
  const duty = new DutyCycle(workerTime);
  let unpaidMs = startMs;
  let surroundings: Surroundings = { modelBase: undefined, assetBase: '' };
  const caller = new ShardCaller((message, transfer) => port.post(message, transfer));
  let current: { readonly id: number; readonly stop: StopSwitch } | undefined;

  async function run(job: Extract<ToWorker, { t: 'run' }>): Promise<void> {
    const stop = new StopSwitch();
    current = { id: job.id, stop };
    const context = contextOf(job, stop);
    duty.begin(unpaidMs);
    unpaidMs = 0;
    try {
      const { output, fuel, items } = await runJob(registry, job, context);
      const bytes = ownBytes(output);
      port.post({ t: 'done', id: job.id, output: bytes, fuel, items, busyMs: duty.end(), resting: duty.overdrawn }, [bytes.buffer]);
    } catch (error) {
      port.post({ t: 'failed', id: job.id, ...explain(error, stop.stopped), busyMs: duty.end(), resting: duty.overdrawn });
    }
    current = undefined;
    if (duty.overdrawn) {
      await duty.rest();
      port.post({ t: 'rested' });
    }
  }

  function contextOf({ id, onShard }: Extract<ToWorker, { t: 'run' }>, stop: StopSwitch): KernelContext {
    let beatAt = workerTime.now();
    let shown = { phase: '', at: 0 };
    const { modelBase, modelCache, assetBase } = surroundings;
    return {
      modelBase,
      modelCache,
      assetBase,
      shards: onShard ? caller.access(id) : undefined,
      get signal() {
        return stop.signal;
      },
      progress(phase, loaded, total) {
        const now = workerTime.now();
        if (phase === shown.phase && loaded < total && now - shown.at < PROGRESS_MS_MIN) return;
        shown = { phase, at: now };
        port.post({ t: 'progress', id, phase, loaded, total });
      },
      async breathe() {
        await duty.breathe(stop.signal);
        stop.signal.throwIfAborted();
        beat();
      },
      breatheSync() {
        duty.breatheSync();
        beat();
      },
    };

    function beat(): void {
      const now = workerTime.now();
      if (now - beatAt < BEAT_MS) return;
      beatAt = now;
      port.post({ t: 'beat', id, busyMs: duty.busyMs() });
    }
  }

  port.listen((message) => {
    switch (message.t) {
      case 'start':
        surroundings = message.surroundings;
        return duty.limit(message.duty);
      case 'duty':
        return duty.limit(message.duty);
      case 'shard-answer':
        return caller.onAnswer(message);
      case 'abort':
        return current?.id === message.id ? current.stop.stop() : undefined;
      case 'run':
        return void run(message);
    }
  });
  port.post({ t: 'ready' });
}

function explain(error: unknown, stopped: boolean): { code: PoolError['code']; message: string } {
  if (stopped) return { code: 'aborted', message: 'The task was aborted.' };
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof PoolError || (error instanceof KernelError && error.code !== 'kernel-failed')) return { code: error.code, message };
  if (wasmRefused()) return { code: 'csp-wasm', message: "This page's Content-Security-Policy refuses WebAssembly: add 'wasm-unsafe-eval' to script-src." };
  return { code: 'kernel-failed', message };
}

/** Compiles the smallest module there is; asked only after a failure, kernels without WASM need no permission. */
function wasmRefused(): boolean {
  try {
    return !new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0));
  } catch {
    return true;
  }
}
