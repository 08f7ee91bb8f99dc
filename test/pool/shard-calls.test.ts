import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from '../../src/kernels/codec.js';
import { jobOf } from '../contract/pool.js';
import { fromSource, threadPool } from './fixtures/threads.js';

const ENTRY = fromSource(new URL('fixtures/compute-thread.ts', import.meta.url));

test('a kernel reads the shard of its job and hands over what it made of it', async () => {
  const pool = threadPool({ entry: ENTRY });
  const content = Uint8Array.of(1, 2, 3);
  const written: [string, Uint8Array][] = [];
  const shards = {
    has: async (hash: string) => (hash === 'old' ? { size: content.length } : undefined),
    read: async (hash: string) => (hash === 'old' ? content.slice() : Promise.reject(new Error(`no ${hash} here`))),
    write: async (hash: string, plain: Uint8Array) => {
      written.push([hash, plain]);
      return { hash: 'new', size: plain.length };
    },
  };
  try {
    const { output } = await pool.run(jobOf('shard', { hash: 'old' }), { shards });
    assert.deepEqual(decode(output), { hash: 'new', size: 4 });
    assert.deepEqual(written, [['old', Uint8Array.of(1, 2, 3, 0)]]);
    await assert.rejects(pool.run(jobOf('shard', { hash: 'gone' }), { shards }), /no gone here/u);
    assert.deepEqual(decode((await pool.run(jobOf('shards-held', ['old', 'gone']), { shards })).output), [3, null]);
    assert.equal(decode((await pool.run(jobOf('shards-held', ['old']))).output), null, 'a job about no shard has access to none');
  } finally {
    await pool.close();
  }
});
