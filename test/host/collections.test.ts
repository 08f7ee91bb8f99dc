import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Task } from '../../src/engine/api.js';
import { PUBLIC_PARAMETERS } from '../../src/engine/core/network.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { planInsertion, shardRows, storedBytes } from '../../src/engine/host/collection-plan.js';
import { merge } from '../../src/engine/host/collection-search.js';
import { bob } from '../core/ledger-fixture.js';
import { type World, world } from './collections-world.js';

const DIMS = 4;
/** Some 160 bytes a vector: room for 11 in a shard. */
const SMALL = { shardBytesMax: 2_000 };
const vectors = (count: number): number[][] => Array.from({ length: count }, (_, row) => [1, row, 0, 0]);
const insertion = (collection: string, count: number, options: Task['options'] = {}, ids?: readonly number[]): Task => ({ type: 'vector_insert', payload: { collection, vectors: vectors(count), ...(ids ? { ids } : {}) }, options });
const search = (collection: string, options: Task['options'] = {}): Task => ({ type: 'vector_search', payload: { collection, query: [1, 0, 0, 0], k: 3 }, options });
const failed = (code: EdgeNetError['code'], retryAfterMs?: number): EdgeNetError => new EdgeNetError(code, `It is ${code}.`, retryAfterMs === undefined ? {} : { retryAfterMs });
const caught = (promise: Promise<unknown>): Promise<EdgeNetError> => promise.then(() => assert.fail('It did not fail.'), (error: EdgeNetError) => error);
const filled = async (count: number, at: World = world({ parameters: SMALL })): Promise<{ readonly at: World; readonly id: string }> => {
  const { id } = await at.host.create({ dims: DIMS });
  await at.host.submit(insertion(id, count));
  return { at, id };
};
const idsIn = (at: World): number[] => at.host ? [...at.contents.values()].flat() : [];

test('a plan puts every vector into one shard, in order, and no shard over its room', () => {
  const shape = fc.record({ dims: fc.integer({ min: 1, max: 4_096 }), scalar: fc.constantFrom('f32' as const, 'f16' as const, 'i8' as const), count: fc.integer({ min: 1, max: 30_000 }), rows: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }) });
  fc.assert(fc.property(shape, ({ dims, scalar, count, rows }) => {
    const format = { dims, scalar, metric: 'cos' } as const;
    const capacity = shardRows(format, PUBLIC_PARAMETERS);
    const shards = rows.map((share) => ({ hash: '', size: 0, rows: Math.floor(share * capacity) }));
    fc.pre(capacity * 60 > count);
    const slices = planInsertion([[0, count]], format, shards, PUBLIC_PARAMETERS);
    let next = 0;
    const filling = shards.map((shard) => shard.rows);
    for (const { shard, from, to } of slices) {
      assert.equal(from, next);
      assert.ok(to > from && (to - from) * (4 * dims + 8) <= PUBLIC_PARAMETERS.payloadBytesMax);
      filling[shard] = (filling[shard] ?? 0) + to - from;
      next = to;
    }
    assert.equal(next, count);
    assert.ok(filling.every((filledRows) => filledRows <= capacity));
    assert.ok(filling.slice(0, -1).every((filledRows, shard) => filledRows === capacity || shard < shards.length), 'a new shard comes after the last is full');
    assert.equal(storedBytes(count, format, PUBLIC_PARAMETERS).length, Math.ceil(count / capacity));
  }), { numRuns: 50 });
});

test('sixty-four shards are full one day, and that is said before anything is bought', async () => {
  const { at, id } = await filled(1);
  const error = await caught(at.host.submit(insertion(id, 64 * shardRows({ dims: DIMS, metric: 'cos', scalar: 'f16' }, { ...PUBLIC_PARAMETERS, ...SMALL }))));
  assert.deepEqual([error.code, /64 shards/u.test(error.message), at.bought.length], ['bad-input', true, 1]);
});

test('an empty collection has no matches for any query, and costs nothing', async () => {
  const at = world();
  const { id } = await at.host.create({ dims: DIMS });
  const matches = async (query: unknown): Promise<unknown> => (await at.host.submit({ type: 'vector_search', payload: { collection: id, query, k: 1 } }))['matches'];
  assert.deepEqual([await matches([1, 2, 3, 4]), await matches([[1, 2, 3, 4], [5, 6, 7, 8]]), await matches(new Float32Array(8)), at.bought.length], [[[]], [[], []], [[], []], 0]);
  assert.equal((await caught(matches([1, 2]))).code, 'bad-input');
});

test('matches of all shards are merged by score, then by id', () => {
  const match = (id: number, score: number): { id: number; score: number } => ({ id, score });
  assert.deepEqual(merge([[[match(7, 3), match(1, 1)], [match(1, 1)]], [[match(2, 3), match(9, 2)], []]], 3), [[match(2, 3), match(7, 3), match(9, 2)], [match(1, 1)]]);
});

test('an insertion takes as many shards as it needs, and each part is made certain before the next on its shard', async () => {
  const { at, id } = await filled(25);
  assert.deepEqual(idsIn(at).toSorted((left, right) => left - right), Array.from({ length: 25 }, (_, row) => row));
  const { vectors: size, shards, deposit, daysLeft } = await at.host.get(id);
  assert.deepEqual([size, shards.map((shard) => shard.vectors)], [25, [11, 11, 3]]);
  // 100 bytes a vector there, 0.01 credit a megabyte and day, for three replicas and thirty days; a micro-credit is the least.
  assert.deepEqual([deposit, daysLeft], [(3 * 30 * (11 + 11 + 3)) / 1e6, 30]);
  assert.deepEqual(at.bought.map(({ k, priority, on }) => [k, priority, on!.shard]), [[3, 'normal', 0], [3, 'normal', 1], [3, 'normal', 2]]);

  at.bought.length = 0;
  const found = await at.host.submit(search(id));
  assert.deepEqual([found['matches'], found.verified, found.workers.length, found.cost, at.bought.length], [[[{ id: 24, score: 12 }, { id: 22, score: 11 }, { id: 23, score: 11 }]], true, 2, 2 * 25 * 0.001, 3]);
});

test('a quote is what is charged, whatever the replicas and the priority', async () => {
  const { at, id } = await filled(25);
  for (const options of [{}, { redundancy: 1 }, { priority: 'high' }, { redundancy: 3, priority: 'low' }] as const) {
    for (const task of [search(id, options), insertion(id, 30, options)]) {
      const { cost, perReplica, redundancy } = await at.host.quote(task);
      at.bought.length = 0;
      await at.host.submit({ ...task, options: { ...options, maxCredits: cost } });
      const factor = { low: 0.5, normal: 1, high: 2 }[options.priority ?? 'normal'];
      const charged = at.bought.reduce((sum, { meter, k }) => sum + Math.max(meter.price * k * factor, 1_000 * k), 0);
      assert.deepEqual([cost, Math.round(perReplica * redundancy * 1e6)], [charged / 1e6, charged]);
    }
  }
});

test('too dear, too poor, aborted or misnamed: nothing is bought', async () => {
  const { at, id } = await filled(5);
  at.bought.length = 0;
  const code = async (task: Task): Promise<string> => (await caught(at.host.submit(task))).code;
  assert.equal(await code(insertion(id, 5, { maxCredits: 0.07 })), 'over-budget');
  assert.equal(await code(search(id, { maxCredits: 0.009 })), 'over-budget');
  assert.equal(await code(search(id, { redundancy: 4 })), 'bad-input');
  assert.equal(await code(search(id, { signal: AbortSignal.abort() })), 'aborted');
  assert.equal(await code({ type: 'vector_insert', payload: { collection: id, vectors: vectors(1), dims: 4 } }), 'bad-input');
  at.spendable = 60_000;
  assert.equal(await code(insertion(id, 5)), 'insufficient-credits');
  at.own(id, { owner: bob });
  for (const task of [insertion(id, 1), search(id)]) assert.equal(await code(task), 'bad-input');
  at.own(id, { released: 'unpaid' });
  assert.equal(await code(search(id)), 'bad-input');
  assert.deepEqual(at.bought, []);
});

test('a shard that nobody holds yet is asked for again, when it is time and while there is time', async () => {
  const { at, id } = await filled(5);
  at.bought.length = 0;
  at.refuse = (_, attempt) => (attempt < 2 ? failed('no-workers', 700) : undefined);
  const found = at.host.submit(search(id));
  for (const bought of [1, 2, 3]) {
    while (at.bought.length < bought) await new Promise(setImmediate);
    await new Promise(setImmediate);
    at.clock.advance(700);
  }
  assert.equal((await found).verified, true);
  assert.equal(new Set(at.bought.map(({ task }) => task)).size, 3, 'each try is a task of its own');

  at.refuse = () => failed('no-workers', 700);
  const error = await caught(at.host.submit(search(id, { timeout: 500 })));
  assert.deepEqual([error.code, error.retryAfterMs, /Shard 0 of the collection/u.test(error.message)], ['no-workers', 700, true]);
});

test('an insertion that ends half-way says what is done, and the same ids insert the rest', async () => {
  const at = world({ parameters: SMALL });
  const { id } = await at.host.create({ dims: DIMS });
  const ids = Array.from({ length: 25 }, (_, row) => 100 + row);
  at.refuse = ({ on }) => (on!.shard === 1 ? failed('no-consensus') : undefined);
  const error = await caught(at.host.submit(insertion(id, 25, {}, ids)));
  assert.deepEqual([error.code, /14 of 25 vectors were inserted: those at 0–10, 22–24/u.test(error.message)], ['no-consensus', true], error.message);

  // In another life, under another task id.
  const later = world({ parameters: SMALL, store: at.store, before: at });
  const result = await later.host.submit(insertion(id, 25, {}, ids));
  assert.deepEqual([result['inserted'], result['size'], result.cost, later.bought.length], [25, 25, 25 * 3 * 0.005, 1]);
  assert.deepEqual((await later.host.get(id)).vectors, 25);
  assert.deepEqual(await later.store.entries('host/insertion/'), []);
});

test('a part that was done and not made certain is asked for by its name', async () => {
  const at = world({ parameters: SMALL });
  const { id } = await at.host.create({ dims: DIMS });
  const taskId = 'B'.repeat(21) + 'A';
  at.refuse = () => failed('closed');
  assert.equal((await caught(at.host.submit(insertion(id, 5, { taskId })))).code, 'closed');
  const later = world({ parameters: SMALL, store: at.store, before: at });
  await later.host.submit(insertion(id, 5, { taskId }));
  assert.equal(later.bought[0]!.task, at.bought[0]!.task, 'the engine finds it bought');
  assert.deepEqual((await later.host.get(id)).vectors, 5);
  const next = await later.host.submit(insertion(id, 1));
  assert.equal(next['size'], 6);
  assert.ok(idsIn(later).includes(5));
});

test('a result whose promise was lost is fetched by its id, and an insertion that is done is not done again', async () => {
  const { at, id } = await filled(25);
  const taskId = 'C'.repeat(21) + 'A';
  const inserted = await at.host.submit(insertion(id, 3, { taskId }));
  const searchId = 'D'.repeat(21) + 'A';
  const found = await at.host.submit(search(id, { taskId: searchId }));
  at.bought.length = 0;
  assert.deepEqual([await at.host.result(taskId), await at.host.result(searchId), await at.host.result('E'.repeat(22))], [inserted, found, undefined]);
  assert.deepEqual(await at.host.submit(insertion(id, 3, { taskId })), inserted);
  assert.deepEqual([at.bought.length, (await at.host.get(id)).vectors], [0, 28]);
});

test('insertions into one collection take turns; those into another do not wait', async () => {
  const { at, id } = await filled(1);
  const { id: other } = await at.host.create({ dims: DIMS });
  at.bought.length = 0;
  const order: string[] = [];
  await Promise.all([insertion(id, 2), insertion(id, 3), insertion(other, 1)].map(async (task, at_) => {
    await at.host.submit(task);
    order.push(`insertion ${at_}`);
  }));
  assert.ok(order.indexOf('insertion 0') < order.indexOf('insertion 1'), order.join());
  assert.deepEqual(at.bought.filter(({ on }) => on!.collection === id).map(({ on }) => at.contents.get(on!.hash)!.length), [1, 3]);
});

test('an insertion that waits for its turn can be called off, and does not let the next one in early', async () => {
  const { at, id } = await filled(1);
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  at.hold = held;
  const first = at.host.submit(insertion(id, 1));
  const controller = new AbortController();
  const second = caught(at.host.submit(insertion(id, 1, { signal: controller.signal })));
  const third = at.host.submit(insertion(id, 1));
  controller.abort();
  assert.equal((await second).code, 'aborted');
  await new Promise(setImmediate);
  assert.equal(at.bought.length, 2, 'the first insertion, and the one before');
  release();
  assert.deepEqual([(await first)['size'], (await third)['size']], [2, 3]);
});

test('deposits: by days, by expected vectors, by credits; extended, and never below a day', async () => {
  const at = world();
  const made = async (settings: object): Promise<{ id: string; deposit: number }> => at.host.create({ dims: 96, ...settings });
  assert.equal((await made({})).deposit, 0);
  assert.equal((await made({ credits: 2.5 })).deposit, 2.5);
  const expected = await made({ vectors: 100_000, days: 10, replicas: 2 });
  // 343 bytes a vector, 0.01 credit a megabyte and day.
  assert.ok(Math.abs(expected.deposit - 2 * 10 * 34.3 * 0.01) < 0.05, String(expected.deposit));
  assert.equal((await at.host.extend(expected.id, 1)).deposit, expected.deposit + 1);
  const bare = await made({ credits: 0 });
  await at.host.submit({ type: 'vector_insert', payload: { collection: bare.id, vectors: [new Array(96).fill(1)] } });
  assert.deepEqual([(await at.host.get(bare.id)).daysLeft, at.orders.at(-1)!.amount], [1, 3]);
  for (const wrong of [{ dims: 1.5 }, { metric: 'cosine' }, { storage: 'f64' }, { replicas: 4 }, { access: 'all' }, { name: 'x'.repeat(65) }, { days: -1 }, { vectors: 0.5 }, { credits: -1 }, { size: 1 }]) assert.equal((await caught(made(wrong))).code, 'bad-input', JSON.stringify(wrong));
});

test('deleted, a collection is over, and what was kept about it here is gone', async () => {
  const { at, id } = await filled(3);
  await at.host.delete(id);
  assert.deepEqual([(await at.host.get(id)).status, await at.host.list(), (await at.store.entries('host/')).filter(([key]) => !key.startsWith('host/task/'))], ['closed', [], []]);
  assert.equal((await caught(at.host.extend(id, 1))).code, 'bad-input');
});

test('a collection is deleted after the insertions that were called before, and those called after have none to insert into', async () => {
  const { at, id } = await filled(1);
  let release = (): void => undefined;
  at.hold = new Promise((resolve) => (release = resolve));
  const over: string[] = [];
  const inserting = at.host.submit(insertion(id, 2)).then(({ inserted }) => over.push(`inserted ${String(inserted)}`));
  const deleting = at.host.delete(id).then(() => over.push('deleted'));
  const late = caught(at.host.submit(insertion(id, 2)));
  while (at.bought.length < 2) await new Promise(setImmediate);
  assert.ok(at.orders.every(({ closed }) => !closed), 'what is paid for is not refused');
  release();
  await Promise.all([inserting, deleting]);
  assert.deepEqual(over, ['inserted 2', 'deleted']);
  assert.equal((await late).code, 'bad-input');
  assert.equal(at.bought.length, 2);
});

test('where two nodes hold a shard a result is compared, also while only one of them is known', async () => {
  const { at, id } = await filled(5);
  const oneOf = { turn: 0, holders: [bob] };
  at.own(id, { holders: () => oneOf });
  for (const task of [search(id), insertion(id, 5)]) {
    assert.equal((await at.host.quote(task)).redundancy, 2);
    at.bought.length = 0;
    await at.host.submit(task);
    assert.deepEqual([...new Set(at.bought.map(({ k }) => k))], [2]);
    at.own(id, { holders: () => oneOf });
  }
  assert.equal((await at.host.quote(search(id, { redundancy: 1 }))).redundancy, 1);
});
