/** What the nodes want of each other: tasks of every shape, some given up again, and transfers, names and bonds. */
import { sha256Id, toBase64url } from '../../src/engine/core/encoding.js';
import type { AccountRequest, TaskRequest } from '../../src/engine/core/event.js';
import type { PeerState } from '../../src/engine/core/peer/peer.js';
import type { SimulatedClock } from './clock.js';
import { Dice } from './dice.js';
import type { SimulatedNode } from './node.js';
import { KINDS, MALFORMED } from './population.js';

export interface WorkloadPlan {
  readonly seed: number;
  readonly tasks: number;
  /** Spread over so long. */
  readonly durationMs: number;
  /** Aborts, malformed payloads, unaffordable prices, and errands beside the tasks. */
  readonly varied: boolean;
}

const KIND_NAMES = ['embedding', 'vector_search'] as const;
const PRIORITIES = ['low', 'normal', 'normal', 'high'] as const;
const ABORTED = 0.06;
const MALFORMED_SHARE = 0.05;
const TOO_DEAR = 0.02;
const ERRANDS_A_TASK = 0.15;

/** Sets the alarms for everything that will be wanted. */
export function planWorkload(clock: SimulatedClock, peers: readonly SimulatedNode<PeerState>[], { seed, tasks, durationMs, varied }: WorkloadPlan): void {
  const dice = new Dice(seed, 'workload');
  const later = (from: number, act: () => void): void => void clock.after(from + dice.share() * (durationMs - from), act);
  for (let n = 0; n < tasks; n += 1) {
    const peer = dice.pick(peers);
    const request = task(dice, n, varied);
    const abortMs = varied && dice.chance(ABORTED) ? dice.between(0, 2_000) : undefined;
    later(0, () => {
      peer.feed({ on: 'submit', request });
      if (abortMs !== undefined) clock.after(abortMs, () => peer.feed({ on: 'abort', task: request.task, code: 'aborted' }));
    });
  }
  if (!varied) return;
  for (let n = 0; n < tasks * ERRANDS_A_TASK; n += 1) {
    const peer = dice.pick(peers);
    const request = errand(dice, n, dice.pick(peers).id);
    later(0, () => peer.feed({ on: 'ask', request }));
  }
}

function task(dice: Dice, n: number, varied: boolean): TaskRequest {
  const kind = dice.pick(KIND_NAMES);
  const payload = dice.bytes(dice.between(1, 200));
  payload[0] = varied && dice.chance(MALFORMED_SHARE) ? MALFORMED : payload[0]! % MALFORMED;
  const price = varied && dice.chance(TOO_DEAR) ? 80_000_000 : dice.between(500, 200_000);
  return {
    task: toBase64url(dice.bytes(16)), kind, version: KINDS[kind], payload, meter: { price, fuel: dice.between(1_000, 1_000_000) },
    k: (n % 4) as TaskRequest['k'], priority: dice.pick(PRIORITIES), maxAmount: 1_000_000_000, timeoutMs: dice.between(5_000, 60_000),
  };
}

function errand(dice: Dice, n: number, to: string): AccountRequest {
  const ask = sha256Id(`errand ${n}`);
  const amount = dice.between(1, 120_000_000);
  switch (dice.between(0, 3)) {
    case 0: return { ask, kind: 'name', name: `shop-${dice.between(0, 9)}` };
    case 1: return { ask, kind: 'bond', amount };
    case 2: return { ask, kind: 'unbond', amount };
    default: return { ask, kind: 'transfer', to, amount };
  }
}
