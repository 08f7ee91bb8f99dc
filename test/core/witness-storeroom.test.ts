/** What a witness keeps on disk and not in memory, and what it finds there after a stop. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rec } from '../../src/engine/core/record.js';
import { alice, bob, carol, key } from './ledger-fixture.js';
import { createBench, drawn, handOutKeys, type Bench } from './witness-fixture.js';

const DAY_MS = 86_400_000;

function staffed(): Bench {
  const bench = createBench();
  bench.opens(alice);
  for (const worker of [bob, carol]) bench.join(worker);
  return bench;
}

function settled(bench: Bench): string {
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  for (const worker of [bob, carol]) bench.answer(worker, task);
  assert.equal(bench.settlement(task)?.pay.length, 2);
  bench.sent.length = 0;
  return task;
}

const kinds = ({ store }: Bench): string[] => [...new Set([...store.keys()].map((path) => path.split('/')[0]!))].sort();
const fetched = ({ sent }: Bench): string[] => sent.filter(({ to }) => to === alice).map(({ message, attachment }) => `${message.t} ${attachment?.length ?? '-'}`);

/** The same witness after a stop. */
function restarted({ store, vault, now }: Bench): Bench {
  return createBench({ store, vault, at: now });
}

test('once a task is settled, memory and disk keep its results only, for a day', () => {
  const bench = staffed();
  const task = settled(bench);
  const { ciphertext, results } = bench.state.tasks.get(task)!;
  assert.deepEqual([ciphertext, results.size], [undefined, 0]);
  assert.deepEqual(kinds(bench).filter((kind) => !['rec', 'checkpoint'].includes(kind)), ['kept', 'out', 'roster']);
  bench.say(alice, { t: 'fetch', escrow: task });
  assert.deepEqual(fetched(bench), ['result 1', 'result 1', 'ended -']);
  bench.pass(DAY_MS + 700_000);
  assert.deepEqual(kinds(bench).filter((kind) => !['rec', 'checkpoint'].includes(kind)), []);
  assert.equal(bench.state.tasks.size, 0);
});

test('results outlive the witness', () => {
  const bench = staffed();
  const task = settled(bench);
  const again = restarted(bench);
  assert.equal(again.state.tasks.size, 0);
  again.say(alice, { t: 'fetch', escrow: task });
  assert.deepEqual(fetched(again), ['result 1', 'result 1', 'ended -']);
  again.pass(DAY_MS + 700_000);
  assert.ok(!kinds(again).includes('out'));
});

test('what a sudden stop left of a settled task is put away at the next start', () => {
  const bench = staffed();
  const task = settled(bench);
  bench.store.delete(`kept/${task}`);
  bench.store.set(`boxes/${task}`, '{}').set(`in/${task}`, Uint8Array.of(1)).set(`receipt/${task}/${bob}`, '{}');
  const again = restarted(bench);
  assert.ok(['boxes', 'in', 'receipt'].every((kind) => !kinds(again).includes(kind)));
  assert.ok(kinds(again).includes('kept'));
});

test('a task under way goes on after a stop, answers, keys and all', () => {
  const bench = staffed();
  const task = bench.escrow(alice);
  handOutKeys(bench, task);
  bench.answer(bob, task);
  const again = restarted(bench);
  again.join(carol);
  again.answer(carol, task);
  assert.equal(again.settlement(task)?.pay.length, 2);
});

test('a task that a stop caught without keys is refunded when none come', () => {
  const bench = staffed();
  const task = bench.escrow(alice, { deadline: 3_000_000 });
  const again = restarted(bench);
  again.pass(20_000);
  const { refund, slots } = again.settlement(task)!;
  assert.deepEqual([refund, slots], [2_000, []]);
});

test('so is one whose ciphertext came back and whose keys did not', () => {
  const bench = staffed();
  const task = bench.escrow(alice, { deadline: 3_000_000 });
  bench.store.delete(`in/${task}`);
  const again = restarted(bench);
  const { b, s } = again.state.ledger.get(task)!.certified;
  again.pass(60_000);
  assert.equal(again.settlement(task), undefined);
  again.say(alice, { t: 'escrow', r: { b, s } }, Uint8Array.of(1, 2, 3));
  again.pass(5_000);
  assert.equal(again.settlement(task)?.refund, 2_000);
});

test('the roster of a draw can be had after a stop, and after a hundred others', () => {
  const bench = staffed();
  const task = bench.escrow(alice);
  const { roster } = bench.state.tasks.get(task)!.assignment;
  assert.deepEqual(drawn(bench, task).sort(), [bob, carol].sort());
  for (let nth = 0; nth < 100; nth++) bench.join(key(`other ${nth}`));
  for (const witness of [bench, restarted(bench)]) {
    witness.sent.length = 0;
    witness.say(alice, { t: 'roster-want', hash: roster });
    assert.deepEqual(witness.sent.flatMap(({ message }) => (message.t === 'roster' ? message.members.map(({ node }) => node) : [])).sort(), [bob, carol].sort());
  }
});

test('a logged record that nobody brings back is certified again from the log, and until then its account rests', () => {
  const bench = staffed();
  const task = settled(bench);
  const before = bench.state.ledger.digestTotal();
  const again = createBench({ vault: bench.vault, at: bench.now });
  assert.ok(again.state.missing.size > 0);
  const authored = again.published.filter(({ b }) => 'author' in (JSON.parse(b) as Rec));
  assert.deepEqual(authored, []);
  again.opens(alice, { share: 1 });
  assert.deepEqual(again.refusals().map(({ code }) => code), ['bad-input']);
  again.pass(31_000);
  assert.equal(again.state.missing.size, 0);
  assert.deepEqual(again.state.ledger.digestTotal(), before);
  assert.equal(again.state.tasks.has(task), false);
});

test('what comes back from a peer within an epoch is not certified anew', () => {
  const bench = staffed();
  const again = createBench({ vault: bench.vault, at: bench.now });
  again.feed({ on: 'guarded', as: { how: 'returned' }, good: bench.published, bad: 0 });
  again.published.length = 0;
  again.pass(31_000);
  assert.deepEqual([again.state.missing.size, again.published.length], [0, 0]);
});
