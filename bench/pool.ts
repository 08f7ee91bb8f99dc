/** Dispatch: what the pool costs on top of bare postMessage to the same two threads doing the same work. */
import { Worker } from 'node:worker_threads';
import { systemClock } from '../src/engine/adapters/clock.js';
import { nodeThreads } from '../src/engine/adapters/pool/node-thread.js';
import { createPool } from '../src/engine/adapters/pool/pool.js';
import { encode } from '../src/kernels/codec.js';
import { fromSource } from '../test/pool/fixtures/threads.js';
import type { ANSWERS } from './pool-kernels.js';

const THREADS = 2;
/** Alternating, so that what else the machine does falls on both alike. */
const ROUNDS = 15;
const ROUND_MS = 120;

/** `aheadMax`: messages that bare postMessage leaves in a thread's own queue, where none can be overtaken or saved. */
const CASES = {
  '1 KB, 1 in flight': { bytes: 1_024, inFlight: 1, kind: 'echo', aheadMax: 1 },
  '1 KB, 8 in flight, one a thread': { bytes: 1_024, inFlight: 8, kind: 'echo', aheadMax: 1 },
  '1 KB, 8 in flight, queued in the threads': { bytes: 1_024, inFlight: 8, kind: 'echo', aheadMax: 4 },
  '1 MB, 1 in flight': { bytes: 1_048_576, inFlight: 1, kind: 'size', aheadMax: 1 },
} as const;

type Kind = keyof typeof ANSWERS;
type Dispatch = (kind: Kind, payload: Uint8Array) => Promise<unknown>;

export interface PoolBench {
  /** Median microseconds a task, and the median of the rounds' ratios. */
  readonly [task: string]: { readonly rawUs: number; readonly poolUs: number; readonly ratio: number };
}

export async function bench(): Promise<PoolBench> {
  const pool = createPool({ size: THREADS, clock: systemClock, assetBase: '', spawn: nodeThreads({ entry: fromSource(new URL('./pool-compute-thread.ts', import.meta.url)) }) });
  const raw = await bareThreads();
  const bare = (aheadMax: number): Dispatch => (kind, payload) => raw.dispatch(kind, payload, aheadMax);
  const throughPool: Dispatch = (kind, payload) => pool.run({ kind, version: 1, payload, wallMs: 10_000, priority: 0 });
  try {
    const results: [string, PoolBench[string]][] = [];
    for (const [name, { bytes, inFlight, kind, aheadMax }] of Object.entries(CASES)) {
      const round = (dispatch: Dispatch): Promise<number> => microsecondsATask(dispatch, kind, new Uint8Array(bytes).fill(7), inFlight);
      await Promise.all([round(bare(aheadMax)), round(throughPool)]);
      const pairs: [number, number][] = [];
      for (let count = 0; count < ROUNDS; count++) pairs.push([await round(bare(aheadMax)), await round(throughPool)]);
      results.push([name, { rawUs: median(pairs.map(([rawUs]) => rawUs)), poolUs: median(pairs.map(([, poolUs]) => poolUs)), ratio: median(pairs.map(([rawUs, poolUs]) => poolUs / rawUs)) }]);
    }
    return Object.fromEntries(results);
  } finally {
    await Promise.all([pool.close(), raw.close()]);
  }
}

async function microsecondsATask(dispatch: Dispatch, kind: Kind, data: Uint8Array, inFlight: number): Promise<number> {
  const start = performance.now();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      begun++;
      await dispatch(kind, encode(data));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  return ((performance.now() - start) * 1_000) / begun;
}

/** The least one can write: numbered messages to whichever thread has room. */
async function bareThreads(): Promise<{ dispatch(kind: Kind, payload: Uint8Array, aheadMax: number): Promise<unknown>; close(): Promise<unknown> }> {
  const answered = new Map<number, (output: Uint8Array) => void>();
  const waiting: (() => void)[] = [];
  const threads = await Promise.all(
    Array.from({ length: THREADS }, async () => {
      const worker = new Worker(fromSource(new URL('./pool-thread.ts', import.meta.url)));
      await new Promise((resolve) => worker.once('message', resolve));
      const thread = { worker, load: 0 };
      worker.on('message', ({ id, output }: { id: number; output: Uint8Array }) => {
        thread.load--;
        answered.get(id)?.(output);
        answered.delete(id);
        waiting.shift()?.();
      });
      return thread;
    }),
  );
  let ids = 0;
  return {
    dispatch: (kind, payload, aheadMax) =>
      new Promise((resolve) => {
        const id = ++ids;
        answered.set(id, resolve);
        const post = (): void => {
          const thread = threads.reduce((least, other) => (other.load < least.load ? other : least));
          if (thread.load >= aheadMax) return void waiting.push(post);
          thread.load++;
          thread.worker.postMessage({ id, kind, payload }, [payload.buffer as ArrayBuffer]);
        };
        post();
      }),
    close: () => Promise.all(threads.map(({ worker }) => worker.terminate())),
  };
}

function median(values: readonly number[]): number {
  return Number([...values].sort((a, b) => a - b)[values.length >> 1]!.toFixed(2));
}
