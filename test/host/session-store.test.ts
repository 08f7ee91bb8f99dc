import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SessionMemory } from '../../src/engine/api.js';
import type { Write } from '../../src/engine/ports/storage.js';
import { openSessionStore } from '../../src/engine/worker/session-store.js';

test('a session goes on from what its page kept, and gives it all that the network cannot give back', async () => {
  const page: SessionMemory = new Map([['identity', 'thrown away']]);
  const keep = async (entries: readonly Write[]): Promise<void> => {
    for (const [key, value] of entries) page.set(key, value ?? '');
  };
  const store = await openSessionStore(page, keep);
  assert.equal(await store.get('identity'), 'thrown away');
  await store.write([['task/1', 'secrets'], ['rec/1', 'certified'], ['chain', null]]);
  assert.deepEqual([...page], [['identity', 'thrown away'], ['task/1', 'secrets'], ['chain', '']]);
  assert.equal(await store.get('rec/1'), 'certified');
});

test('a write is not over before the page has it', async () => {
  let arrive = (): void => undefined;
  const store = await openSessionStore(new Map(), () => new Promise((resolve) => (arrive = resolve)));
  let isWritten = false;
  const writing = store.write([['task/1', 'secrets']]).then(() => (isWritten = true));
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isWritten, false);
  arrive();
  await writing;
  assert.equal(await store.get('task/1'), 'secrets');
});
