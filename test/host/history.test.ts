import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import type { Rec } from '../../src/engine/core/record.js';
import { certificateOf, History, type Noted } from '../../src/engine/host/history.js';
import { assignment, certified, escrow, idOf, network, parsed, settle, witness } from '../core/ledger-fixture.js';

const KEY = 'host/history';
const work: Noted = { taskId: 't1', kind: 'embedding', role: 'worker', parties: ['a'], busyMs: 5, credits: 0, outcome: 'running' };

function ledgerOf(records: readonly Rec[]): Ledger {
  const ledger = new Ledger(network);
  const batch = certified(records);
  records.forEach((record, index) => ledger.add(parsed(record), batch[index]!, record.kind === 'escrow' ? assignment : undefined));
  return ledger;
}

test('an entry of an earlier version has the new fields, empty', async () => {
  const storage = memoryStorage();
  const old = { ...work, at: 7, outcome: 'paid' };
  await storage.write([[KEY, JSON.stringify([old])]]);
  const history = new History(storage);
  await history.load();
  assert.deepEqual(history.list(), [{ ...old, items: 0, bytes: 0, digest: '', certificate: null, latencyMs: 0 }]);
});

test('what was known of a task stays known, from its first moment on', () => {
  const history = new History(memoryStorage());
  history.note({ ...work, items: 20, bytes: 100 }, 1_000);
  const entry = history.note({ ...work, outcome: 'paid', credits: 0.5, digest: 'd' }, 2_000);
  assert.deepEqual([entry.at, entry.items, entry.bytes, entry.digest, entry.outcome], [1_000, 20, 100, 'd', 'paid']);
  assert.equal(history.list().length, 1);
  assert.equal(history.note({ ...work, kind: '', outcome: 'failed' }, 3_000).kind, 'embedding');
});

test('the newest task comes first, before and after it was stored', async () => {
  const storage = memoryStorage();
  const history = new History(storage);
  for (const taskId of ['t1', 't2', 't3']) history.note({ ...work, taskId, outcome: 'paid' }, 1_000);
  await history.flush();
  const next = new History(storage);
  await next.load();
  for (const log of [history, next]) assert.deepEqual(log.list().map(({ taskId }) => taskId), ['t3', 't2', 't1']);
});

test('a certificate names the settlement as soon as there is one', () => {
  const id = idOf(escrow);
  const ordered = ledgerOf([escrow]);
  const settled = ledgerOf([escrow, settle]);
  assert.equal(certificateOf(ledgerOf([]), id), null);
  assert.deepEqual(certificateOf(ordered, id), { escrow: id, settlement: '', witnesses: [witness] });
  const history = new History(memoryStorage());
  history.note({ ...work, role: 'submitter', outcome: 'resolved', certificate: certificateOf(ordered, id) }, 1_000);
  const settlement = (ledger: Ledger): string | undefined => history.list((name) => certificateOf(ledger, name))[0]!.certificate?.settlement;
  assert.equal(settlement(ordered), '');
  assert.equal(settlement(settled), idOf(settle));
  assert.deepEqual(history.list()[0]!.certificate, { escrow: id, settlement: '', witnesses: [witness] }, 'without a ledger it is what it was');
});

test('clearing deletes what is over, here and in the storage, and leaves what is under way', async () => {
  const storage = memoryStorage();
  await storage.write([[KEY, JSON.stringify([{ ...work, taskId: 'left under way by an earlier engine', at: 1 }])]]);
  const history = new History(storage);
  await history.load();
  history.note({ ...work, taskId: 'over', outcome: 'paid' }, 1_000);
  history.note({ ...work, items: 20 }, 2_000);
  await history.clear();
  assert.deepEqual(history.list().map(({ taskId }) => taskId), ['t1']);
  const next = new History(storage);
  await next.load();
  assert.deepEqual(next.list(), history.list());
  assert.deepEqual([history.note({ ...work, outcome: 'paid' }, 3_000)].map(({ at, items }) => [at, items]), [[2_000, 20]]);
});

test('clearing says when the storage refused', async () => {
  const history = new History({ ...memoryStorage(), write: () => Promise.reject(new Error('full')) });
  history.note({ ...work, outcome: 'paid' }, 1_000);
  await assert.rejects(history.clear(), /full/u);
});

test('tasks that end faster than the storage writes are written together', async () => {
  const storage = memoryStorage();
  let writes = 0;
  const slow = { ...storage, write: async (entries: Parameters<typeof storage.write>[0]) => (writes++, await new Promise((resolve) => setImmediate(resolve)), storage.write(entries)) };
  const history = new History(slow);
  for (let task = 0; task < 100; task++) history.note({ ...work, taskId: `t${task}`, outcome: 'paid' }, task);
  await history.flush();
  assert.equal(writes, 1);
  history.note({ ...work, outcome: 'paid' }, 1_000);
  await history.flush();
  assert.equal(writes, 2);
  const next = new History(storage);
  await next.load();
  assert.equal(next.list().length, 100);
});
