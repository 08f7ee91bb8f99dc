/** Single misfortunes, told one by one; most were found by a seed first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { TaskRequest } from '../../src/engine/core/event.js';
import { Dice } from './dice.js';
import { contribute } from './faults.js';
import type { Sighting } from './sighting.js';
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
