/** One page buys, another earns, a relay between them: for real, on three origins, in Chromium. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { FIXED_BATCH, FIXED_BATCH_SHA256 } from '../kernels/embedding-sentences.js';
import { carries, recordFrames } from './frames.js';
import { heard, submit, untilState, World } from './harness.js';
import { embed } from './tasks.js';

const SECRET = 'the marmalade of Zanzibar is kept under the third stair';
let world: World;

before(async () => {
  world = await World.open();
});

after(() => world.close());

test('a search for a text finds it plain and in base64, wherever it stands', () => {
  for (const before of ['', 'a', 'ab', 'abc']) {
    const text = `${before}${SECRET}, and more`;
    assert.ok(carries([Buffer.from(text)], SECRET));
    assert.ok(carries([Buffer.from(JSON.stringify({ payload: Buffer.from(text).toString('base64') }))], SECRET), before);
  }
  assert.ok(!carries([Buffer.from('the marmalade')], SECRET));
});

test('a page buys, a page of another origin and a Node process earn; the relay sees no payload', async () => {
  const { greeting } = await world.contributor('node');
  const [seller, buyer] = [await world.visitor(), await world.visitor()];
  const [sellerSite, buyerSite] = [await world.site(), await world.site()];
  assert.notEqual(sellerSite.origin, buyerSite.origin);
  let sellerFrames: readonly Buffer[] = [];
  let buyerFrames: readonly Buffer[] = [];
  const earning = await seller.open(`${sellerSite.url}module.html?consent=granted`, async (page) => (sellerFrames = recordFrames(page)));
  const { nodeId } = await untilState(earning, (state) => state.status === 'idle' && state.stats.peers === 2);
  const buying = await buyer.open(`${buyerSite.url}module.html?consent=ask&prompt=manual`, async (page) => (buyerFrames = recordFrames(page)));

  const result = await submit(buying, embed([SECRET, 'something else']));
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.deepEqual([...result.workers!].sort(), [greeting.node, nodeId].sort());
  assert.ok(result.cost! > 0);

  const state = await untilState(earning, ({ stats }) => stats.pending > 0 && stats.tasksCompleted === 1);
  assert.equal(state.stats.pending, Math.round((result.cost! / 2) * 0.9 * 1e6) / 1e6, 'half of the price, less the fee');
  assert.equal(state.ledger!.escrowed, 0);
  const gained = (await heard(earning, 'edge-net-credit')) as { gained: number }[];
  assert.ok(gained.some((credit) => credit.gained === state.stats.pending), 'the payment was announced');
  const worked = (await heard(earning, 'edge-net-task')) as { role: string; outcome: string }[];
  assert.deepEqual(worked.filter(({ role }) => role === 'worker').map(({ outcome }) => outcome).at(-1), 'paid');
  const [bought] = (await heard(buying, 'edge-net-result')) as { taskId: string; verified: boolean; cost: number }[];
  assert.deepEqual(bought, { taskId: result.taskId, kind: 'embedding', verified: true, cost: result.cost });
  assert.deepEqual([...seller.complaints, ...buyer.complaints], []);

  for (const [where, frames] of Object.entries({ 'the earning page': sellerFrames, 'the buying page': buyerFrames, 'the relay': world.tap.frames })) {
    assert.ok(carries(frames, result.taskId!), `the task is to be seen at ${where}`);
    assert.ok(!carries(frames, SECRET) && !carries(frames, SECRET.slice(0, 24)), `the payload is not to be read at ${where}`);
  }
  await Promise.all([seller.leave(), buyer.leave()]);
});

test('a page embeds to the bytes that Node gives, and to those of every other engine', async () => {
  const [seller, buyer] = [await world.visitor(), await world.visitor()];
  const earning = await seller.open(`${(await world.site()).url}module.html?consent=granted`);
  const { nodeId } = await untilState(earning, (state) => state.status === 'idle' && state.stats.peers === 2);
  const buying = await buyer.open(`${(await world.site()).url}module.html?consent=ask&prompt=manual`);
  const result = await submit(buying, embed(FIXED_BATCH, { timeout: 120_000 }));
  assert.equal(result.verified, true, JSON.stringify(result));
  assert.ok(result.workers!.includes(nodeId));
  const vectors = Float32Array.from((result['embeddings'] as number[][]).flat());
  assert.equal(createHash('sha256').update(new Uint8Array(vectors.buffer)).digest('hex'), FIXED_BATCH_SHA256);
  await Promise.all([seller.leave(), buyer.leave()]);
});
