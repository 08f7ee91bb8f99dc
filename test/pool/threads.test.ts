import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode } from '../../src/kernels/codec.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import type { Value } from '../../src/kernels/kernel.js';
import { jobOf } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { threadPool } from './fixtures/threads.js';

type Options = Parameters<typeof threadPool>[0];

async function using<T>(options: Options, body: (pool: Pool) => Promise<T>): Promise<T> {
  const pool = threadPool(options);
  try {
    return await body(pool);
  } finally {
    await pool.close();
  }
}

async function answer(pool: Pool, kind: string, payload: Value = {}): Promise<unknown> {
  return decode((await pool.run(jobOf(kind, payload))).output);
}

/** Occupies every worker at once, so that none is still starting. */
async function wake(pool: Pool): Promise<void> {
  const stop = new AbortController();
  let left = pool.size;
  const occupy = (): Promise<unknown> => {
    let seen = false;
    const onProgress = (): void => {
      if (!seen && --left === 0) stop.abort();
      seen = true;
    };
    return codeOf(pool.run(jobOf('steps', { steps: 1e9 }), { signal: stop.signal, onProgress }));
  };
  await Promise.all(Array.from({ length: pool.size }, occupy));
  // An abort is answered before the workers are free again.
  while (pool.load.running > 0) await new Promise(setImmediate);
}

test('a thread stays warm, keeps its kernels, and is replaced after a kill', () =>
  using({ size: 2 }, async (pool) => {
    await wake(pool);
    const [one, other] = await Promise.all([answer(pool, 'home'), answer(pool, 'other_home')]);
    assert.notEqual(one, other);
    for (let round = 0; round < 3; round++) assert.deepEqual([await answer(pool, 'home'), await answer(pool, 'other_home')], [one, other]);
    assert.equal(await codeOf(pool.run(jobOf('exit'))), 'kernel-failed');
    await wake(pool);
    const later = await Promise.all([answer(pool, 'home'), answer(pool, 'home')]);
    assert.equal(later.filter((id) => id === one || id === other).length, 1, 'one of the two left');
  }));

test('a kernel that breathes heeds an abort, and its thread stays', () =>
  using({ abortMsMax: 60_000 }, async (pool) => {
    const thread = await answer(pool, 'home');
    for (let round = 0; round < 3; round++) {
      await wake(pool);
      assert.equal(await answer(pool, 'home'), thread);
    }
  }));

test('payloads are handed over, and only bytes of their own', () =>
  using({}, async (pool) => {
    const payload = encode(new Uint8Array(1_000_000));
    const whole = pool.run(jobOf('size', {}, { payload }));
    const shared = new Uint8Array(100 + 1_000_007);
    shared.set(encode(new Uint8Array(1_000_000)), 50);
    const part = pool.run(jobOf('size', {}, { payload: shared.subarray(50, 50 + 1_000_005) }));
    assert.equal(decode((await whole).output), 1_000_000);
    assert.equal(decode((await part).output), 1_000_000);
    assert.deepEqual([payload.byteLength, shared.byteLength], [0, 1_000_107]);

    assert.equal(await codeOf(pool.run(jobOf('size', {}, { payload }))), 'bad-input', 'it was handed over already');
    assert.equal(await answer(pool, 'size', new Uint8Array(3)), 3);
  }));

test('a kernel sees its surroundings, and nothing of the process', () =>
  using({ modelBase: '/models', assetBase: 'file:///assets/' }, async (pool) => {
    assert.deepEqual(await answer(pool, 'surroundings'), { modelBase: '/models', assetBase: 'file:///assets/' });
    assert.deepEqual(await answer(pool, 'environment'), []);
  }));

test('a thread out of memory fails its own job alone', () =>
  using({ heapMbMax: 48 }, async (pool) => {
    assert.equal(await codeOf(pool.run(jobOf('greedy'))), 'kernel-failed');
    assert.equal(await answer(pool, 'echo', 7), 7);
  }));

test('an entry that does not exist fails every job, clearly', () =>
  using({ entry: new URL('./nowhere.js', import.meta.url) }, async (pool) => {
    await assert.rejects(pool.run(jobOf('echo')), /compute thread failed: Cannot find module/);
    assert.equal(await codeOf(pool.run(jobOf('echo'))), 'kernel-failed');
  }));

test('a failure carries the message of the kernel', () =>
  using({}, async (pool) => {
    await assert.rejects(pool.run(jobOf('refuse')), { code: 'bad-input', message: 'The payload has no such field.' });
    await assert.rejects(pool.run(jobOf('unfit')), { code: 'kernel-failed', message: 'a bug of the kernel' });
  }));

/** Never more; less where a busy machine wakes them late, which is made good within limits. Both ways to 2 points: `test/pages/duty.ts`. */
test('threads never take more than their share, and about all of it', () =>
  using({}, async (pool) => {
    for (const duty of [0.1, 0.3, 0.5]) {
      pool.limit(duty);
      const { output, busyMs } = await pool.run(jobOf('work', { wallMs: 2_500 }));
      const { wallMs } = decode(output) as { readonly wallMs: number };
      const share = busyMs / wallMs;
      assert.ok(share < duty + 0.02 && share > 0.7 * duty, `${share.toFixed(3)} for ${duty}`);
    }
  }));

test('a job that overdraws delays the next one, not its own answer', () =>
  using({ duty: 0.5 }, async (pool) => {
    const begin = performance.now();
    let busyMs = 0;
    for (let job = 0; job < 20; job++) busyMs += (await pool.run(jobOf('steps', { steps: 30 }))).busyMs;
    const share = busyMs / (performance.now() - begin);
    assert.ok(share < 0.6, `${share.toFixed(3)} for 0.5`);
  }));

test('closing ends every thread', async () => {
  const threads = (): number => process.getActiveResourcesInfo().filter((resource) => resource === 'MessagePort').length;
  const before = threads();
  await using({ size: 2 }, async (pool) => {
    await Promise.all([answer(pool, 'home'), answer(pool, 'home')]);
    assert.ok(threads() > before);
  });
  assert.equal(threads(), before);
});
