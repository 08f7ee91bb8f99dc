/** Sandboxed jobs beside others, on a virtual clock: one worker a job, within the size of the pool, by priority. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spawn } from '../../src/engine/adapters/pool/protocol.js';
import { createPool, type PoolOptions } from '../../src/engine/adapters/pool/pool.js';
import { PoolError } from '../../src/engine/ports/pool.js';
import { jobOf } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { simulatedWorkers, type Behaviour } from '../doubles/pool.js';
import { VirtualClock } from './fixtures/virtual-clock.js';

const SANDBOXED = new Set(['guest']);

/** Two sorts of simulated workers, and a log of what each was given. */
function stage(options: Partial<PoolOptions> = {}, behave: (kind: string) => Behaviour = () => ({ does: 'work', ms: 5 })) {
  const clock = new VirtualClock();
  const log = { plain: [] as string[][], sandboxes: [] as string[][], alive: { plain: 0, sandboxes: 0 }, refusals: [] as string[] };
  const spawnFor = (sort: 'plain' | 'sandboxes'): Spawn => (events) => {
    const worker = simulatedWorkers({ clock, behave: ({ kind }) => behave(kind) })(events);
    const labels: string[] = [];
    log[sort].push(labels);
    log.alive[sort]++;
    return {
      post(message, transfer) {
        if (message.t === 'run') labels.push(message.kind);
        worker.post(message, transfer);
      },
      terminate() {
        log.alive[sort]--;
        return worker.terminate();
      },
    };
  };
  const pool = createPool({ size: 2, clock, spawn: spawnFor('plain'), assetBase: '', sandbox: { kinds: SANDBOXED, spawn: spawnFor('sandboxes'), refused: ({ code }) => log.refusals.push(code) }, ...options });
  return { clock, log, pool };
}

test('each sandboxed job has a worker of its own, which ends with it; others keep theirs', async () => {
  const { clock, log, pool } = stage();
  for (let round = 0; round < 3; round++) {
    await clock.settle(Promise.all([pool.run(jobOf('guest')), pool.run(jobOf('plain'))]));
    assert.equal(log.alive.sandboxes, 0, 'ended at once');
  }
  assert.deepEqual([log.sandboxes, log.plain], [[['guest'], ['guest'], ['guest']], [['plain', 'plain', 'plain']]]);
});

test('both sorts together are no more than the size', async () => {
  const { clock, log, pool } = stage();
  let done = false;
  let most = 0;
  const jobs = Promise.all(Array.from({ length: 30 }, (_, index) => pool.run(jobOf(index % 3 === 0 ? 'plain' : 'guest')))).then(() => (done = true));
  for (await clock.advance(0); !done; await clock.advance(1)) most = Math.max(most, pool.load.running);
  await jobs;
  assert.equal(most, 2);
  assert.equal(log.sandboxes.length, 20);
  assert.equal(log.alive.sandboxes, 0);
});

test('an urgent guest is not held up by a warm worker with less urgent work', async () => {
  const { clock, pool } = stage({ size: 1 });
  await clock.settle(pool.run(jobOf('plain')));
  const ended: string[] = [];
  const jobs = ([['plain', 0], ['plain', 0], ['guest', 1], ['plain', 2]] as const).map(async ([kind, priority]) => {
    await pool.run(jobOf(kind, {}, { priority }));
    ended.push(`${kind} ${priority}`);
  });
  await clock.settle(Promise.all(jobs));
  assert.deepEqual(ended, ['plain 0', 'plain 2', 'guest 1', 'plain 0']);
});

test('a sandbox that starts holds its place only against what is less urgent', async () => {
  const { clock, pool } = stage({ size: 1 }, (kind) => ({ does: 'work', ms: kind === 'guest' ? 5 : 1_000 }));
  await clock.settle(pool.run(jobOf('plain')));
  const ended: string[] = [];
  const guest = pool.run(jobOf('guest', {}, { priority: 1 })).then(() => ended.push('guest'));
  const later = pool.run(jobOf('plain')).then(() => ended.push('plain'));
  await clock.settle(Promise.all([guest, later]));
  assert.deepEqual(ended, ['guest', 'plain']);
});

test('a sandbox opened for a job that was aborted meanwhile serves the next one', async () => {
  const { clock, log, pool } = stage();
  const stop = new AbortController();
  const code = codeOf(pool.run(jobOf('guest'), { signal: stop.signal }));
  stop.abort();
  assert.equal(await clock.settle(code), 'aborted');
  await clock.settle(pool.run(jobOf('guest')));
  assert.equal(log.sandboxes.length, 1);
  assert.deepEqual(log.alive, { plain: 0, sandboxes: 0 });
});

test('a guest past its wall time is killed, and the next one served by a fresh sandbox', async () => {
  const { clock, log, pool } = stage({ size: 1 }, (kind) => (kind === 'guest' && log.sandboxes.length === 1 ? { does: 'hang' } : { does: 'work', ms: 5 }));
  const [first, second] = [codeOf(pool.run(jobOf('guest', {}, { wallMs: 30_000 }))), pool.run(jobOf('guest'))];
  assert.equal(await clock.settle(first), 'timeout');
  await clock.settle(second);
  assert.equal(log.sandboxes.length, 2);
});

test('what the platform refuses is told once a job, and other kinds go on', async () => {
  const refused: string[] = [];
  for (const code of ['csp-frame', 'csp-worker', 'trusted-types', 'kernel-failed'] as const) {
    const spawn: Spawn = () => {
      throw new PoolError(code, 'refused');
    };
    const { clock, pool } = stage({ sandbox: { kinds: SANDBOXED, spawn, refused: (error) => refused.push(error.code) } });
    assert.equal(await clock.settle(codeOf(pool.run(jobOf('guest')))), code);
    await clock.settle(pool.run(jobOf('plain')));
  }
  assert.deepEqual(refused, ['csp-frame', 'csp-worker', 'trusted-types'], 'a failure of another sort may not come again');
});

test('WebAssembly refused inside a sandbox counts as well, and what is wrong with an input does not', async () => {
  for (const [code, refusals] of [['csp-wasm', ['csp-wasm']], ['bad-input', []], ['unsupported', []]] as const) {
    const { clock, log, pool } = stage({}, () => ({ does: 'fail', ms: 1, code }));
    assert.equal(await clock.settle(codeOf(pool.run(jobOf('guest')))), code);
    assert.deepEqual(log.refusals, refusals);
  }
});

test('closing ends sandboxes too', async () => {
  const { clock, log, pool } = stage({}, () => ({ does: 'hang' }));
  const codes = Promise.all([codeOf(pool.run(jobOf('guest'))), codeOf(pool.run(jobOf('guest'))), codeOf(pool.run(jobOf('guest')))]);
  await clock.advance(100);
  await pool.close();
  assert.deepEqual(await codes, ['closed', 'closed', 'closed']);
  assert.deepEqual([log.alive, clock.timers], [{ plain: 0, sandboxes: 0 }, 0]);
});
