/** Several tabs of one visitor: one works, the others follow it, and one of them takes over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { isUp, type Outcome, startSubmit, submit, untilState, World } from './harness.js';
import type { Site } from './site-server.js';
import { search } from './tasks.js';

let world: World;
let site: Site;

before(async () => {
  world = await World.open();
  site = await world.site();
});

after(() => world.close());

test('a second tab follows, buys through the first and takes over with the same account when the first is closed', async () => {
  const visitor = await world.visitor();
  const url = `${site.url}module.html?consent=granted&tasks=embedding`;
  const first = await visitor.open(url);
  const { nodeId } = await untilState(first, ({ link }) => link === 'direct');
  const second = await visitor.open(url);
  const third = await visitor.open(url);
  for (const page of [second, third]) assert.equal((await untilState(page, ({ status }) => status === 'following')).nodeId, nodeId);
  assert.equal(world.tap.open, 1, 'one tab is connected');

  await world.crew(1);
  const bought = await submit(second, search());
  assert.equal(bought.verified, true, JSON.stringify(bought));
  const isPaid = ({ ledger, stats }: Parameters<typeof isUp>[0], fee: number): boolean => ledger !== null && ledger.escrowed === 0 && ledger.burned >= fee && stats.tasksSubmitted > 0;
  const fee = bought.cost! / 10;
  const [leading, mirrored] = [await untilState(first, isPaid, fee - 1e-7), await untilState(second, isPaid, fee - 1e-7)];
  assert.equal(mirrored.status, 'following');
  assert.deepEqual({ ...mirrored.stats, uptime: 0, cpu: 0 }, { ...leading.stats, uptime: 0, cpu: 0 });
  const credits = leading.stats.credits;

  await startSubmit(second, search());
  await first.close();
  const outcome = (await second.evaluate('outcome')) as Outcome;
  assert.equal(outcome.verified, true, JSON.stringify(outcome));
  assert.notEqual(outcome.taskId, bought.taskId);
  const next = await submit(second, search());
  const thirds = await submit(third, search());
  assert.deepEqual([next.verified, thirds.verified], [true, true], JSON.stringify([next, thirds]));

  const total = fee + (outcome.cost! + next.cost! + thirds.cost!) / 10;
  const leader = (await Promise.all([second, third].map((page) => untilState(page, isPaid, total - 1e-7)))).find(({ status }) => status !== 'following');
  assert.ok(leader, 'one of the two leads now');
  assert.equal(leader.nodeId, nodeId);
  assert.equal(Math.round(leader.ledger!.burned * 1e6), Math.round(total * 1e6), 'each task was paid once');
  assert.equal(Math.round(leader.stats.credits * 1e6), Math.round((credits - outcome.cost! - next.cost! - thirds.cost!) * 1e6), 'one account, one chain');
  assert.equal(await second.evaluate('settled'), 1);
  assert.deepEqual(visitor.complaints, []);
  await visitor.leave();
});
