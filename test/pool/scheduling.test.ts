import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Spawn } from '../../src/engine/adapters/pool/protocol.js';
import { createPool, type PoolOptions } from '../../src/engine/adapters/pool/pool.js';
import { PoolError } from '../../src/engine/ports/pool.js';
import { jobOf } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { simulatedOutput, simulatedWorkers, type SimulatedWorkers } from '../doubles/pool.js';
import { VirtualClock } from './fixtures/virtual-clock.js';

/** A pool of simulated workers that counts who comes, goes, and works on what. */
function stage(options: Partial<PoolOptions> = {}, workers: Partial<SimulatedWorkers> = {}) {
  const clock = new VirtualClock();
  const simulated = simulatedWorkers({ clock, ...workers });
  const log = { started: 0, ended: 0, kinds: [] as string[][] };
  const spawn: Spawn = (events) => {
    const worker = simulated(events);
    const kinds: string[] = [];
    log.kinds[log.started++] = kinds;
    return {
      post(message, transfer) {
        if (message.t === 'run') kinds.push(message.kind);
        worker.post(message, transfer);
      },
      terminate() {
        log.ended++;
        return worker.terminate();
      },
    };
  };
  return { clock, log, pool: createPool({ size: 2, clock, spawn, assetBase: '', ...options }) };
}

test('no worker before the first job, no more than there are jobs, none after 30 idle seconds', async () => {
  const { clock, log, pool } = stage();
  assert.equal(log.started, 0);
  await clock.settle(pool.run(jobOf('a')));
  assert.deepEqual([log.started, log.ended], [1, 0]);
  await clock.advance(29_900);
  await clock.settle(pool.run(jobOf('a')));
  assert.deepEqual([log.started, log.ended], [1, 0], 'still warm');
  await clock.advance(29_900);
  assert.equal(log.ended, 0);
  await clock.advance(200);
  assert.deepEqual([log.started, log.ended], [1, 1]);
  assert.equal(clock.timers, 0, 'an idle pool leaves no timer');
  await clock.settle(pool.run(jobOf('a')));
  assert.equal(log.started, 2);
});

test('a pool that is made smaller or larger runs no more and no fewer at once', async () => {
  const { clock, log, pool } = stage({ size: 3 });
  const runs = (): Promise<unknown> => Promise.all(Array.from({ length: 40 }, () => pool.run(jobOf('a'))));
  const most = async (work: Promise<unknown>): Promise<number> => {
    let most = 0;
    let isDone = false;
    void work.then(() => (isDone = true));
    while (!isDone) {
      await clock.advance(1);
      most = Math.max(most, pool.load.running);
    }
    return most;
  };
  assert.equal(await most(runs()), 3);
  pool.limit(1, 1);
  assert.equal(pool.size, 1);
  assert.equal(await most(runs()), 1, 'idle workers of before stay idle');
  pool.limit(1, 4);
  assert.equal(await most(runs()), 4);
  assert.equal(log.started, 4);
});

test('a kind goes to the worker that has loaded it', async () => {
  const { clock, log, pool } = stage();
  await clock.settle(Promise.all([pool.run(jobOf('a')), pool.run(jobOf('b'))]));
  for (const kind of ['a', 'b', 'b', 'a', 'a', 'b']) await clock.settle(pool.run(jobOf(kind)));
  assert.deepEqual(log.kinds.map((kinds) => [...new Set(kinds)]), [['a'], ['b']]);
});

test('work for one worker leaves the other to be dropped', async () => {
  const { clock, log, pool } = stage();
  await clock.settle(Promise.all([pool.run(jobOf('a')), pool.run(jobOf('a'))]));
  for (let round = 0; round < 4; round++) {
    await clock.advance(10_000);
    await clock.settle(pool.run(jobOf('a')));
  }
  assert.deepEqual([log.started, log.ended], [2, 1]);
});

test('an urgent job overtakes those that wait for a worker to start', async () => {
  const { clock, log, pool } = stage({ size: 1 });
  const late = pool.run(jobOf('late'));
  await clock.advance(10);
  const urgent = pool.run(jobOf('urgent', {}, { priority: 1 }));
  await clock.settle(Promise.all([late, urgent]));
  assert.deepEqual(log.kinds, [['urgent', 'late']]);
});

test('a deadline ends the worker to the millisecond, and does not count the start', async () => {
  const { clock, log, pool } = stage({ size: 1 }, { startMs: 5_000, behave: () => ({ does: 'hang' }) });
  const code = codeOf(pool.run(jobOf('a', {}, { wallMs: 100 })));
  await clock.advance(5_099);
  assert.equal(log.ended, 0);
  await clock.advance(1);
  assert.equal(log.ended, 1);
  assert.equal(await code, 'timeout');
});

test('an abort is answered at once; a kernel gets 150 ms to heed it, so that a pause takes 200 at most', async () => {
  for (const [does, ended] of [['hang', 1], ['work', 0]] as const) {
    const { clock, log, pool } = stage({ size: 1 }, { behave: () => ({ does, ms: 10_000 }) });
    const stop = new AbortController();
    const code = codeOf(pool.run(jobOf('a'), { signal: stop.signal }));
    await clock.advance(1_000);
    stop.abort();
    await clock.advance(0);
    assert.equal(await code, 'aborted');
    await clock.advance(149);
    assert.equal(log.ended, 0);
    await clock.advance(1);
    assert.equal(log.ended, ended);
  }
});

test('each job learns why its worker could not start, on the spot or later', async () => {
  const refuse = (): never => {
    throw new PoolError('csp-worker', 'refused');
  };
  const clock = new VirtualClock();
  const later: Spawn = (events) => {
    clock.after(10, () => events.failed(new PoolError('csp-worker', 'refused')));
    return { post: () => assert.fail('nothing is said to a worker that is not ready'), terminate: async () => {} };
  };
  const silent: Spawn = () => ({ post: () => assert.fail('nothing is said to a worker that is not ready'), terminate: async () => {} });
  for (const spawn of [refuse, later, silent]) {
    const pool = createPool({ size: 2, clock, spawn, assetBase: '' });
    const codes = Promise.all([1, 2, 3].map((x) => codeOf(pool.run(jobOf('a', x)))));
    assert.deepEqual(await clock.settle(codes), ['csp-worker', 'csp-worker', 'csp-worker']);
    assert.deepEqual(pool.load, { running: 0, waiting: 0 });
  }
});

test('a worker that leaves while idle is replaced without a word', async () => {
  const clock = new VirtualClock();
  const simulated = simulatedWorkers({ clock });
  const leave: (() => void)[] = [];
  const spawn: Spawn = (events) => {
    leave.push(() => events.failed(new PoolError('kernel-failed', 'gone')));
    return simulated(events);
  };
  const pool = createPool({ size: 1, clock, spawn, assetBase: '' });
  await clock.settle(pool.run(jobOf('a')));
  leave[0]!();
  const job = jobOf('a');
  assert.deepEqual((await clock.settle(pool.run(job))).output, simulatedOutput(job));
  assert.equal(leave.length, 2);
});

test('closing while workers start ends them too, and waits until they are gone', async () => {
  const { clock, log, pool } = stage();
  const codes = Promise.all([codeOf(pool.run(jobOf('a'))), codeOf(pool.run(jobOf('a')))]);
  await pool.close();
  assert.deepEqual(await codes, ['closed', 'closed']);
  assert.deepEqual([log.started, log.ended, clock.timers], [2, 2, 0]);
});

test('the busy share is the mean over all workers and fades', async () => {
  const { clock, pool } = stage({}, { behave: () => ({ does: 'work', ms: 2_500 }) });
  await clock.settle(pool.run(jobOf('a')));
  assert.equal(pool.busy, 0.25, 'half of five seconds on one of two workers');
  await clock.advance(6_000);
  assert.equal(pool.busy, 0);
});

test('a liar is told from an honest worker by its bytes', async () => {
  const honest = stage();
  const liar = stage({}, { behave: () => ({ does: 'lie', ms: 5 }) });
  const [truth, lie] = [await honest.clock.settle(honest.pool.run(jobOf('a'))), await liar.clock.settle(liar.pool.run(jobOf('a')))];
  assert.deepEqual(truth.output, simulatedOutput(jobOf('a')));
  assert.notDeepEqual(lie.output, truth.output);
});

test('a pool has at least one worker', () => {
  for (const size of [0, -1, 1.5]) assert.throws(() => stage({ size }), RangeError);
});
