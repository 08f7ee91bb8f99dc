import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Reason, Senses } from '../../src/engine/api.js';
import { type Plan, Scheduler, type Situation, type TabView } from '../../src/engine/host/scheduler.js';

const IDLE: Senses = { active: false, focused: true, visible: true, frozen: false, frames: 'smooth', pressure: 'nominal', batteryLow: false, metered: false };
const CONFIG: Situation['config'] = { contribute: true, cpuLimit: 0.5, focusRequired: false, whenHidden: 'work', battery: 'respect', metered: 'pause' };

interface Given {
  readonly config?: Partial<Situation['config']>;
  readonly senses?: Partial<Senses>;
  readonly pauses?: readonly Reason[];
  readonly others?: readonly Partial<Senses>[];
  readonly workers?: number;
  readonly overdrawn?: boolean;
  readonly now?: number;
}

function situation({ config, senses, pauses = [], others = [], workers = 2, overdrawn = false, now = 0 }: Given): Situation {
  const tabs: [TabView, ...TabView[]] = [{ senses: { ...IDLE, ...senses }, pauses }, ...others.map((other) => ({ senses: { ...IDLE, ...other }, pauses: [] }))];
  return { config: { ...CONFIG, ...config }, tabs, workers, overdrawn, now };
}

const planOf = (given: Given): Plan => new Scheduler().plan(situation(given));

const LEVELS: readonly (readonly [what: string, given: Given, level: number, because: string, reasons: readonly Reason[]])[] = [
  ['idle is the limit', {}, 0.5, 'cpu-limit', []],
  ['an active visitor', { senses: { active: true } }, 0.2, 'user-active', ['user-active']],
  ['a busy page', { senses: { frames: 'busy' } }, 0.3, 'page-busy', ['page-busy']],
  ['a struggling page', { senses: { frames: 'struggling' } }, 0.1, 'page-struggling', ['page-busy']],
  ['the lowest of several counts', { senses: { active: true, frames: 'busy' } }, 0.2, 'user-active', ['user-active', 'page-busy']],
  ['and of several again', { senses: { active: true, frames: 'struggling' } }, 0.1, 'page-struggling', ['page-busy', 'user-active']],
  ['never above the limit', { senses: { frames: 'busy' }, config: { cpuLimit: 0.15 } }, 0.15, 'cpu-limit', []],
  ['nor a reason that changes nothing', { senses: { active: true }, config: { cpuLimit: 0.2 } }, 0.2, 'cpu-limit', []],
  ['hidden is idle', { senses: { visible: false, focused: false, active: true, frames: 'struggling' } }, 0.5, 'cpu-limit', []],
  ['a visitor of another tab', { senses: { visible: false }, others: [{ active: true }] }, 0.2, 'user-active', ['user-active']],
  ['another tab that is frozen', { others: [{ active: true, frozen: true }] }, 0.5, 'cpu-limit', []],
  ['fair pressure is nothing', { senses: { pressure: 'fair' } }, 0.5, 'cpu-limit', []],
  ['without focus, where that matters not', { senses: { focused: false } }, 0.5, 'cpu-limit', []],
  ['a low battery that is ignored', { senses: { batteryLow: true }, config: { battery: 'ignore' } }, 0.5, 'cpu-limit', []],
  ['data that may be used', { senses: { metered: true }, config: { metered: 'allow' } }, 0.5, 'cpu-limit', []],
  ['focus in another tab', { senses: { focused: false }, others: [{}], config: { focusRequired: true } }, 0.5, 'cpu-limit', []],
  ['hidden beside a tab that is seen', { senses: { visible: false }, others: [{}], config: { whenHidden: 'pause' } }, 0.5, 'cpu-limit', []],
];

for (const [what, given, level, because, reasons] of LEVELS) {
  test(`level: ${what}`, () => {
    const plan = planOf(given);
    assert.deepEqual({ throttle: plan.throttle, reasons: plan.reasons, duty: plan.duty, capacity: plan.capacity }, { throttle: { level, because }, reasons, duty: level, capacity: 2 });
  });
}

const PAUSED: readonly (readonly [what: string, given: Given, reason: Reason])[] = [
  ['serious pressure', { senses: { pressure: 'serious' } }, 'pressure'],
  ['critical pressure', { senses: { pressure: 'critical' } }, 'pressure'],
  ['a low battery', { senses: { batteryLow: true } }, 'battery'],
  ['saved data', { senses: { metered: true } }, 'metered'],
  ['a hidden page', { senses: { visible: false }, config: { whenHidden: 'pause' } }, 'hidden'],
  ['a frozen page', { senses: { frozen: true } }, 'hidden'],
  ['a frozen page beside one that is not', { senses: { frozen: true }, others: [{}] }, 'hidden'],
  ['a page without the focus', { senses: { focused: false }, config: { focusRequired: true } }, 'unfocused'],
  ['the site', { pauses: ['paused-by-site'] }, 'paused-by-site'],
  ['the visitor', { pauses: ['paused-by-visitor'] }, 'paused-by-visitor'],
  ['a snooze', { pauses: ['snoozed'] }, 'snoozed'],
];

for (const [what, given, reason] of PAUSED) {
  test(`paused by ${what}: work is laid down, own tasks are not`, () => {
    assert.deepEqual(planOf(given), { duty: 0.5, capacity: 0, finishes: false, reasons: [reason], throttle: { level: 0, because: reason }, staleInMs: undefined });
  });
}

test('a used-up bandwidth takes no more, and finishes what has come', () => {
  const { capacity, finishes, reasons, throttle } = planOf({ overdrawn: true });
  assert.deepEqual({ capacity, finishes, reasons, throttle }, { capacity: 0, finishes: true, reasons: ['bandwidth'], throttle: { level: 0, because: 'bandwidth' } });
  assert.equal(planOf({ overdrawn: true, pauses: ['snoozed'] }).finishes, false);
});

test('a memory limit that no kind fits into is a reason', () => {
  assert.deepEqual(planOf({ workers: 0 }).reasons, ['memory']);
});

test('a process notices nothing and is idle', () => {
  const plan = new Scheduler().plan({ config: { ...CONFIG, focusRequired: true, whenHidden: 'pause' }, tabs: [{ senses: undefined, pauses: [] }], workers: 3, overdrawn: false, now: 0 });
  assert.deepEqual([plan.throttle.level, plan.capacity, plan.reasons], [0.5, 3, []]);
});

test('a session only submits, and says so', () => {
  const plan = planOf({ config: { contribute: false } });
  assert.deepEqual([plan.capacity, plan.throttle], [0, { level: 0, because: 'submits-only' }]);
  assert.equal(plan.duty, 0.5);
});

test('a level goes down at once and up again when its cause has been gone for a while', () => {
  const scheduler = new Scheduler();
  const level = (now: number, senses: Partial<Senses>): number => scheduler.plan(situation({ now, senses })).throttle.level;
  assert.equal(level(0, {}), 0.5);
  assert.equal(level(1, { frames: 'busy' }), 0.3);
  assert.equal(level(2, { frames: 'struggling' }), 0.1);
  assert.equal(level(60_000, {}), 0.1, 'however long it was noticed');
  assert.equal(level(62_999, {}), 0.1);
  assert.equal(level(63_000, {}), 0.5);
  assert.equal(level(63_001, { active: true }), 0.2);
  assert.equal(level(63_002, {}), 0.5, 'the sensor has waited already');
});

test('a cause that comes back while it lingers begins anew', () => {
  const scheduler = new Scheduler();
  const plan = (now: number, frames: Senses['frames']): Plan => scheduler.plan(situation({ now, senses: { frames } }));
  plan(0, 'struggling');
  plan(1_000, 'smooth');
  assert.equal(plan(3_900, 'struggling').staleInMs, undefined);
  assert.deepEqual([plan(4_000, 'smooth').staleInMs, plan(6_999, 'smooth').throttle.level, plan(7_000, 'smooth').throttle.level], [3_000, 0.1, 0.5]);
});

const senses = fc.record<Senses>({
  active: fc.boolean(), focused: fc.boolean(), visible: fc.boolean(), frozen: fc.boolean(), batteryLow: fc.boolean(), metered: fc.boolean(),
  frames: fc.constantFrom('smooth', 'busy', 'struggling'), pressure: fc.constantFrom('nominal', 'fair', 'serious', 'critical'),
});
const pauses = fc.subarray<Reason>(['paused-by-site', 'paused-by-visitor', 'snoozed']);
const tab = fc.record<TabView>({ senses: fc.option(senses, { nil: undefined }), pauses });
const moment = fc.record({
  config: fc.record<Situation['config']>({
    contribute: fc.boolean(), cpuLimit: fc.double({ min: 0.01, max: 1, noNaN: true }), focusRequired: fc.boolean(), whenHidden: fc.constantFrom('work', 'pause'),
    battery: fc.constantFrom('respect', 'ignore'), metered: fc.constantFrom('pause', 'allow'),
  }),
  tabs: fc.tuple(tab, fc.array(tab, { maxLength: 3 })).map(([own, others]): [TabView, ...TabView[]] => [own, ...others]),
  workers: fc.nat(8), overdrawn: fc.boolean(), passedMs: fc.nat(5_000),
});

test('whatever happens: never above the limit, never work while something pauses, always a reason for less', () => {
  fc.assert(fc.property(fc.array(moment, { minLength: 1, maxLength: 20 }), (moments) => {
    const scheduler = new Scheduler();
    let now = 0;
    for (const { passedMs, ...given } of moments) {
      now += passedMs;
      const { duty, capacity, reasons, throttle, staleInMs } = scheduler.plan({ ...given, now });
      const { cpuLimit, contribute } = given.config;
      assert.ok(duty > 0 && duty <= cpuLimit && throttle.level <= duty);
      assert.ok(capacity === 0 || (capacity === given.workers && throttle.level === duty));
      assert.equal(throttle.level === 0, capacity === 0);
      if (given.tabs.some((view) => view.pauses.length > 0) || given.overdrawn) assert.equal(capacity, 0);
      if (contribute && throttle.level < cpuLimit) assert.ok(reasons.length > 0 && throttle.because !== 'cpu-limit');
      assert.equal(new Set(reasons).size, reasons.length);
      assert.ok(staleInMs === undefined || (staleInMs > 0 && staleInMs <= 10_000));
    }
  }));
});

test('whatever happened: once all is calm, the limit is back after the plans it announces, and no timer is left', () => {
  fc.assert(fc.property(fc.array(moment, { maxLength: 20 }), (moments) => {
    const scheduler = new Scheduler();
    let now = 0;
    for (const { passedMs, ...given } of moments) scheduler.plan({ ...given, now: (now += passedMs) });
    let plan = scheduler.plan(situation({ now }));
    for (let step = 0; plan.staleInMs !== undefined; step++) {
      assert.ok(step < 5);
      plan = scheduler.plan(situation({ now: (now += plan.staleInMs) }));
    }
    assert.deepEqual(plan.throttle, { level: 0.5, because: 'cpu-limit' });
  }));
});
