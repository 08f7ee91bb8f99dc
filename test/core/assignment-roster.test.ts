import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { rosterHash, sortMembers, verifyRoster } from '../../src/engine/core/assignment/roster.js';
import type { Member } from '../../src/engine/core/message.js';
import { key } from './ledger-fixture.js';

const members: readonly Member[] = ['a', 'b', 'c'].map((name) => ({
  node: key(name), box: key(`${name} box`), kernels: { embedding: 1, vector_search: 2 }, capacity: 1, stake: 0, site: 'example.org',
}));
const header = { roster: rosterHash(members), size: 3 };

test('the hash is the members\', in whatever order they and their kernels come', () => {
  fc.assert(
    fc.property(fc.shuffledSubarray([...members], { minLength: 3 }), (shuffled) => {
      const respelt = shuffled.map((each) => ({ ...each, kernels: { vector_search: 2, embedding: 1 } }));
      assert.equal(rosterHash(respelt), header.roster);
      assert.ok(verifyRoster(respelt, header));
      assert.deepEqual(sortMembers(shuffled), sortMembers(members));
    }),
  );
});

test('every field of every seat counts', () => {
  const changes: readonly Partial<Member>[] = [
    { node: key('z') }, { box: key('z') }, { kernels: { embedding: 1 } }, { kernels: { embedding: 2, vector_search: 2 } }, { capacity: 2 }, { stake: 1 }, { site: '' },
  ];
  for (const change of changes) assert.ok(!verifyRoster([...members.slice(0, 2), { ...members[2], ...change }], header), JSON.stringify(change));
  assert.ok(!verifyRoster(members.slice(0, 2), { roster: header.roster, size: 2 }));
  assert.ok(!verifyRoster(members, { ...header, size: 4 }));
});

test('a node has one seat, and a seat has its shape', () => {
  const twice = [members[0]!, members[0]!];
  assert.ok(!verifyRoster(twice, { roster: rosterHash(twice), size: 2 }));
  const crooked = [{ ...members[0]!, capacity: -1 }];
  assert.ok(!verifyRoster(crooked, { roster: rosterHash(crooked), size: 1 }));
  assert.ok(verifyRoster([], { roster: rosterHash([]), size: 0 }));
});

test('whatever is sent for a roster, the check answers and does not throw', () => {
  fc.assert(fc.property(fc.anything(), (junk) => assert.ok(!verifyRoster([junk], header) && !verifyRoster(junk, header))));
});
