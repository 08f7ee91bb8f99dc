/** The relay under a page: killed and started again, and one that is none of ours. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { edgeNet, isUp, startStockRelay, submit, untilEvent, untilState, World } from './harness.js';
import { startSite } from './site-server.js';
import { embed, search } from './tasks.js';

/** A second's work or more. */
const LONG = Array.from({ length: 120 }, (_, i) => `sentence ${i} of a task that is under way while its relay dies, and is none the worse for it`);
let world: World;

before(async () => {
  world = await World.open();
});

after(() => world.close());

test('the relay is killed with a task under way and comes back: the page reconnects, the task is done and paid once', async () => {
  await world.crew();
  const visitor = await world.visitor();
  const page = await visitor.open(`${(await world.site()).url}module.html?consent=granted&tasks=embedding`);
  const { nodeId } = await untilState(page, isUp);
  const warm = await submit(page, embed(['has the workers load the model'], { timeout: 100_000 }));
  assert.equal(warm.verified, true, JSON.stringify(warm));
  await page.evaluate('heard.length = 0');
  let isOver = false;
  const running = submit(page, embed(LONG, { timeout: 100_000 })).finally(() => (isOver = true));
  await untilEvent(page, 'edge-net-task'); // certified
  await world.killRelay();
  assert.equal(isOver, false, 'the task was under way');
  await untilState(page, ({ status }) => status === 'offline' || status === 'connecting');
  await world.restartRelay();
  const outcome = await running;
  assert.equal(outcome.verified, true, JSON.stringify(outcome));
  const state = await untilState(page, ({ ledger, status }, fee) => (status === 'idle' || status === 'working') && ledger !== null && ledger.escrowed === 0 && ledger.burned >= fee, (warm.cost! + outcome.cost!) / 10 - 1e-7);
  assert.equal(state.nodeId, nodeId);
  assert.equal(Math.round(state.ledger!.burned * 1e6), Math.round((warm.cost! + outcome.cost!) * 1e5), 'paid once');
  assert.deepEqual(visitor.complaints.filter((complaint) => complaint.startsWith('uncaught')), []);
  await visitor.leave();
});

test('through a stock GUN relay with a witness beside it, a page buys and earns', async () => {
  await mkdir(world.folder('stock'));
  const stock = await startStockRelay(world.folder('stock'));
  world.atEnd(() => stock.stop());
  const relay = stock.greeting.url;
  const published = world.folder('published');
  await mkdir(published);
  const descriptor = join(published, 'network.json');
  await edgeNet('network', 'init', '--data', world.folder('witness'), '--out', descriptor, '--relay', relay).then((done) => done.stop());
  const witness = await edgeNet('witness', '--relay', relay, '--network', descriptor, '--data', world.folder('witness'), '--json');
  world.atEnd(() => witness.stop());
  const node = await edgeNet<{ node: string; link: string }>('contribute', '--relay', relay, '--network', descriptor, '--data', world.folder('mailbox-node'), '--json');
  world.atEnd(() => node.stop());
  assert.equal(node.greeting.link, 'mailbox');

  const files = await startSite({ root: published, headers: { 'access-control-allow-origin': '*' } });
  world.atEnd(() => files.close());
  const shop = await world.site({}, { relay, network: `${files.url}network.json` });
  const [seller, buyer] = [await world.visitor(), await world.visitor()];
  const earning = await seller.open(`${shop.url}module.html?consent=granted`);
  const { nodeId, link } = await untilState(earning, (state) => state.status === 'idle' && state.stats.peers === 2);
  assert.equal(link, 'mailbox');
  const buying = await buyer.open(`${shop.url}module.html?consent=ask&prompt=manual`);
  const result = await submit(buying, search({ timeout: 50_000 }));
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.deepEqual([...result.workers!].sort(), [nodeId, node.greeting.node].sort());
  await untilState(earning, ({ stats }) => stats.pending > 0);
  await Promise.all([seller.leave(), buyer.leave()]);
});
