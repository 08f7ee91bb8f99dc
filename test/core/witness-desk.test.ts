/** What a witness refuses, and how long it stands by that. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { alice, bob, carol, idOf, key, sign, SIGNATURE } from './ledger-fixture.js';
import { canSealTo } from '../../src/engine/core/box-key.js';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { Rec } from '../../src/engine/core/record.js';
import { CIPHERTEXT, createBench, type Bench, type BenchOptions } from './witness-fixture.js';

const EPOCH_MS = 30_000;

function staffed(options?: BenchOptions): Bench {
  const bench = createBench(options);
  bench.opens(alice);
  for (const worker of [bob, carol]) bench.join(worker);
  return bench;
}

const codes = (bench: Bench): string[] => bench.refusals().map(({ code }) => code);

test('a refused record is not certified when its second copy comes at a better moment', () => {
  const bench = staffed();
  const transfer = bench.next(bob, { kind: 'transfer', to: alice, amount: 101_000_000 });
  bench.say(bob, { t: 'record', r: sign(transfer) });
  assert.deepEqual(codes(bench), ['insufficient-credits']);
  bench.say(alice, { t: 'record', r: sign(bench.next(alice, { kind: 'transfer', to: bob, amount: 50_000_000 })) });
  bench.pass(500);
  bench.say(bob, { t: 'record', r: sign(transfer) });
  assert.deepEqual(codes(bench), ['insufficient-credits', 'insufficient-credits']);
  bench.say(bob, { t: 'record', r: sign({ ...transfer, memo: 'written anew' }) });
  assert.equal(bench.state.ledger.head(bob)?.seq, 1);
});

test('a refusal that names a time to come back is over by then', () => {
  const bench = staffed();
  const tasks = [bench.escrow(alice)];
  while (bench.refusals().length === 0 && tasks.length < 100) tasks.push(bench.escrow(alice));
  const refused = tasks.at(-1)!;
  const { code, retryAfterMs } = bench.refusals()[0]!;
  assert.equal(code, 'no-workers');
  bench.say(alice, { t: 'cancel', escrow: tasks[0]! });
  bench.pass(retryAfterMs!);
  assert.equal(bench.escrow(alice, { epoch: Math.floor((bench.now - retryAfterMs!) / EPOCH_MS) }), refused);
  assert.ok(bench.state.tasks.has(refused));
});

test('too few workers are no reason to wait: the submitter may do the task itself', () => {
  const bench = createBench();
  for (const node of [alice, bob]) bench.opens(node);
  bench.join(bob);
  bench.escrow(alice);
  assert.equal(bench.refusals()[0]?.code, 'no-workers');
  assert.equal(bench.refusals()[0]?.retryAfterMs, undefined);
});

test('a copy from somebody else decides nothing', () => {
  const bench = staffed();
  const transfer = bench.next(alice, { kind: 'transfer', to: bob, amount: 5 });
  bench.say(bob, { t: 'record', r: sign(transfer) });
  assert.deepEqual([bench.state.ledger.get(idOf(transfer)), codes(bench)], [undefined, []]);
  bench.say(alice, { t: 'record', r: sign(transfer) });
  assert.ok(bench.state.ledger.get(idOf(transfer)));
});

test('a record that was signed before comes back, and a wrong ciphertext does not come with it', () => {
  const first = staffed();
  const task = first.escrow(alice);
  const again = createBench({ vault: first.vault, at: first.now });
  again.feed({ on: 'guarded', as: {}, good: first.published.filter(({ b }) => (JSON.parse(b) as Rec).kind !== 'escrow'), bad: 0 });
  const { b, s } = first.state.ledger.get(task)!.certified;
  again.say(alice, { t: 'escrow', r: { b, s } }, Uint8Array.of(9, 9, 9));
  again.pass(500);
  assert.equal(again.state.ledger.get(task)!.certified.c.x, first.state.ledger.get(task)!.certified.c.x);
  assert.equal(again.state.tasks.get(task)?.ciphertext, undefined);
  again.say(alice, { t: 'escrow', r: { b, s } }, CIPHERTEXT);
  assert.deepEqual(again.state.tasks.get(task)?.ciphertext, CIPHERTEXT);
});

test('records of every kind count for the hour', () => {
  const bench = staffed({ parameters: { tasksPerHourMax: 3 } });
  for (let payment = 0; payment < 3; payment++) bench.say(alice, { t: 'record', r: sign(bench.next(alice, { kind: 'transfer', to: bob, amount: 5 })) });
  assert.deepEqual(codes(bench), ['rate-limited']);
  bench.pass(3_600_000);
  bench.say(alice, { t: 'record', r: sign(bench.next(alice, { kind: 'transfer', to: bob, amount: 5 })) });
  assert.equal(bench.state.ledger.head(alice)?.seq, 3);
});

test('padding is refused', () => {
  const bench = staffed();
  const body = JSON.stringify(bench.next(alice, { kind: 'transfer', to: bob, amount: 5 }));
  for (const b of [body.replace('{', '{ '), body.replace('"amount":5', '"amount":5.0'), body.replace('transfer', '\\u0074ransfer')]) {
    bench.say(alice, { t: 'record', r: { b, s: SIGNATURE } });
  }
  assert.deepEqual(codes(bench), ['bad-input', 'bad-input', 'bad-input']);
});

test('nothing is escrowed for a result that could not be sealed', () => {
  const zero = toBase64url(new Uint8Array(32));
  const bench = staffed();
  bench.escrow(alice, { resultKey: zero });
  assert.deepEqual(codes(bench), ['bad-input']);
  assert.ok(canSealTo(key('any')));
  const top = new Uint8Array(32);
  top[31] = 0x80;
  assert.ok(!canSealTo(toBase64url(top)));
});

test('when the workers have their hands full, nobody\'s credits are locked up', () => {
  const bench = staffed();
  for (let nth = 0; nth < 8; nth++) bench.escrow(alice, { task: `${'A'.repeat(20)}${nth}A` });
  assert.deepEqual(codes(bench), []);
  const late = bench.escrow(alice, { task: `${'A'.repeat(20)}9A` });
  const [refusal] = bench.refusals();
  assert.equal(refusal?.code, 'no-workers');
  assert.ok(refusal.retryAfterMs! > 0);
  assert.equal(bench.state.ledger.get(late), undefined);
});

test('a name is certified for the first who asks, and again for nobody else', () => {
  const bench = staffed();
  const claim = (who: string, name: string): void => bench.say(who, { t: 'record', r: sign(bench.next(who, { kind: 'name', name })) });
  claim(alice, 'example.org');
  bench.pass(500);
  claim(bob, 'example.org');
  assert.deepEqual(bench.refusals().map(({ code, message }) => [code, message]), [['bad-input', 'The name example.org is taken. Choose another one.']]);
  claim(alice, 'example.com');
  bench.pass(500);
  claim(alice, 'example.org');
  bench.pass(500);
  assert.deepEqual([bench.state.ledger.nameOf(alice)?.name, bench.state.ledger.nameOf(bob)], ['example.org', undefined]);
});
