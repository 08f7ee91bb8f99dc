/** Who is paid, who is marked, and who is left in peace when a task ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SIGNATURE, alice, bob, carol, key } from './ledger-fixture.js';
import { createBench, drawn, handOutKeys, type Bench } from './witness-fixture.js';
import type { Id, NodeId } from '../../src/engine/core/record.js';
import type { Reject } from '../../src/engine/core/message.js';

const [dave, erin] = [key('dave'), key('erin')];
const HEARTBEAT_MS = 5_000;

function staffed(...workers: readonly NodeId[]): Bench {
  const bench = createBench();
  bench.opens(alice);
  for (const worker of workers) bench.join(worker);
  return bench;
}

function reject(bench: Bench, worker: NodeId, escrow: Id, why: Reject['why']): void {
  bench.say(worker, { t: 'reject', p: { b: JSON.stringify({ kind: 'reject', escrow, worker, why }), s: SIGNATURE } });
}

test('one agreeing worker that claims no work takes nobody\'s pay', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  bench.answer(bob, task, { fuel: 0 });
  bench.answer(carol, task, { fuel: 1_000 });
  const { pay, refund, fuel } = bench.settlement(task)!;
  assert.deepEqual([pay.length, refund, fuel], [2, 0, 2_000]);
});

test('when all agree that nothing could be computed, they are paid the minimum', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice, { meter: { price: 50_000, fuel: 1_000 } });
  handOutKeys(bench, task);
  for (const worker of [bob, carol]) bench.answer(worker, task, { fuel: 0 });
  assert.equal(bench.settlement(task)!.refund, 98_000);
});

test('more work than was metered is not believed', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  for (const worker of [bob, carol]) bench.answer(worker, task, { fuel: 1_000_000 });
  assert.equal(bench.settlement(task)!.fuel, 2_000);
});

test('those who disagree with the majority are marked, and nobody who was still at work', () => {
  const bench = staffed(bob, carol, dave, erin);
  const task = bench.escrow(alice, { k: 2 });
  handOutKeys(bench, task);
  const [first, second, third, fourth] = drawn(bench, task) as [NodeId, NodeId, NodeId, NodeId];
  bench.answer(first, task);
  bench.answer(second, task, { digest: key('another digest') });
  reject(bench, third, task, 'busy');
  bench.answer(fourth, task);
  assert.deepEqual(bench.settlement(task)!.slots, [{ who: first, ok: true }, { who: second, ok: false }, { who: fourth, ok: true }]);
});

test('an abort, lost keys and wrong keys mark nobody', () => {
  const aborted = staffed(bob, carol);
  const task = aborted.escrow(alice);
  handOutKeys(aborted, task);
  reject(aborted, bob, task, 'failed');
  aborted.say(alice, { t: 'cancel', escrow: task });
  assert.deepEqual(aborted.settlement(task)!.slots, []);

  const keyless = staffed(bob, carol);
  const waiting = keyless.escrow(alice);
  keyless.feed({ on: 'gone', node: bob });
  keyless.pass(3_000);
  assert.deepEqual(keyless.settlement(waiting)!.slots, []);

  const wrong = staffed(bob, carol);
  const locked = wrong.escrow(alice);
  handOutKeys(wrong, locked);
  for (const worker of [bob, carol]) reject(wrong, worker, locked, 'wrong-key');
  assert.deepEqual([wrong.settlement(locked)!.slots, wrong.settlement(locked)!.refund], [[], 2_000]);
});

test('who had the key and dropped the task is marked', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  for (const worker of [bob, carol]) reject(bench, worker, task, 'failed');
  assert.deepEqual(bench.settlement(task)!.slots.map(({ ok }) => ok), [false, false]);
});

test('a worker without a key gives way at once, and neither waits on the bench nor is marked', () => {
  const bench = staffed(bob, carol, dave);
  const task = bench.escrow(alice);
  const [first, second, third] = drawn(bench, task) as [NodeId, NodeId, NodeId];
  handOutKeys(bench, task, [second, third]);
  bench.answer(second, task);
  bench.answer(third, task);
  assert.deepEqual(bench.settlement(task)!.slots, [{ who: second, ok: true }, { who: third, ok: true }]);
  assert.equal(bench.state.seats.get(first)!.benchedUntilMs, 0);
});

test('where there is no reserve, a socket that closes for a moment ends nothing', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  bench.feed({ on: 'gone', node: bob });
  bench.answer(carol, task);
  bench.pass(100);
  bench.sent.length = 0;
  bench.join(bob);
  assert.ok(bench.sent.some(({ to, message }) => to === bob && message.t === 'assign'));
  bench.answer(bob, task);
  assert.equal(bench.settlement(task)!.pay.length, 2);
});

test('an answer counts although the socket that brought it closed at once', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  bench.answer(carol, task);
  bench.feed({ on: 'gone', node: bob });
  bench.answer(bob, task);
  assert.deepEqual(bench.settlement(task)!.slots.map(({ ok }) => ok), [true, true]);
});

test('one that stays away is waited for three heartbeats, and no longer', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice, { deadline: 60_000 });
  handOutKeys(bench, task);
  bench.answer(carol, task);
  bench.feed({ on: 'gone', node: bob });
  bench.pass(2 * HEARTBEAT_MS);
  assert.equal(bench.settlement(task), undefined);
  bench.pass(2 * HEARTBEAT_MS + 1_000);
  assert.deepEqual(bench.settlement(task)!.slots, [{ who: bob, ok: false }]);
});

test('another session cannot open what was boxed for the first: its slot is free at once', () => {
  const bench = staffed(bob, carol, dave);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  const [first, second, third] = drawn(bench, task) as [NodeId, NodeId, NodeId];
  bench.feed({ on: 'gone', node: first });
  bench.join(first, { session: 'reloaded' });
  bench.answer(second, task);
  bench.answer(third, task);
  assert.equal(bench.settlement(task)!.pay.length, 2);
});

test('a settlement says when it was, by the witness\'s clock', () => {
  const bench = staffed(bob, carol);
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  bench.answer(bob, task);
  bench.pass(1_234);
  bench.answer(carol, task);
  const assigned = bench.state.ledger.get(task)!.assignment!.at;
  const { at } = bench.settlement(task)!;
  assert.ok(at! >= assigned + 1_234 && at! <= bench.now, `${at} for ${assigned}`);
});
