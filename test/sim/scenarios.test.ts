/** Single misfortunes, told one by one; most were found by a seed first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { TaskRequest } from '../../src/engine/core/event.js';
import { Dice } from './dice.js';
import { contribute, startPeer as startAndContribute } from './faults.js';
import type { Sighting } from './sighting.js';
import { spoiledPeer } from './spoil.js';
import { createWorld, type SimulatedWorld, type WorldOptions } from './world.js';

interface Told extends SimulatedWorld {
  readonly seen: readonly Sighting[];
}

/** A network that has settled in: everybody is connected and has an account. */
async function settled(options: Partial<WorldOptions> = {}): Promise<Told> {
  const seen: Sighting[] = [];
  const world = await createWorld({ nodes: 5, seed: 1, character: 'honest', look: (sighting) => void seen.push(sighting), ...options });
  await world.pass(2_000);
  return Object.assign(world, { seen });
}

const dice = new Dice(1, 'scenarios');

function task(changes: Partial<TaskRequest> = {}): TaskRequest {
  return {
    task: toBase64url(dice.bytes(16)), kind: 'embedding', version: 1, payload: Uint8Array.of(1, 2, 3), meter: { price: 1_000, fuel: 100_000 },
    k: 1, priority: 'normal', maxAmount: 1_000_000, timeoutMs: 30_000, ...changes,
  };
}

function ends({ seen }: Told): string[] {
  return seen.flatMap((sighting) => (sighting.saw === 'notice' && ['resolved', 'failed', 'untaken'].includes(sighting.notice.note) ? [sighting.notice.note] : []));
}

/** Starting takes time to read, which passes here. */
async function startPeer(world: SimulatedWorld, index: number): Promise<void> {
  void startAndContribute(world.peers[index]!, 2);
  await world.pass(500);
}

async function startWitness({ witness, pass }: SimulatedWorld): Promise<void> {
  void witness.start();
  await pass(500);
}

/** Lets time pass, a millisecond at a time, until it is so. */
async function until(world: SimulatedWorld, isSo: () => boolean): Promise<void> {
  for (let ms = 0; !isSo(); ms += 1) {
    assert.ok(ms < 60_000, 'it never came to that');
    await world.pass(1);
  }
}

test('a worker that is paused stops what it runs, and a reserve does the task', async () => {
  const world = await settled();
  world.peers[0]!.feed({ on: 'submit', request: task() });
  await until(world, () => world.peers.some(({ pool }) => pool!.load.running > 0));
  const worker = world.peers.find(({ pool }) => pool!.load.running > 0)!;
  contribute(worker, 0);
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.deepEqual(ends(world), ['resolved']);
  const runs = world.seen.flatMap((sighting) => (sighting.saw === 'step' && sighting.effects.some((effect) => effect.do === 'run') ? [sighting.by] : []));
  assert.equal(runs.length, 2);
  assert.notEqual(runs[1], worker.id);
});

test('a submitter that died asks for its result later and gets it', async () => {
  const world = await settled();
  const [submitter] = world.peers;
  const request = task({ k: 2 });
  submitter!.feed({ on: 'submit', request });
  await until(world, () => world.seen.some((sighting) => sighting.saw === 'sent' && sighting.message.t === 'boxes'));
  submitter!.crash();
  await world.pass(5_000);
  await startPeer(world, 0);
  submitter!.feed({ on: 'recall', task: request.task });
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.deepEqual(ends(world), ['resolved']);
});

test('a result that nobody has any more is not asked for without end', async () => {
  const world = await settled();
  const [submitter] = world.peers;
  const request = task();
  submitter!.feed({ on: 'submit', request });
  await world.rest();
  world.witness.crash('power');
  world.witness.wipe();
  await startWitness(world);
  await world.rest();
  submitter!.feed({ on: 'recall', task: request.task });
  await world.pass(10_000);
  const fetches = world.seen.filter((sighting) => sighting.saw === 'sent' && sighting.message.t === 'fetch').length;
  assert.ok(fetches < 10, `${fetches} fetches in 10 s`);
  await world.rest();
  assert.deepEqual(world.violations, []);
});

test('a record that was certified before its sender crashed blocks no further ones', async () => {
  const world = await settled();
  const [payer, payee] = world.peers;
  payer!.feed({ on: 'ask', request: { ask: 'a', kind: 'transfer', to: payee!.id, amount: 5 } });
  await world.rest();
  const chain = world.seen.flatMap((sighting) => (sighting.saw === 'written' && sighting.by === payer!.id ? sighting.writes : [])).findLast(([key, value]) => key === 'chain' && value !== null)!;
  payer!.crash();
  const disk = payer!.store.open();
  await world.pass(1);
  void (await disk).write([chain]);
  await world.pass(100);
  payer!.store.crash('process');
  await startPeer(world, 0);
  await world.pass(5_000);
  payer!.feed({ on: 'ask', request: { ask: 'b', kind: 'transfer', to: payee!.id, amount: 7 } });
  await world.rest();
  assert.deepEqual(world.violations, []);
});

test('a worker whose presence was lost on the way gets work nevertheless', async () => {
  const lost = new Set<string>();
  const machines = spoiledPeer({
    effects: (effects, { options }) => effects.filter((effect) => {
      if (effect.do !== 'send' || effect.message.t !== 'present' || lost.has(options.id)) return true;
      lost.add(options.id);
      return false;
    }),
  });
  const world = await settled({ machines });
  await world.pass(61_000);
  assert.equal(world.witness.state!.seats.size, world.peers.length);
});

test('a presence is said once, and kept by short messages, over a restart of the witness too', async () => {
  const world = await settled();
  const said = (): number => world.seen.filter((sighting) => sighting.saw === 'sent' && sighting.message.t === 'present').length;
  const before = said();
  await world.pass(300_000);
  assert.equal(said(), before);
  assert.equal(world.witness.state!.seats.size, world.peers.length);
  world.witness.crash('power');
  await startWitness(world);
  await world.pass(61_000);
  assert.equal(world.witness.state!.seats.size, world.peers.length);
});

test('the witness learns that nobody takes part any longer although it was told in vain, and asked in vain', async () => {
  const lost = new Map<string, number>();
  const machines = spoiledPeer({
    effects: (effects, { options, capacity }) => effects.filter((effect) => {
      if (capacity > 0 || effect.do !== 'send' || effect.message.t !== 'present') return true;
      lost.set(options.id, (lost.get(options.id) ?? 0) + 1);
      return lost.get(options.id)! > 2;
    }),
  });
  const world = await settled({ machines });
  assert.equal(world.witness.state!.seats.size, world.peers.length);
  for (const peer of world.peers) contribute(peer, 0);
  await world.pass(5_000);
  assert.equal(world.witness.state!.seats.size, world.peers.length);
  await world.pass(61_000);
  assert.equal(world.witness.state!.seats.size, 0);
});

test('a node that lost its store catches up although the first answers are lost', async () => {
  let losses = 3;
  const machines = spoiledPeer({
    event: (event) => (event.on === 'message' && event.message.t === 'records' && losses-- > 0 ? undefined : event),
  });
  const world = await settled({ machines });
  const [payer, payee] = world.peers;
  payer!.feed({ on: 'ask', request: { ask: 'a', kind: 'transfer', to: payee!.id, amount: 5 } });
  await world.rest();
  payer!.crash();
  payer!.wipe();
  world.links.wipe();
  await startPeer(world, 0);
  await world.rest();
  assert.deepEqual(world.violations, []);
});

test('a witness that cannot write its log signs nothing, and goes on after a restart', async () => {
  const world = await settled();
  world.witness.vault.failNext('storage-full');
  world.peers[0]!.feed({ on: 'submit', request: task() });
  await world.pass(10_000);
  assert.equal(world.witness.state!.halted, true);
  world.witness.crash('power');
  await startWitness(world);
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.equal(ends(world).length, 1);
});

test('a full disk fails the task at hand, and the next one goes its way', async () => {
  const world = await settled();
  world.peers[0]!.store.failNext('storage-full');
  world.peers[0]!.feed({ on: 'submit', request: task() });
  world.peers[0]!.feed({ on: 'submit', request: task() });
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.deepEqual(ends(world).sort(), ['resolved', 'untaken']);
});

test('a loss of the store in the middle of a task changes nothing for those concerned', async () => {
  const world = await settled();
  world.peers[0]!.feed({ on: 'submit', request: task({ k: 2 }) });
  await until(world, () => world.peers.some(({ pool }) => pool!.load.running > 0));
  world.witness.crash('power');
  world.witness.wipe();
  world.links.wipe();
  await startWitness(world);
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.deepEqual(ends(world), ['resolved']);
});

test('keys that were lost on the way are handed out again in time', async () => {
  let losses = 1;
  const machines = spoiledPeer({
    effects: (effects) => effects.filter((effect) => effect.do !== 'send' || effect.message.t !== 'boxes' || losses-- <= 0),
  });
  const world = await settled({ machines });
  world.peers[0]!.feed({ on: 'submit', request: task({ k: 2 }) });
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.deepEqual(ends(world), ['resolved']);
});

test('a task that was settled before the store was lost is not taken up again', async () => {
  const world = await settled();
  world.peers[0]!.feed({ on: 'submit', request: task({ k: 2 }) });
  await world.rest();
  world.witness.crash('power');
  world.witness.wipe();
  world.links.wipe();
  await startWitness(world);
  await world.rest();
  assert.deepEqual(world.violations, []);
  assert.equal([...world.witness.state!.tasks.values()].filter(({ end }) => end === undefined).length, 0);
});

test('a task that timed out before its turn came is not escrowed any more', async () => {
  const world = await settled();
  const [submitter] = world.peers;
  world.links.blackout([submitter!.id]);
  submitter!.feed({ on: 'submit', request: task() });
  submitter!.feed({ on: 'submit', request: task({ timeoutMs: 5_000 }) });
  await world.pass(6_000);
  world.links.heal();
  await world.rest();
  assert.deepEqual(world.violations, []);
  const escrows = new Set(world.seen.flatMap((sighting) => (sighting.saw === 'sent' && sighting.message.t === 'escrow' ? [sighting.message.r.b] : [])));
  assert.equal(escrows.size, 1);
});
