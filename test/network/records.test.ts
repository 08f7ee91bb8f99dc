/** What a node can show of its work, of itself and of its site, among separate processes. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { HistoryEntry } from '../../src/engine/api.js';
import { type Net, type Node, search, startNet } from './harness.js';

let net: Net;
let buyer: Node;
let worker: Node;
before(async () => {
  net = await startNet({ contributors: 1, parameters: { checkpointMs: 500 } });
  buyer = await net.open();
  // The buyer's account is the site, so that site, worker and buyer are seen by all three.
  worker = await net.open({ config: { contribute: true, cpuLimit: 1, siteId: buyer.state.nodeId, siteShare: 0.5 } });
  await buyer.until(({ stats }) => stats.peers === 2);
});
after(() => net.close());

const only = (entries: readonly HistoryEntry[], role: HistoryEntry['role']): HistoryEntry => {
  const ofRole = entries.filter((entry) => entry.role === role);
  assert.equal(ofRole.length, 1);
  return ofRole[0]!;
};

test('both sides of a task keep what it was, what came of it, and the records that prove it', async () => {
  const { taskId, cost } = await buyer.submit(search({}, { vectors: 50 }));
  await buyer.until(({ stats }) => stats.escrowed === 0);
  await worker.event((event) => event.type === 'task' && event.entry.outcome === 'paid');
  const [bought, done] = [only(await buyer.history(), 'submitter'), only(await worker.history(), 'worker')];
  assert.deepEqual([bought.taskId, bought.outcome, bought.credits], [taskId, 'resolved', -cost]);
  for (const { items, bytes, digest } of [bought, done]) {
    assert.equal(items, 1, 'one query');
    assert.match(digest, /^[\w-]{43}$/u);
    // Fifty vectors of four 32-bit floats, and an answer.
    assert.ok(bytes > 800, `${bytes} bytes`);
  }
  assert.equal(done.digest, bought.digest, 'workers are compared by it');
  assert.ok(bought.latencyMs > 0);
  assert.equal(done.latencyMs, 0);
  assert.equal(done.certificate?.escrow, done.taskId);
  assert.match(done.certificate!.settlement, /^[\w-]{43}$/u);
  assert.deepEqual(done.certificate?.witnesses, net.network.witnesses.map(({ node }) => node));
  assert.deepEqual(bought.certificate, done.certificate);
});

test('a report says the same to worker, buyer and a passer-by', async () => {
  const passerBy = await net.open();
  const [site, whole] = await Promise.all([worker.report({ range: '24h' }), buyer.report({ range: '24h', site: '' })]);
  assert.deepEqual([site.site, site.totals.tasksServed, site.totals.tasksVerified, site.totals.visitorsAllowed, site.totals.tasksBought], [buyer.state.nodeId, 1, 1, 1, 1]);
  assert.ok(site.totals.creditsIn > 0 && site.totals.cpuHours > 0 && site.totals.latencyMs!.p50 > 0);
  assert.deepEqual(site.series.flatMap(({ tasks }) => Object.entries(tasks)), [['vector_search', 1]]);
  assert.deepEqual([whole.totals.tasksServed, whole.series.at(-1)!.contributors + whole.series.at(-2)!.contributors], [1, 2]);
  const seen = await passerBy.report({ range: '24h', site: buyer.state.nodeId });
  assert.deepEqual(seen.totals, site.totals);
  await assert.rejects(passerBy.report({ range: '1y' as '24h' }), { code: 'bad-input' });
  await passerBy.close();
});

test('a name is shown for its account, in leaderboards and reports, and is nobody else\'s', async () => {
  await assert.rejects(worker.registerName('Not A Name'), { code: 'bad-input' });
  const record = await worker.registerName('worker.example');
  assert.equal(await worker.registerName('worker.example'), record, 'what one has need not be bought again');
  await assert.rejects(buyer.registerName('worker.example'), { code: 'bad-input', message: /taken/u });
  await worker.until(({ name }) => name === 'worker.example');
  assert.equal(buyer.state.name, '');
  const { top } = await buyer.until((state) => state.top.some(({ name }) => name === 'worker.example'));
  assert.equal(top.find(({ name }) => name === 'worker.example')?.account, worker.state.nodeId);
  await buyer.registerName('shop.example');
  await worker.until((state) => state.top.some(({ name }) => name === 'shop.example'));
  assert.equal((await worker.report({ range: '7d', site: 'shop.example' })).site, buyer.state.nodeId);
});
