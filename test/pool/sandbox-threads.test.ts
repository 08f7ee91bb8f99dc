/** Sandboxes of Node: what runs in one reaches nothing, and when it fails, fails alone. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { systemClock } from '../../src/engine/adapters/clock.js';
import { nodeSandboxes } from '../../src/engine/adapters/pool/node-sandbox.js';
import { createPool, type PoolOptions } from '../../src/engine/adapters/pool/pool.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import { decode } from '../../src/kernels/codec.js';
import type { Value } from '../../src/kernels/kernel.js';
import { nodeRunner } from '../contract/node-runner.js';
import { jobOf, poolContract } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { bundleFile } from './fixtures/bundle.js';

const [thread, script] = await Promise.all([
  bundleFile(new URL('../../src/engine/node/sandbox-thread.ts', import.meta.url), 'node'),
  bundleFile(new URL('./fixtures/sandbox-script.ts', import.meta.url)),
]);
after(() => Promise.all([thread.remove(), script.remove()]));

const EVERY_KIND = { has: () => true } as unknown as ReadonlySet<string>;

function sandboxPool({ heapMbMax, ...options }: Partial<PoolOptions> & { readonly heapMbMax?: number } = {}): Pool {
  const spawn = nodeSandboxes({ entry: thread.url, script: script.url, ...(heapMbMax === undefined ? {} : { heapMbMax }) });
  return createPool({ size: 1, clock: systemClock, assetBase: '', spawn: () => assert.fail('no plain worker is wanted'), sandbox: { kinds: EVERY_KIND, spawn }, ...options });
}

async function using(options: Parameters<typeof sandboxPool>[0], body: (pool: Pool) => Promise<void>): Promise<void> {
  const pool = sandboxPool(options);
  try {
    await body(pool);
  } finally {
    await pool.close();
  }
}

async function answer(pool: Pool, kind: string, payload: Value = {}): Promise<unknown> {
  return decode((await pool.run(jobOf(kind, payload))).output);
}

poolContract('sandbox threads', { open: sandboxPool, settle: (promise) => promise }, nodeRunner);

test('glue code in a sandbox finds no way out of it', () =>
  using({}, async (pool) => {
    const { tried, reached } = (await answer(pool, 'ways_out')) as { tried: number; reached: string[] };
    assert.deepEqual(reached, []);
    assert.ok(tried > 20);
  }));

test('its globals are the language, the clock and text', () =>
  using({}, async (pool) => {
    const left = (await answer(pool, 'globals')) as string[];
    const language = ['Array', 'WebAssembly', 'Math', 'performance', 'setTimeout', 'TextDecoder'];
    assert.deepEqual(language.filter((name) => !left.includes(name)), []);
    assert.deepEqual(['eval', 'console', 'escape', 'onmessage', ...Object.getOwnPropertyNames(globalThis).filter((name) => /^[a-z]/u.test(name))].filter((name) => left.includes(name)).sort(),
      ['atob', 'btoa', 'clearTimeout', 'decodeURI', 'decodeURIComponent', 'encodeURI', 'encodeURIComponent', 'globalThis', 'isFinite', 'isNaN', 'parseFloat', 'parseInt', 'performance', 'setImmediate', 'setTimeout', 'undefined']);
  }));

test('no two jobs share a sandbox', () =>
  using({ size: 2 }, async (pool) => {
    const homes = await Promise.all(Array.from({ length: 4 }, () => answer(pool, 'home')));
    assert.equal(new Set(homes).size, 4);
  }));

test('an endless guest is killed at its wall time, and the next job is served', () =>
  using({}, async (pool) => {
    for (const kind of ['stuck', 'endless_wasm']) {
      assert.equal(await codeOf(pool.run(jobOf(kind, {}, { wallMs: 200 }))), 'timeout');
      assert.equal(await answer(pool, 'echo', 7), 7);
    }
  }));

test('glue code that hoards memory fails alone', () =>
  using({ heapMbMax: 48 }, async (pool) => {
    const [hoarded, other] = await Promise.all([codeOf(pool.run(jobOf('hoard'))), answer(pool, 'echo', 7)]);
    assert.deepEqual([hoarded, other], ['kernel-failed', 7]);
  }));

test('a guest that cannot be left keeps to the CPU limit', () =>
  using({ duty: 0.3 }, async (pool) => {
    const { output, busyMs } = await pool.run(jobOf('blocking', { wallMs: 3_000 }));
    const { wallMs } = decode(output) as { readonly wallMs: number };
    // What it took to start is part of the job's share, though it came before.
    assert.ok(busyMs < 0.33 * (wallMs + 300), `${busyMs} of ${wallMs} ms`);
    assert.ok(busyMs > 0.27 * wallMs, `${busyMs} of ${wallMs} ms`);
  }));

test('a missing script fails every job, clearly', async () => {
  const pool = sandboxPool({ sandbox: { kinds: EVERY_KIND, spawn: nodeSandboxes({ entry: thread.url, script: new URL('./nowhere.js', import.meta.url) }) } });
  await assert.rejects(pool.run(jobOf('echo')), /nowhere\.js/u);
  await pool.close();
});
