/**
 * Small tasks through a whole network on this machine: a relay with its witness and two contributors, each a process
 * of its own, and the submitters in this one. From `submit()` to the verified result.
 *
 * Beside it, in the same run and on the same payload: the same kernel on this process's own pool, and a plain HTTP server
 * that runs the kernel, which is what a user who trusts one machine would set up.
 *
 *     npm run build && node --import tsx bench/run.ts tasks
 */
import { fileURLToPath } from 'node:url';
import type { EngineHandle, Task, TaskResult } from '../src/engine/api.js';
import type { NodeOptions } from '../src/engine/node/index.js';
import { decode, encode } from '../src/kernels/codec.js';
import { manifest } from '../src/kernels/vector_search/manifest.js';
import { DIST, startChild, startNetwork } from './network.js';
import { latencyMs, round, type Latency } from './statistics.js';

const CONTRIBUTORS = 2;
const CPU_LIMIT = 1;
/** Small enough to travel inside one message, and for one socket's 200 KB a second to last for as many as there is time for. */
const VECTORS = 32;
const DIMS = 16;
const WARM_UP = 40;
const TASKS = 300;
const SUBMITTERS = 4;
/** Tasks that each submitter has under way at once. */
const IN_FLIGHT = 4;
const THROUGHPUT_MS = 15_000;

/** What passed between the submitter's own events, in milliseconds. */
interface Split {
  /** Payload encrypted, escrow signed, logged by the witness, certified. */
  readonly certified: Latency;
  /** Key boxed and delivered, kernel run, first answer back and opened. */
  readonly firstResult: Latency;
  /** Until the last answer, digests compared. */
  readonly verified: Latency;
}

export interface TasksBench {
  readonly payloadBytes: number;
  /** By redundancy. */
  readonly latencyMs: { readonly k1: Latency; readonly k2: Latency };
  readonly splitMs: Split;
  /** `submitters` accounts with `inFlight` tasks each under way, redundancy 2. `failed` were refunded, and count for nothing. */
  readonly throughput: { readonly submitters: number; readonly inFlight: number; readonly tasksPerMinute: number; readonly failed: number; readonly latencyMs: Latency };
  readonly poolMs: Latency;
  readonly httpMs: Latency;
  /** Median of a task at redundancy 2 over those of the pool and of the HTTP server. */
  readonly ratio: { readonly toPool: number; readonly toHttp: number };
}

interface Library {
  init(options: NodeOptions): Promise<EngineHandle>;
}

const payload = {
  query: row(0), k: 5,
  vectors: Array.from({ length: VECTORS }, (_, i) => row(i + 1)),
};

function row(seed: number): number[] {
  return Array.from({ length: DIMS }, (_, i) => Math.sin((seed + 1) * 12.9898 + i * 78.233));
}

export async function bench(): Promise<TasksBench> {
  const { init } = (await import(new URL('index.js', DIST).href)) as Library;
  const network = await startNetwork(CONTRIBUTORS, CPU_LIMIT);
  const engines: EngineHandle[] = [];
  const submitter = async (): Promise<EngineHandle> => {
    const engine = await init({ relays: [network.relay], local: 'never', base: DIST.href });
    engines.push(engine);
    await untilPeers(engine);
    return engine;
  };
  try {
    const engine = await submitter();
    await sequence(engine, task(2), WARM_UP);
    const k2 = await sequence(engine, task(2), TASKS);
    const k1 = await sequence(engine, task(1), TASKS);
    const pool = await sequence(engine, task(1, 'only'), TASKS);
    const http = await overHttp();
    const more = await Promise.all(Array.from({ length: SUBMITTERS - 1 }, submitter));
    const throughput = await inParallel([engine, ...more]);
    const [k2Ms, poolMs, httpMs] = [latencyMs(k2.map(({ totalMs }) => totalMs)), latencyMs(pool.map(({ totalMs }) => totalMs)), latencyMs(http)];
    return {
      payloadBytes: encode(manifest.normalise(payload)).length,
      latencyMs: { k1: latencyMs(k1.map(({ totalMs }) => totalMs)), k2: k2Ms },
      splitMs: splitOf(k2), throughput, poolMs, httpMs,
      ratio: { toPool: round(k2Ms.p50 / poolMs.p50, 1), toHttp: round(k2Ms.p50 / httpMs.p50, 1) },
    };
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
    await network.close();
  }
}

function task(redundancy: number, local: 'never' | 'only' = 'never'): Task {
  return { type: 'vector_search', payload, options: { redundancy, local } };
}

function untilPeers(engine: EngineHandle): Promise<void> {
  return new Promise((resolve) => {
    const look = (): void => {
      if (engine.state.stats.peers < CONTRIBUTORS) return;
      unsubscribe();
      resolve();
    };
    const unsubscribe = engine.subscribe(look);
    look();
  });
}

interface Sample {
  readonly certifiedMs: number;
  readonly firstResultMs: number;
  readonly totalMs: number;
}

async function sequence(engine: EngineHandle, work: Task, count: number): Promise<Sample[]> {
  const samples: Sample[] = [];
  while (samples.length < count) samples.push(await sample(engine, work));
  return samples;
}

async function sample(engine: EngineHandle, work: Task): Promise<Sample> {
  const startMs = performance.now();
  let certifiedMs = 0;
  let firstResultMs = 0;
  const unsubscribe = engine.subscribe((event) => {
    if (event.type === 'task' && event.entry.role === 'submitter' && event.entry.outcome === 'running') certifiedMs = performance.now() - startMs;
    if (event.type === 'progress' && event.progress.phase === 'results') firstResultMs ||= performance.now() - startMs;
  });
  const result = await engine.submit(work);
  const totalMs = performance.now() - startMs;
  unsubscribe();
  expectRight(result, work);
  return { certifiedMs, firstResultMs, totalMs };
}

/** A benchmark of wrong answers would be worth nothing. */
function expectRight({ verified, matches }: TaskResult, { options }: Task): void {
  if ((matches as unknown[][])[0]?.length !== payload.k) throw new Error('The search returned the wrong number of matches.');
  if (verified !== (options?.redundancy === 2)) throw new Error(`A task at redundancy ${options?.redundancy} came back as verified: ${verified}.`);
}

function splitOf(samples: readonly Sample[]): Split {
  return {
    certified: latencyMs(samples.map(({ certifiedMs }) => certifiedMs)),
    firstResult: latencyMs(samples.map(({ certifiedMs, firstResultMs }) => firstResultMs - certifiedMs)),
    verified: latencyMs(samples.map(({ firstResultMs, totalMs }) => totalMs - firstResultMs)),
  };
}

async function inParallel(engines: readonly EngineHandle[]): Promise<TasksBench['throughput']> {
  const samples: number[] = [];
  let failed = 0;
  const startMs = performance.now();
  const submitUntilDone = async (engine: EngineHandle): Promise<void> => {
    while (performance.now() - startMs < THROUGHPUT_MS) {
      const fromMs = performance.now();
      const result = await engine.submit(task(2)).catch(refunded);
      if (!result) {
        failed += 1;
        continue;
      }
      expectRight(result, task(2));
      samples.push(performance.now() - fromMs);
    }
  };
  await Promise.all(engines.flatMap((engine) => Array.from({ length: IN_FLIGHT }, () => submitUntilDone(engine))));
  const minutes = (performance.now() - startMs) / 60_000;
  return { submitters: engines.length, inFlight: IN_FLIGHT, tasksPerMinute: Math.round(samples.length / minutes), failed, latencyMs: latencyMs(samples) };
}

/** Overload may cost a task its time limits, and then its credits come back. Anything else is a defect. */
function refunded(error: { readonly code?: string }): undefined {
  if (error.code !== 'timeout' && error.code !== 'no-workers') throw error;
}

async function overHttp(): Promise<number[]> {
  const server = await startChild(fileURLToPath(new URL('http-worker.ts', import.meta.url)), [], ['--import', 'tsx']);
  try {
    const url = `http://127.0.0.1:${(server.ready as { port: number }).port}/`;
    const samples: number[] = [];
    for (let i = -WARM_UP; i < TASKS; i++) {
      const startMs = performance.now();
      const body = encode(manifest.normalise(payload)) as Uint8Array<ArrayBuffer>;
      const response = await fetch(url, { method: 'POST', body });
      const { matches } = manifest.present(decode(new Uint8Array(await response.arrayBuffer()))) as { matches: unknown[][] };
      if (matches[0]?.length !== payload.k) throw new Error('The server returned the wrong number of matches.');
      if (i >= 0) samples.push(performance.now() - startMs);
    }
    return samples;
  } finally {
    await server.stop();
  }
}
