import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { JobQueue, Ticket } from '../../src/engine/adapters/pool/queue.js';
import { PoolError } from '../../src/engine/ports/pool.js';
import { jobOf } from '../contract/pool.js';
import { codeOf } from '../contract/runner.js';

const ticket = (id: number, priority: number): Ticket => new Ticket(id, jobOf('a', {}, { priority }), {});

test('what is left after any removals comes out as a stable sort would have it', () => {
  const jobs = fc.array(fc.record({ priority: fc.integer({ min: -3, max: 3 }), removed: fc.boolean() }), { maxLength: 60 });
  fc.assert(
    fc.property(jobs, (drawn) => {
      const queue = new JobQueue();
      const tickets = drawn.map(({ priority }, id) => ticket(id, priority));
      for (const each of tickets) queue.push(each);
      drawn.forEach(({ removed }, id) => removed && assert.equal(queue.remove(tickets[id]!), true));
      const expected = tickets.filter((_, id) => !drawn[id]!.removed).sort((a, b) => b.job.priority - a.job.priority);
      assert.equal(queue.size, expected.length);
      assert.equal(queue.peek(), expected[0]);
      assert.deepEqual(Array.from(expected, () => queue.pop()!.id), expected.map(({ id }) => id));
      assert.equal(queue.pop(), undefined);
    }),
  );
});

test('what does not wait is not removed', () => {
  const queue = new JobQueue();
  queue.push(ticket(1, 0));
  assert.equal(queue.remove(ticket(1, 0)), false);
  assert.equal(queue.size, 1);
});

test('a ticket settles once, reports no progress afterwards, and lets go of the signal', async () => {
  const stop = new AbortController();
  const seen: number[] = [];
  const each = new Ticket(1, jobOf('a'), { signal: stop.signal, onProgress: ({ loaded }) => seen.push(loaded) });
  each.whenAbandoned(() => assert.fail('it had ended'));
  each.progress('a', 1, 2);
  each.reject(new PoolError('timeout', ''));
  each.resolve({ output: new Uint8Array(), fuel: 0, items: 0, busyMs: 0 });
  each.progress('a', 2, 2);
  stop.abort();
  assert.equal(await codeOf(each.result), 'timeout');
  assert.deepEqual(seen, [1]);
});
