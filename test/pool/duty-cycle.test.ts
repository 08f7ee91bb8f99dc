import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DutyCycle, type DutyTime } from '../../src/engine/adapters/pool/duty-cycle.js';

/** Time that passes while somebody computes, or sleeps; timers may be late. */
class StagedTime implements DutyTime {
  nowMs = 0;
  yields = 0;
  readonly sleeps: number[] = [];
  #sleeper: (() => void) | undefined;

  constructor(private readonly latenessMs: () => number = () => 0, public held = false) {}

  now(): number {
    return this.nowMs;
  }

  after(delayMs: number, callback: () => void): () => void {
    this.sleeps.push(delayMs);
    let forgotten = false;
    this.#sleeper = () => {
      if (forgotten) return;
      this.nowMs += delayMs + this.latenessMs();
      callback();
    };
    if (!this.held) queueMicrotask(this.#sleeper);
    return () => void (forgotten = true);
  }

  async yield(): Promise<void> {
    this.yields++;
  }

  block(delayMs: number): void {
    this.nowMs += delayMs + this.latenessMs();
  }
}

const { signal } = new AbortController();

/** Computes in chunks until so much time has passed. */
async function workFor(wallMs: number, time: StagedTime, cycle: DutyCycle, chunkMs: () => number): Promise<number> {
  cycle.begin();
  while (time.nowMs < wallMs) {
    time.nowMs += chunkMs();
    await cycle.breathe(signal);
  }
  return cycle.end();
}

test('the share kept is the share set, whatever the chunks and however late the timers', async () => {
  const cases = fc.record({ duty: fc.double({ min: 0.05, max: 1, noNaN: true }), seed: fc.integer(), chunkMsMax: fc.integer({ min: 1, max: 40 }) });
  await fc.assert(
    fc.asyncProperty(cases, async ({ duty, seed, chunkMsMax }) => {
      let state = seed >>> 0;
      const chance = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
      const time = new StagedTime(() => 8 * chance());
      const cycle = new DutyCycle(time);
      cycle.limit(duty);
      const busyMs = await workFor(20_000, time, cycle, () => 0.2 + chunkMsMax * chance());
      assert.ok(Math.abs(busyMs / time.nowMs - duty) < 0.01, `${busyMs / time.nowMs} for ${duty}`);
    }),
    { numRuns: 50 },
  );
});

test('code that cannot be left keeps its share as well, by blocking its thread', () => {
  const time = new StagedTime(() => 3);
  const cycle = new DutyCycle(time);
  cycle.limit(0.3);
  cycle.begin();
  while (time.nowMs < 20_000) {
    time.nowMs += 7;
    cycle.breatheSync();
  }
  assert.ok(Math.abs(cycle.end() / time.nowMs - 0.3) < 0.01);
});

test('a thread blocks for a moment only, since it hears nothing meanwhile; the rest stays debt', () => {
  const time = new StagedTime();
  const cycle = new DutyCycle(time);
  cycle.limit(0.1);
  cycle.begin();
  time.nowMs = 10_000;
  cycle.breatheSync();
  assert.equal(time.nowMs, 10_250);
  assert.equal(cycle.overdrawn, true);
});

test('work and pause alternate with a period of about 100 ms', async () => {
  const time = new StagedTime();
  const cycle = new DutyCycle(time);
  cycle.limit(0.3);
  await workFor(10_000, time, cycle, () => 5);
  assert.ok(time.sleeps.length >= 80 && time.sleeps.length <= 110, `${time.sleeps.length} pauses in 10 s`);
});

test('a kernel that breathes late pays for it afterwards', async () => {
  const time = new StagedTime();
  const cycle = new DutyCycle(time);
  cycle.limit(0.5);
  cycle.begin();
  time.nowMs += 1_000;
  assert.equal(cycle.end(), 1_000);
  assert.equal(cycle.overdrawn, true, 'the debt outlives the job');
  await cycle.rest();
  assert.equal(cycle.overdrawn, false);
  assert.ok(time.nowMs >= 2_000);
});

test('idle time is not saved up', async () => {
  const time = new StagedTime();
  const cycle = new DutyCycle(time);
  cycle.limit(0.5);
  time.nowMs = 3_600_000;
  cycle.begin();
  time.nowMs += 200;
  cycle.end();
  assert.equal(cycle.overdrawn, true);
});

test('without a limit it only looks at the queue, and not at every breath', async () => {
  const time = new StagedTime();
  const cycle = new DutyCycle(time);
  cycle.begin();
  for (let breath = 0; breath < 1_000; breath++) {
    time.nowMs += 0.1;
    await cycle.breathe(signal);
  }
  assert.deepEqual(time.sleeps, []);
  assert.ok(time.yields >= 20 && time.yields <= 25, `${time.yields} yields in 100 ms`);
});

test('a pause ends when the limit is lifted or the job aborted', async () => {
  for (const wake of [(cycle: DutyCycle) => cycle.limit(1), (_: DutyCycle, stop: AbortController) => stop.abort()]) {
    for (const duty of [0, 0.1]) {
      const time = new StagedTime(undefined, true);
      const cycle = new DutyCycle(time);
      const stop = new AbortController();
      cycle.limit(duty);
      cycle.begin();
      time.nowMs += 10;
      const breath = cycle.breathe(stop.signal);
      await Promise.resolve();
      time.nowMs += 1_000;
      time.held = false;
      wake(cycle, stop);
      await breath;
      assert.equal(cycle.busyMs(), 10);
    }
  }
});

test('what it took to start counts as computing, and is paid for like it', async () => {
  for (const [duty, startMs] of [[0.3, 200], [0.5, 40], [1, 200]] as const) {
    const time = new StagedTime();
    let busyMs = 0;
    // A worker a job: the loop starts it, runs the job, and waits until it has rested.
    while (time.nowMs < 60_000) {
      time.nowMs += startMs;
      const worker = new DutyCycle(time);
      worker.limit(duty);
      worker.begin(startMs);
      time.nowMs += 10;
      busyMs += worker.end();
      await worker.rest();
    }
    // Less than the share for short jobs, never more: what a worker saves for its next period goes with it.
    assert.ok(busyMs / time.nowMs <= duty + 0.005 && busyMs / time.nowMs > 0.5 * duty, `${busyMs / time.nowMs} for ${duty}`);
  }
});
