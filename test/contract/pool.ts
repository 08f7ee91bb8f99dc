/**
 * The Pool contract. A subject knows these kinds in version 1: `echo` answers with a function of its payload; `steps`
 * breathes and reports progress `steps` times; `stuck` neither ends nor heeds anything; `crash` takes its worker
 * along; `refuse` throws `bad-input`; `large` exceeds the output limit; `small` takes 100 bytes of payload at most.
 */
import type { Job, Pool } from '../../src/engine/ports/pool.js';
import { encode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';
import { codeOf, type Runner } from './runner.js';

export interface PoolSubject {
  open(options: { readonly size: number }): Pool;
  /** Waits for the promise; a virtual clock passes time meanwhile. */
  settle<T>(promise: Promise<T>): Promise<T>;
}

const ENDLESS = 1e9;

export function jobOf(kind: string, payload: Value = {}, details: Partial<Job> = {}): Job {
  return { kind, version: 1, payload: encode(payload), wallMs: 60_000, priority: 0, ...details };
}

export function poolContract(name: string, { open, settle }: PoolSubject, { test: define, equal }: Runner): void {
  function test(title: string, size: number, body: (pool: Pool) => Promise<void>): void {
    define(`${name}: ${title}`, async () => {
      const pool = open({ size });
      try {
        await body(pool);
      } finally {
        await settle(pool.close());
      }
    });
  }

  const failure = (promise: Promise<unknown>): Promise<string | undefined> => settle(codeOf(promise));

  /** Resolves when the job has been seen running. */
  function begun(pool: Pool, job: Job, signal?: AbortSignal): { readonly running: Promise<void>; readonly code: Promise<string | undefined> } {
    let code!: Promise<string | undefined>;
    const running = new Promise<void>((onProgress) => {
      code = codeOf(pool.run(job, { ...(signal ? { signal } : {}), onProgress: () => onProgress() }));
    });
    return { running, code };
  }

  test('equal jobs give equal bytes on any worker, other payloads others', 2, async (pool) => {
    const results = await settle(Promise.all([1, 1, 2, 1].map((x) => pool.run(jobOf('echo', { x })))));
    const [first, second, other, fourth] = results.map(({ output }) => Array.from(output));
    equal(second, first);
    equal(fourth, first);
    equal(JSON.stringify(other) === JSON.stringify(first), false);
    equal(results[1]!.fuel, results[0]!.fuel);
    equal(results.every(({ busyMs }) => busyMs >= 0), true);
  });

  test('larger priorities first, equal ones in order of arrival', 1, async (pool) => {
    const ended: string[] = [];
    const jobs = ([['a', 1], ['b', 3], ['c', 2], ['d', 3], ['e', -1]] as const).map(async ([label, priority]) => {
      await pool.run(jobOf('echo', label, { priority }));
      ended.push(label);
    });
    await settle(Promise.all(jobs));
    equal(ended, ['b', 'd', 'c', 'a', 'e']);
  });

  test('no more jobs at once than workers, and the load tells', 2, async (pool) => {
    equal(pool.size, 2);
    const stop = new AbortController();
    const jobs = Array.from({ length: 5 }, () => begun(pool, jobOf('steps', { steps: ENDLESS }), stop.signal));
    equal(pool.load.running + pool.load.waiting, 5);
    await settle(Promise.all([jobs[0]!.running, jobs[1]!.running]));
    equal(pool.load, { running: 2, waiting: 3 });
    stop.abort();
    equal(await settle(Promise.all(jobs.map(({ code }) => code))), Array(5).fill('aborted'));
    equal(pool.load.waiting, 0);
  });

  test('progress grows up to its total', 1, async (pool) => {
    const seen: number[] = [];
    let total = 0;
    await settle(pool.run(jobOf('steps', { steps: 5 }), { onProgress: (progress) => (seen.push(progress.loaded), (total = progress.total)) }));
    equal(seen.length > 0, true);
    equal(seen, [...seen].sort((a, b) => a - b));
    equal(seen.at(-1), total);
  });

  test('a job past its wall time is killed, and the next one is served', 1, async (pool) => {
    const stuck = pool.run(jobOf('stuck', {}, { wallMs: 50 }));
    const next = pool.run(jobOf('echo'));
    equal(await failure(stuck), 'timeout');
    equal((await settle(next)).output.length > 0, true);
  });

  test('a crash fails its own job alone', 1, async (pool) => {
    const crash = pool.run(jobOf('crash'));
    const next = pool.run(jobOf('echo'));
    equal(await failure(crash), 'kernel-failed');
    equal((await settle(next)).output.length > 0, true);
  });

  test('what is wrong with the input has its own code on every worker', 2, async (pool) => {
    const codes = await Promise.all([jobOf('refuse'), jobOf('refuse'), jobOf('large'), jobOf('small', 'x'.repeat(101))].map((job) => failure(pool.run(job))));
    equal(codes, ['bad-input', 'bad-input', 'limit-exceeded', 'payload-too-large']);
    equal((await settle(pool.run(jobOf('small', 'x')))).output.length > 0, true);
  });

  test('an unknown kind or version is unsupported', 1, async (pool) => {
    for (const job of [jobOf('nonsense'), jobOf('constructor'), jobOf('echo', {}, { version: 2 })]) equal(await failure(pool.run(job)), 'unsupported');
  });

  test('a job can be aborted before it waits, while it waits and while it runs', 1, async (pool) => {
    equal(await failure(pool.run(jobOf('echo'), { signal: AbortSignal.abort() })), 'aborted');
    const [stopRunning, stopWaiting] = [new AbortController(), new AbortController()];
    const running = begun(pool, jobOf('steps', { steps: ENDLESS }), stopRunning.signal);
    const waiting = codeOf(pool.run(jobOf('echo'), { signal: stopWaiting.signal }));
    const next = pool.run(jobOf('echo'));
    await settle(running.running);
    stopWaiting.abort();
    equal(await settle(waiting), 'aborted');
    equal(pool.load, { running: 1, waiting: 1 });
    stopRunning.abort();
    equal(await settle(running.code), 'aborted');
    equal((await settle(next)).output.length > 0, true);
  });

  test('a kernel that does not heed an abort is killed', 1, async (pool) => {
    const stop = new AbortController();
    const stuck = begun(pool, jobOf('stuck'), stop.signal);
    await settle(stuck.running);
    const next = pool.run(jobOf('echo'));
    stop.abort();
    equal(await settle(stuck.code), 'aborted');
    equal((await settle(next)).output.length > 0, true);
  });

  test('an abort after the end changes nothing', 1, async (pool) => {
    const stop = new AbortController();
    const { output } = await settle(pool.run(jobOf('echo'), { signal: stop.signal }));
    stop.abort();
    equal((await settle(pool.run(jobOf('echo')))).output, output);
  });

  test('computing shows in the busy share', 2, async (pool) => {
    equal(pool.busy, 0);
    const { busyMs } = await settle(pool.run(jobOf('steps', { steps: 5 })));
    equal(busyMs > 0, true);
    equal(pool.busy > 0 && pool.busy <= 1, true);
  });

  test('a limit of 0 holds every job back until it is lifted', 1, async (pool) => {
    pool.limit(0);
    const job = pool.run(jobOf('echo'));
    equal(pool.load, { running: 0, waiting: 1 });
    pool.limit(1);
    equal((await settle(job)).output.length > 0, true);
    for (const wrong of [-0.1, 1.1, Number.NaN]) equal(await codeOf(Promise.resolve().then(() => pool.limit(wrong))), 'no code: RangeError: A share of time lies between 0 and 1, not ' + wrong + '.');
  });

  test('closing fails what runs, waits or comes later', 1, async (pool) => {
    const running = begun(pool, jobOf('stuck'));
    const waiting = codeOf(pool.run(jobOf('echo')));
    await settle(running.running);
    await settle(Promise.all([pool.close(), pool.close()]));
    equal([await running.code, await waiting, await codeOf(pool.run(jobOf('echo')))], ['closed', 'closed', 'closed']);
    equal(pool.load, { running: 0, waiting: 0 });
  });
}
