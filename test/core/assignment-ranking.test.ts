import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { eligible, rank, tickets } from '../../src/engine/core/assignment/ranking.js';
import type { Member } from '../../src/engine/core/message.js';
import { key } from './ledger-fixture.js';

const CREDIT = 1_000_000;
const member = (name: string, fields: Partial<Member> = {}): Member => ({
  node: key(name), box: key(`${name} box`), kernels: { embedding: 1 }, capacity: 1, stake: 0, site: '', ...fields,
});
const wanted = { submitter: key('submitter'), kind: 'embedding', version: 1 };
const options = { ...wanted, count: 5, k: 2, oneWorkerPerSite: false };
const seed = fc.string({ minLength: 1 });
const crowd = fc.array(
  fc.record({ name: fc.string(), stake: fc.integer({ min: 0, max: 2_000 * CREDIT }), site: fc.constantFrom('', 'a.org', 'b.org', 'c.org') }),
  { maxLength: 20 },
).map((all) => [...new Map(all.map(({ name, ...fields }) => [name, member(name, fields)])).values()]);

test('one ticket for every 100 credits, from one to ten', () => {
  const table: readonly (readonly [number, number])[] = [[0, 1], [99, 1], [100, 1], [199, 1], [200, 2], [999, 9], [1_000, 10], [5_000, 10]];
  for (const [credits, count] of table) assert.equal(tickets(credits * CREDIT), count);
});

test('the order is that of the smallest SHA-256 of seed, node and ticket', () => {
  fc.assert(
    fc.property(seed, crowd, (text, members) => {
      const smallest = ({ node, stake }: Member): string =>
        Array.from({ length: Math.max(1, Math.min(10, Math.floor(stake / (100 * CREDIT)))) }, (_, ticket) =>
          createHash('sha256').update(`${text}\n${node}\n${ticket}`).digest('hex'),
        ).sort()[0]!;
      const expected = members.map((each) => [smallest(each), each] as const).sort(([left], [right]) => (left < right ? -1 : 1)).map(([, each]) => each);
      assert.deepEqual(rank(text, members, { ...options, count: 50, k: 0 }), expected);
    }),
  );
});

test('the order members came in does not matter', () => {
  const shuffled = crowd.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })));
  fc.assert(fc.property(seed, shuffled, fc.boolean(), (text, [members, other], oneWorkerPerSite) => {
    assert.deepEqual(rank(text, members, { ...options, oneWorkerPerSite }), rank(text, other, { ...options, oneWorkerPerSite }));
  }));
});

test('only those that have the kernel, take tasks and did not submit', () => {
  const good = member('good');
  const members = [
    good, member('submitter'), member('old', { kernels: { embedding: 2 } }), member('other', { kernels: { vector_search: 1 } }),
    member('full', { capacity: 0 }),
  ];
  assert.deepEqual(eligible(members, wanted), [good]);
  assert.deepEqual(eligible(members, { ...wanted, kind: 'toString' }), []);
});

test('fewer seats than replicas are no ranking', () => {
  const two = [member('one'), member('two')];
  assert.equal(rank('seed', two, options).length, 2);
  assert.deepEqual(rank('seed', two, { ...options, k: 3 }), []);
  const neighbours = two.map((each) => ({ ...each, site: 'a.org' }));
  assert.deepEqual(rank('seed', neighbours, { ...options, oneWorkerPerSite: true }), []);
  assert.equal(rank('seed', neighbours, options).length, 2);
});

test('at most one worker of a site, the best; nodes without a site are not neighbours', () => {
  fc.assert(
    fc.property(seed, crowd, (text, members) => {
      const ranked = rank(text, members, { ...options, count: 50, k: 0, oneWorkerPerSite: true });
      const all = rank(text, members, { ...options, count: 50, k: 0 });
      const first = all.filter(({ site: own }, at) => own === '' || all.findIndex((each) => each.site === own) === at);
      assert.deepEqual(ranked, first);
      assert.deepEqual(rank(text, members, { ...options, k: 0, oneWorkerPerSite: true }), ranked.slice(0, 5));
    }),
  );
});

test('first places follow the tickets', () => {
  const members = [member('rich', { stake: 300 * CREDIT }), member('poor')];
  const draws = 2_000;
  const won = Array.from({ length: draws }, (_, draw) => rank(`draw ${draw}`, members, { ...options, k: 1 })[0]).filter((first) => first === members[0]).length;
  // Three tickets of four; six standard deviations.
  assert.ok(Math.abs(won / draws - 0.75) < 6 * Math.sqrt((0.75 * 0.25) / draws), `${won} of ${draws}`);
});
