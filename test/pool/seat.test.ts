import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPool } from '../../src/engine/adapters/pool/pool.js';
import type { FromWorker, Spawn, ToWorker } from '../../src/engine/adapters/pool/protocol.js';
import { jobOf } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';
import { VirtualClock } from './fixtures/virtual-clock.js';

type Run = Extract<ToWorker, { t: 'run' }>;
type Say = (message: unknown) => void;

/** One worker at a time, whose words are the test's: `answer` is called with each job. */
function stage(answer: (run: Run, say: Say) => void, duty = 1) {
  const clock = new VirtualClock();
  const log = { started: 0, ended: 0 };
  const spawn: Spawn = ({ message }) => {
    log.started++;
    const say = message as Say;
    queueMicrotask(() => say({ t: 'ready' }));
    return { post: (told) => void (told.t === 'run' && answer(told, say)), terminate: async () => void log.ended++ };
  };
  return { clock, log, pool: createPool({ size: 1, clock, spawn, assetBase: '', duty, startMsMax: 1_000 }) };
}

const wallMs = 5_000;
const done = ({ id }: Run): FromWorker => ({ t: 'done', id, output: Uint8Array.of(7), fuel: 1, items: 1, busyMs: 10, resting: false });

/** What no worker says while it runs a job. */
const OUT_OF_PLACE: Readonly<Record<string, (run: Run) => unknown>> = {
  'ready again': () => ({ t: 'ready' }),
  'rested from nothing': () => ({ t: 'rested' }),
  'another job done': (run) => ({ ...done(run), id: run.id + 1 }),
  'another job failed': ({ id }) => ({ t: 'failed', id: id + 1, code: 'bad-input', message: 'no', busyMs: 1, resting: false }),
  'output that is no bytes': (run) => ({ ...done(run), output: 'x' }),
  'output that may change later': (run) => ({ ...done(run), output: new Uint8Array(new SharedArrayBuffer(1)) }),
  'negative fuel': (run) => ({ ...done(run), fuel: -1 }),
  'fuel in fractions': (run) => ({ ...done(run), fuel: 0.5 }),
  'endless work': (run) => ({ ...done(run), busyMs: Infinity }),
  'more work than there was time': (run) => ({ ...done(run), busyMs: wallMs + 1_001 }),
  'less than no work': ({ id }) => ({ t: 'beat', id, busyMs: -1 }),
  'no word about rest': (run) => ({ ...done(run), resting: undefined }),
  'a code that there is not': ({ id }) => ({ t: 'failed', id, code: 'slashed', message: 'no', busyMs: 1, resting: false }),
  'progress without numbers': ({ id }) => ({ t: 'progress', id, phase: 'a', loaded: 'b', total: 1 }),
  'a wish that there is not': ({ id }) => ({ t: 'shard-call', id, call: 1, wish: 'drop', hash: '' }),
  'a write of nothing': ({ id }) => ({ t: 'shard-call', id, call: 1, wish: 'write', hash: '' }),
  'an unknown word': () => ({ t: 'hello' }),
  nothing: () => null,
};

for (const [name, message] of Object.entries(OUT_OF_PLACE)) {
  test(`a worker that says what does not belong there is ended, and its job fails: ${name}`, async () => {
    let isFirst = true;
    const { clock, log, pool } = stage((run, say) => {
      say(isFirst ? message(run) : done(run));
      isFirst = false;
    });
    assert.equal(await clock.settle(codeOf(pool.run(jobOf('a', {}, { wallMs })))), 'kernel-failed');
    assert.deepEqual([log.started, log.ended, pool.busy], [1, 1, 0]);
    assert.deepEqual((await clock.settle(pool.run(jobOf('a')))).output, Uint8Array.of(7));
    assert.equal(log.started, 2);
  });
}

test('work that was told once is not taken back', async () => {
  const { clock, pool } = stage((run, say) => {
    say({ t: 'beat', id: run.id, busyMs: 20 });
    say(done(run));
  });
  assert.equal(await clock.settle(codeOf(pool.run(jobOf('a')))), 'kernel-failed');
});

test('a worker that says anything before it is ready is ended', async () => {
  const clock = new VirtualClock();
  const spawn: Spawn = ({ message }) => {
    queueMicrotask(() => message({ t: 'rested' }));
    return { post: () => assert.fail('nothing is said to a worker that is not ready'), terminate: async () => {} };
  };
  const pool = createPool({ size: 1, clock, spawn, assetBase: '' });
  assert.equal(await clock.settle(codeOf(pool.run(jobOf('a')))), 'kernel-failed');
});

test('what a kernel that has ended left running may still speak, and is not heard', async () => {
  const heard: string[] = [];
  const { clock, log, pool } = stage((run, say) => {
    say({ t: 'progress', id: run.id - 1, phase: 'late', loaded: 1, total: 2 });
    say({ t: 'beat', id: run.id - 1, busyMs: 1e9 });
    say({ t: 'progress', id: run.id, phase: 'own', loaded: 1, total: 2 });
    say(done(run));
    say({ t: 'progress', id: run.id, phase: 'late', loaded: 1, total: 2 });
  });
  for (let i = 0; i < 2; i++) await clock.settle(pool.run(jobOf('a'), { onProgress: ({ phase }) => heard.push(phase) }));
  assert.deepEqual([heard, log.started, log.ended], [['own', 'own'], 1, 0]);
  assert.ok(pool.busy < 0.01);
});

test('a worker that never comes back from its rest is replaced, one that rests for its due time is not', async () => {
  const overdrawn = (run: Run, say: Say): void => say({ ...done(run), busyMs: 1_000, resting: true });
  const lost = stage(overdrawn, 0.1);
  await lost.clock.settle(lost.pool.run(jobOf('a', {}, { wallMs })));
  const next = lost.pool.run(jobOf('a', {}, { wallMs }));
  await lost.clock.advance(10_000);
  assert.deepEqual([lost.log.started, lost.log.ended], [1, 0], 'a second of work takes ten at a tenth');
  await lost.clock.settle(next);
  assert.deepEqual([lost.log.started, lost.log.ended], [2, 1]);
});

test('a paused worker rests for as long as the pause is, and its time counts from the end of it', async () => {
  const { clock, log, pool } = stage((run, say) => say({ ...done(run), busyMs: 1_000, resting: true }));
  await clock.settle(pool.run(jobOf('a', {}, { wallMs })));
  pool.limit(0);
  await clock.advance(86_400_000);
  assert.deepEqual([log.ended, clock.timers], [0, 0]);
  pool.limit(0.5);
  await clock.advance(2_000);
  assert.equal(log.ended, 0);
  await clock.advance(60_000);
  assert.equal(log.ended, 1);
});
