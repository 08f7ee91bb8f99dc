/** Collections from their first record to their last, while holders come and go and words are lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import type { Sighting } from './sighting.js';
import { CALM } from '../doubles/transport.js';
import { found, type Inserted, readOutput } from '../doubles/shard-kernel.js';
import { CollectionHost, until } from './collection-host.js';
import { Dice } from './dice.js';
import { contribute, mend, planFaults, startPeer } from './faults.js';
import { epochOf, replicas } from './invariants/invariant.js';
import { imbalance } from './invariants/money.js';
import { spoiledPeer } from './spoil.js';
import { createWorld, type SimulatedWorld, type WorldOptions } from './world.js';

const GRACE_MS = 4_000;
const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

interface Told extends SimulatedWorld {
  readonly seen: Sighting[];
  readonly host: CollectionHost;
}

/** The first peer owns; all others may hold. */
async function settled({ parameters, ...options }: Partial<WorldOptions> = {}): Promise<Told> {
  const seen: Sighting[] = [];
  const world = await createWorld({
    nodes: 5, seed: 1, character: 'honest', look: (sighting) => void seen.push(sighting), parameters: { holderGraceMs: GRACE_MS, ...parameters }, ...options,
  });
  await world.pass(2_000);
  return Object.assign(world, { seen, host: new CollectionHost(world, seen, world.peers[0]!) });
}

function holdersOf({ witness }: SimulatedWorld, { id }: CollectionHost): readonly string[] {
  return witness.state!.ledger.collection(id)?.holders(0)?.holders ?? [];
}

/** Everybody that should hold the current content says so. */
function isWhole(world: SimulatedWorld, host: CollectionHost): boolean {
  const hash = world.witness.state!.ledger.collection(host.id)?.record.shards[0]?.hash;
  const holders = holdersOf(world, host);
  return holders.length > 0 && holders.every((node) => world.witness.state!.announced.get(node)?.get(`${host.id}/0`)?.has(hash!));
}

function peerOf({ peers }: SimulatedWorld, id: string | undefined): SimulatedWorld['peers'][number] {
  return peers.find((peer) => peer.id === id)!;
}

async function expectSound(world: Told): Promise<void> {
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.equal(new Set(replicas(world).map(({ ledger }) => stateHash(ledger))).size, 1);
  for (const { ledger } of replicas(world)) assert.equal(imbalance(ledger, epochOf(world)), 0);
}

async function search({ host }: Told, content: Uint8Array, by = host.node): Promise<void> {
  const { output, code } = await host.run('vector_search', bytes(9), {}, by);
  assert.equal(code, undefined);
  assert.equal(readOutput(output!), found(content, bytes(9)));
}

test('created, held, filled, searched, paid for and deleted', async () => {
  const world = await settled({ parameters: { storageDayMs: 8_000 } });
  const { host } = world;
  await host.createWithShard({ replicas: 2 });
  await until(world, () => isWhole(world, host));
  assert.equal(holdersOf(world, host).length, 2);
  assert.ok(!holdersOf(world, host).includes(host.node.id));

  assert.equal((await host.insert(bytes(1, 2, 3))).workers.length, 2);
  await host.insert(bytes(4));
  assert.equal(host.view.record.shards[0]!.rows, 4);
  await search(world, bytes(1, 2, 3, 4));

  const deposit = host.view.deposit;
  await world.pass(9_000);
  const rents = [...host.node.state!.ledger.entries()].flatMap(({ record }) => (record.kind === 'rent' ? [record] : []));
  assert.ok(rents.length >= 1 && rents.length <= 3, `${rents.length} rents in two days`);
  assert.equal(rents[0]!.amount, 2, 'a micro-credit for each holder is the least there is');
  assert.equal(host.view.deposit, deposit - rents.reduce((sum, { amount }) => sum + amount, 0));

  const holders = holdersOf(world, host).map((id) => peerOf(world, id));
  await host.change({ shards: [], closed: true });
  await until(world, () => host.view.released === 'closed');
  await world.pass(1_000);
  assert.equal(host.view.deposit, 0);
  for (const holder of holders) {
    assert.equal(holder.state!.held.size, 0);
    const disk = await Promise.all([holder.shelf.open(), world.pass(1)]).then(([opened]) => opened);
    const [left] = await Promise.all([disk.entries(''), world.pass(20)]);
    assert.deepEqual(left.map(([key]) => key), ['net']);
  }
  await expectSound(world);
  assert.equal(world.witness.state!.ledger.balances(host.node.id, epochOf(world)).escrowed, 0);
});

test('a holder that is gone is replaced by one that another holder supplies, while the owner is away', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1, 2, 3));
  await until(world, () => isWhole(world, host));
  const [gone, other] = holdersOf(world, host);
  host.node.crash();
  peerOf(world, gone).crash();
  await until(world, () => holdersOf(world, host).length === 2 && !holdersOf(world, host).includes(gone!) && isWhole(world, host));
  assert.ok(holdersOf(world, host).includes(other!));
  await Promise.all([startPeer(host.node, 2), world.pass(3_000)]);
  await search(world, bytes(1, 2, 3));

  // The one that was replaced comes back and drops what it held.
  await Promise.all([startPeer(peerOf(world, gone), 2), world.pass(3_000)]);
  assert.equal(peerOf(world, gone).state!.held.size, 0);
  await expectSound(world);
});

test('a holder that comes back in time stays', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1));
  await until(world, () => isWhole(world, host));
  const before = holdersOf(world, host);
  const turn = host.view.holders(0)!.turn;
  peerOf(world, before[0]).crash();
  await world.pass(GRACE_MS / 2);
  await Promise.all([startPeer(peerOf(world, before[0]), 2), world.pass(3 * GRACE_MS)]);
  assert.deepEqual(holdersOf(world, host), before);
  assert.equal(host.view.holders(0)!.turn, turn);
  assert.ok(isWhole(world, host));
  await search(world, bytes(1));
  await expectSound(world);
});

test('the last holder takes the shard with it, and brings it back', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard({ replicas: 1 });
  await host.insert(bytes(7), { k: 1 });
  await until(world, () => isWhole(world, host));
  const [only] = holdersOf(world, host);
  peerOf(world, only).crash();
  await world.pass(5 * GRACE_MS);
  assert.deepEqual(holdersOf(world, host), [only], 'nobody else could be given it');
  await Promise.all([startPeer(peerOf(world, only), 2), world.pass(2_000)]);
  const { output } = await host.run('vector_search', bytes(9), { k: 1 });
  assert.equal(readOutput(output!), found(bytes(7), bytes(9)));
  await expectSound(world);
});

test('an only holder that no longer takes work keeps its shard, and another one stands in for it', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard({ replicas: 1 });
  await host.insert(bytes(7), { k: 1 });
  await until(world, () => isWhole(world, host));
  const [paused] = holdersOf(world, host);
  contribute(peerOf(world, paused), 0);
  await until(world, () => holdersOf(world, host).length === 2 && isWhole(world, host));
  const { output } = await host.run('vector_search', bytes(9), { k: 1 });
  assert.equal(readOutput(output!), found(bytes(7), bytes(9)));
  await host.insert(bytes(8), { k: 1 });
  await until(world, () => isWhole(world, host));
  const standIn = holdersOf(world, host)[1];
  contribute(peerOf(world, paused), 2);
  await until(world, () => holdersOf(world, host).length === 1);
  assert.deepEqual(holdersOf(world, host), [paused]);
  await until(world, () => peerOf(world, standIn).state!.held.size === 0);
  const again = await host.run('vector_search', bytes(9), { k: 1 });
  assert.equal(readOutput(again.output!), found(bytes(7, 8), bytes(9)));
  await expectSound(world);
});

test('a witness that starts again knows from its holders what is held', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1, 2));
  await until(world, () => isWhole(world, host));
  const before = holdersOf(world, host);
  world.witness.crash('power');
  for (const { id } of world.peers) world.links.cut(id);
  await Promise.all([world.witness.start(), world.pass(6_000)]);
  assert.deepEqual(holdersOf(world, host), before);
  await search(world, bytes(1, 2));
  await expectSound(world);
});

test('a witness that lost its store signs nothing twice, and has the collection back', async () => {
  const world = await settled({ parameters: { storageDayMs: 20_000 } });
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1, 2));
  await until(world, () => isWhole(world, host));
  world.witness.crash('power');
  world.witness.wipe();
  world.links.wipe();
  for (const { id } of world.peers) world.links.cut(id);
  await Promise.all([world.witness.start(), world.pass(45_000)]);
  await until(world, () => isWhole(world, host));
  await search(world, bytes(1, 2));
  await expectSound(world);
});

test('words that are lost, doubled and late delay a collection, and no more', async () => {
  const world = await settled({ seed: 3 });
  const { host } = world;
  world.links.set({ loss: 0.1, duplicates: 0.1, latencyMsMin: 1, latencyMsMax: 300 });
  await host.createWithShard({ replicas: 3 });
  await host.insert(bytes(1, 2));
  await host.insert(bytes(3));
  await search(world, bytes(1, 2, 3));
  const [gone] = holdersOf(world, host);
  peerOf(world, gone).crash();
  await until(world, () => !holdersOf(world, host).includes(gone!) && isWhole(world, host));
  world.links.set(CALM);
  await Promise.all([startPeer(peerOf(world, gone), 2), world.pass(1_000)]);
  await search(world, bytes(1, 2, 3));
  await expectSound(world);
});

test('a holder that missed an insert is supplied with what it missed', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard({ replicas: 3 });
  await until(world, () => isWhole(world, host) && holdersOf(world, host).length === 3);
  const { workers } = await host.insert(bytes(5, 6), { k: 2 });
  const third = holdersOf(world, host).find((node) => !workers.includes(node))!;
  await until(world, () => isWhole(world, host));
  const { hash } = host.view.record.shards[0]!;
  assert.ok(peerOf(world, third).state!.held.get(`${host.id}/0`)!.sizes.has(hash));
  await search(world, bytes(5, 6));
  await expectSound(world);
});

test('a task waits for a holder while one is being found, and is refused where there is nobody to find', async () => {
  const world = await settled({ nodes: 3 });
  const { host } = world;
  await host.createWithShard();
  assert.ok((await host.insert(bytes(1))).output, 'asked before anybody held it');
  world.peers[1]!.crash();
  await until(world, () => holdersOf(world, host).length === 1);
  const { code } = await host.run('vector_search', bytes(9), { timeoutMs: 5_000 });
  assert.equal(code, 'no-workers');
  const { output } = await host.run('vector_search', bytes(9), { k: 1 });
  assert.equal(readOutput(output!), found(bytes(1), bytes(9)));
  await Promise.all([startPeer(world.peers[1]!, 2), world.pass(1_000)]);
  await until(world, () => holdersOf(world, host).length === 2 && isWhole(world, host));
  await expectSound(world);
});

test('only the owner inserts, and others search where it lets them', async () => {
  const world = await settled();
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1));
  const stranger = world.peers.find(({ id }) => id !== host.node.id && !holdersOf(world, host).includes(id))!;
  assert.equal((await host.run('vector_search', bytes(9), {}, stranger)).code, 'bad-input');
  await host.change({ access: 'anyone' });
  await world.pass(200);
  await search(world, bytes(1), stranger);
  assert.equal((await host.run('vector_insert', bytes(9), {}, stranger)).code, 'bad-input');
  await expectSound(world);
});

test('a deposit that covers no further day ends the collection, and what is left goes back', async () => {
  const world = await settled({ parameters: { storageDayMs: 4_000, storagePerMegabyteDay: 1_000_000_000 } });
  const { host } = world;
  await host.createWithShard({ amount: 0 });
  const answer = await host.run('vector_insert', bytes(1, 2, 3));
  const shards = [readOutput<{ hash: string; size: number; rows: number }>(answer.output!)];
  assert.equal(await host.change({ shards }), 'insufficient-credits');
  const day = 2 * shards[0]!.size * 1_000;
  assert.equal(await host.change({ shards, amount: 2 * day + 5 }), undefined);
  await until(world, () => host.view.released !== undefined);
  assert.equal(host.view.released, 'unpaid');
  assert.equal(host.view.deposit, 0);
  const records = [...host.node.state!.ledger.entries()].map(({ record }) => record);
  assert.deepEqual(records.flatMap((record) => (record.kind === 'rent' ? [record.amount] : [])), [day, day]);
  assert.deepEqual(records.flatMap((record) => (record.kind === 'release' ? [record.amount] : [])), [5]);
  await expectSound(world);
});

test('a holder that lost the content earns nothing for it, and is given it again', async () => {
  const world = await settled({ parameters: { storageDayMs: 4_000 } });
  const { host } = world;
  await host.createWithShard();
  await host.insert(bytes(1, 2, 3));
  await until(world, () => isWhole(world, host));
  const forgetful = peerOf(world, holdersOf(world, host)[0]);
  forgetful.state!.held.clear();
  await until(world, () => forgetful.state!.held.size > 0);
  await world.pass(4_000);
  await search(world, bytes(1, 2, 3));
  await expectSound(world);
});

test('the owner reads a shard back from its holders, an empty one at once, and none that is not its own', async () => {
  const world = await settled();
  const { host } = world;
  const shardsTold = (): Extract<Extract<Sighting, { saw: 'notice' }>['notice'], { note: 'shard' }>[] =>
    world.seen.flatMap((sighting) => (sighting.saw === 'notice' && sighting.notice.note === 'shard' ? [sighting.notice] : []));
  await host.createWithShard();
  host.node.feed({ on: 'fetch-shard', shard: { collection: host.id, shard: 0 } });
  assert.equal(shardsTold()[0]!.ciphertext!.length, 0);
  await host.insert(bytes(1, 2, 3));
  host.node.feed({ on: 'fetch-shard', shard: { collection: host.id, shard: 0 } });
  await until(world, () => shardsTold().length === 2);
  assert.equal(shardsTold()[1]!.ciphertext!.length, host.view.record.shards[0]!.size);
  world.peers[1]!.feed({ on: 'fetch-shard', shard: { collection: host.id, shard: 0 } });
  assert.equal(shardsTold()[2]!.ciphertext, undefined);
  await expectSound(world);
});

test('keys and proofs whose first words are lost come the second time', async () => {
  const lost = new Set<string>();
  const machines = spoiledPeer({
    effects: (effects) => effects.filter((effect) => {
      if (effect.do !== 'send' || !['shard-keys', 'kept', 'proof', 'shard'].includes(effect.message.t) || lost.has(effect.message.t)) return true;
      lost.add(effect.message.t);
      return false;
    }),
  });
  const world = await settled({ machines, parameters: { storageDayMs: 16_000 } });
  const { host } = world;
  await host.createWithShard({ replicas: 3 });
  await host.insert(bytes(1), { k: 2 });
  await until(world, () => isWhole(world, host));
  await until(world, () => [...host.node.state!.ledger.entries()].some(({ record }) => record.kind === 'rent'));
  assert.deepEqual([...lost].sort(), ['kept', 'proof', 'shard', 'shard-keys']);
  await expectSound(world);
});

for (const seed of [1, 2, 3, 4]) {
  test(`faults of every kind neither spoil nor lose a collection (seed ${seed})`, async () => {
    const world = await settled({ seed, nodes: 8, parameters: { storageDayMs: 10_000, storagePerMegabyteDay: 1_000_000 } });
    const { host } = world;
    const dice = new Dice(seed, 'collections');
    await host.createWithShard({ replicas: 3, amount: 50_000_000 });
    const contents = new Map([['', bytes()]]);
    const hash = (): string => host.view.record.shards[0]!.hash;
    planFaults(world, seed, 60_000);
    const endsAt = world.now() + 60_000;
    const told = { right: 0, inserted: 0 };
    while (world.now() < endsAt) {
      await world.pass(dice.between(0, 1_000));
      const before = hash();
      if (dice.chance(0.4)) {
        const more = bytes(dice.between(0, 255));
        // The kernel's answer names the content, whether or not the record that makes it the shard's gets through.
        const { output } = await host.run('vector_insert', more, { timeoutMs: 15_000 });
        if (!output) continue;
        const inserted = readOutput<Inserted>(output);
        contents.set(inserted.hash, bytes(...contents.get(before)!, ...more));
        if ((await host.change({ shards: [inserted] })) === undefined) told.inserted += 1;
      } else {
        const { output } = await host.run('vector_search', bytes(9), { timeoutMs: 15_000 });
        if (!output) continue;
        assert.equal(readOutput(output), found(contents.get(before)!, bytes(9)));
        told.right += 1;
      }
    }
    mend(world);
    await until(world, () => isWhole(world, host) && holdersOf(world, host).length === 3);
    await world.rest();
    await search(world, contents.get(hash())!);
    assert.ok(told.right > 0 && told.inserted > 0, JSON.stringify(told));
    await host.change({ shards: [], closed: true });
    await until(world, () => host.view.released === 'closed');
    await expectSound(world);
    for (const { state } of world.peers) assert.equal(state!.held.size, 0);
  });
}
