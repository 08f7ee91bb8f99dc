/** Dispatch: what the pool costs on top of bare postMessage to the same two threads doing the same work. */
import { Worker } from 'node:worker_threads';
import { encode } from '../src/kernels/codec.js';
import type { ANSWERS } from './pool-kernels.js';
import { significant } from './race.js';
import { shipped } from './shipped.js';
import { quantile } from './statistics.js';

const THREADS = 2;
/** Alternating, so that what else the machine does falls on both alike. */
const ROUNDS = 15;
const ROUND_MS = 25;
/** Uncounted at first: each new thread compiles its code anew. */
const WARM_UP_ROUNDS = 12;
/** Each with threads of its own: two that came to lie on one core cost twice as much for as long as they are there. */
const SESSIONS = 5;

/** `aheadMax`: messages that bare postMessage leaves in a thread's own queue, where none can be overtaken or saved. */
const CASES = {
  '1 KB, 1 in flight': { bytes: 1_024, inFlight: 1, kind: 'echo', aheadMax: 1 },
  '1 KB, 8 in flight, one a thread': { bytes: 1_024, inFlight: 8, kind: 'echo', aheadMax: 1 },
  '1 KB, 8 in flight, queued in the threads': { bytes: 1_024, inFlight: 8, kind: 'echo', aheadMax: 4 },
  '1 MB, 1 in flight': { bytes: 1_048_576, inFlight: 1, kind: 'size', aheadMax: 1 },
} as const;

type Kind = keyof typeof ANSWERS;
type Dispatch = (kind: Kind, payload: Uint8Array) => Promise<unknown>;

interface Cost {
  readonly wallUs: number;
  readonly cpuUs: number;
}

export interface PoolBench {
  /** Medians: microseconds a task, the ratio within a round, and that of the processor time of all threads. */
  readonly [task: string]: { readonly rawUs: number; readonly poolUs: number; readonly ratio: number; readonly cpuRatio: number };
}

interface Round {
  readonly bare: Cost;
  readonly pool: Cost;
}

type Case = (typeof CASES)[keyof typeof CASES];
type Parts = typeof import('./pool-parts.js');

export async function bench(): Promise<PoolBench> {
  const parts = (await import((await shipped(new URL('./pool-parts.ts', import.meta.url))).href)) as Parts;
  const entries = { pool: await shipped(new URL('./pool-compute-thread.ts', import.meta.url)), bare: await shipped(new URL('./pool-thread.ts', import.meta.url)) };
  const rounds = Object.fromEntries(Object.keys(CASES).map((name) => [name, [] as Round[]]));
  for (let session = 0; session < SESSIONS; session++) {
    const pool = parts.createPool({ size: THREADS, clock: parts.systemClock, assetBase: '', spawn: parts.nodeThreads({ entry: entries.pool }) });
    const bare = await bareThreads(entries.bare);
    const throughPool: Dispatch = (kind, payload) => pool.run({ kind, version: 1, payload, wallMs: 10_000, priority: 0 });
    for (const [name, each] of Object.entries(CASES)) rounds[name]!.push(...(await roundsOf(each, (kind, payload) => bare.dispatch(kind, payload, each.aheadMax), throughPool)));
    await Promise.all([pool.close(), bare.close()]);
  }
  return Object.fromEntries(Object.entries(rounds).map(([name, all]) => [name, figuresOf(all)]));
}

async function roundsOf({ bytes, inFlight, kind }: Case, bare: Dispatch, pool: Dispatch): Promise<Round[]> {
  const costOf = (dispatch: Dispatch): Promise<Cost> => costOfATask(dispatch, kind, new Uint8Array(bytes).fill(7), inFlight);
  const rounds: Round[] = [];
  for (let count = -WARM_UP_ROUNDS; count < ROUNDS; count++) {
    const round = { bare: await costOf(bare), pool: await costOf(pool) };
    if (count >= 0) rounds.push(round);
  }
  return rounds;
}

function figuresOf(rounds: readonly Round[]): PoolBench[string] {
  const median = (figure: (round: Round) => number): number => significant(quantile(rounds.map(figure), 0.5));
  return {
    rawUs: median(({ bare }) => bare.wallUs),
    poolUs: median(({ pool }) => pool.wallUs),
    ratio: median(({ bare, pool }) => pool.wallUs / bare.wallUs),
    cpuRatio: median(({ bare, pool }) => pool.cpuUs / bare.cpuUs),
  };
}

async function costOfATask(dispatch: Dispatch, kind: Kind, data: Uint8Array, inFlight: number): Promise<Cost> {
  const start = performance.now();
  const startCpu = process.cpuUsage();
  let begun = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < ROUND_MS) {
      begun++;
      await dispatch(kind, encode(data));
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const { user, system } = process.cpuUsage(startCpu);
  return { wallUs: ((performance.now() - start) * 1_000) / begun, cpuUs: (user + system) / begun };
}

/** The least one can write: numbered messages to whichever thread has room. */
async function bareThreads(entry: URL): Promise<{ dispatch(kind: Kind, payload: Uint8Array, aheadMax: number): Promise<unknown>; close(): Promise<unknown> }> {
  const answered = new Map<number, (output: Uint8Array) => void>();
  const waiting: (() => void)[] = [];
  const threads = await Promise.all(
    Array.from({ length: THREADS }, async () => {
      const worker = new Worker(entry);
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
