/** The kernel of custom_wasm where it really runs: a sandbox thread, with the script that is built for it. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { systemClock } from '../../src/engine/adapters/clock.js';
import { nodeSandboxes } from '../../src/engine/adapters/pool/node-sandbox.js';
import { createPool } from '../../src/engine/adapters/pool/pool.js';
import type { Pool } from '../../src/engine/ports/pool.js';
import { decode, encode } from '../../src/kernels/codec.js';
import { manifest, type CustomWasmOutput } from '../../src/kernels/custom_wasm/manifest.js';
import { jobOf } from '../contract/pool.js';
import { example, guest, run } from '../kernels/custom_wasm-context.js';
import { bundleFile, type Bundle } from './fixtures/bundle.js';

let bundles: readonly Bundle[];
let pool: Pool;

before(async () => {
  const [entry, script] = (bundles = await Promise.all([
    bundleFile(new URL('../../src/engine/node/sandbox-thread.ts', import.meta.url), 'node'),
    bundleFile(new URL('../../src/engine/sandbox/entry.ts', import.meta.url)),
  ]));
  const spawn = nodeSandboxes({ entry: entry!.url, script: script!.url });
  pool = createPool({ size: 1, clock: systemClock, assetBase: '', spawn: () => assert.fail('no plain worker is wanted'), sandbox: { kinds: new Set([manifest.kind]), spawn } });
});

after(async () => {
  await pool.close();
  await Promise.all(bundles.map((bundle) => bundle.remove()));
});

/** As it comes from a submitter: normalised, priced and encoded. */
async function submit(payload: unknown, wallMs: number = manifest.limits.wallMsMax): Promise<CustomWasmOutput> {
  const normalised = manifest.normalise(payload);
  const { output } = await pool.run(jobOf(manifest.kind, {}, { payload: encode(normalised), version: manifest.version, wallMs, meter: manifest.meter(normalised) }));
  return decode(output) as unknown as CustomWasmOutput;
}

const INPUT = new TextEncoder().encode('the cat sat on the mat');

test('a guest gives in the sandbox what it gives anywhere, to the unit of fuel', async () => {
  for (const name of ['c/sha256', 'rust/word_count', 'wat/crc32']) {
    const payload = { module: example(name), input: INPUT };
    const [inside, outside] = [await submit(payload), await run(payload)];
    assert.deepEqual({ output: Buffer.from(inside.output), fuel: inside.fuel }, { output: Buffer.from(outside.output), fuel: outside.fuel }, name);
  }
  const { output } = await submit({ module: example('c/sha256'), input: INPUT });
  assert.deepEqual(Buffer.from(output), createHash('sha256').update(INPUT).digest());
});

test('what a guest does wrong has its own code, and the next task is served', async () => {
  const bad: readonly [code: string, module: Uint8Array, fuel?: number][] = [
    ['limit-exceeded', guest('(loop $again (br $again)) (i64.const 0)'), 50_000],
    ['limit-exceeded', guest('(drop (call $deeper)) (i64.const 0)', { around: '(func $deeper (result i32) (i32.add (call $deeper) (i32.const 1)))' })],
    ['bad-input', guest('(unreachable)')],
    ['bad-input', guest('(i64.const 0)', { around: '(start 0)' })],
  ];
  for (const [code, module, fuel] of bad) {
    await assert.rejects(submit({ module, input: INPUT, ...(fuel && { fuel }) }), { code });
    assert.equal((await submit({ module: example('wat/crc32'), input: INPUT })).output.length, 4);
  }
});

test('a guest that takes its time is killed at its wall time', async () => {
  await assert.rejects(submit({ module: guest('(loop $again (br $again)) (i64.const 0)'), input: INPUT, fuel: 30_000_000 }, 500), { code: 'timeout' });
  assert.equal((await submit({ module: example('wat/crc32'), input: INPUT })).output.length, 4);
});
