/** Who lives in the simulated network: one witness in its relay, and peers of every character. */
import { sha256Id } from '../../src/engine/core/encoding.js';
import { DEVELOPMENT_PARAMETERS, type Network, type Parameters } from '../../src/engine/core/network.js';
import { createPeerState, peerMachine, type PeerState } from '../../src/engine/core/peer/peer.js';
import { createWitnessState, witnessMachine, type WitnessState } from '../../src/engine/core/witness/witness.js';
import type { Machine } from '../../src/engine/ports/machine.js';
import { createSimulatedPool, type Behaviour } from '../doubles/pool.js';
import type { BoxPair } from '../../src/engine/ports/signer.js';
import type { FakeIdentity } from '../doubles/signer.js';
import { Dice } from './dice.js';
import { SimulatedNode, type Surroundings } from './node.js';

export const KINDS = { embedding: 1, vector_search: 1, vector_insert: 1 } as const;

/** A payload that starts like this is malformed, and every worker finds it so. */
export const MALFORMED = 0xff;

export type Character = 'honest' | 'liar' | 'sluggard' | 'clumsy' | 'crasher';

/** Chances of characters other than honest ones, where there are faults at all. */
const ODD_SHARES: readonly (readonly [Character, number])[] = [['liar', 0.06], ['sluggard', 0.04], ['clumsy', 0.05], ['crasher', 0.04]];
const MISBEHAVES = 0.5;
const WORK_MS_MAX = 400;

/** A network whose proof of work costs nothing, since simulating it shows nothing. */
export function simulatedNetwork(seed: number, witness: FakeIdentity, witnessBox: string, founder: string, parameters: Partial<Parameters> = {}): Network {
  return {
    net: sha256Id(`simulated network ${seed}`), name: 'simulated', founder, grants: [{ account: founder, amount: 1_000_000_000 }], number: 1,
    witnesses: [{ node: witness.id, box: witnessBox }], parameters: { ...DEVELOPMENT_PARAMETERS, openBits: 2, ...parameters }, relays: [], kernels: KINDS,
  };
}

export interface Machines {
  readonly peer: Machine<PeerState>;
  readonly witness: Machine<WitnessState>;
}

export const REAL_MACHINES: Machines = { peer: peerMachine, witness: witnessMachine };

export function createWitness(around: Surroundings, seed: number, identity: FakeIdentity, boxPair: BoxPair, machine: Machine<WitnessState>): SimulatedNode<WitnessState> {
  return new SimulatedNode<WitnessState>(around, {
    identity, boxPair, machine, dice: new Dice(seed, 'witness'), isWitness: true,
    newState: (session) => createWitnessState({ network: around.network, id: identity.id, session }),
    newPool: () => createSimulatedPool({ clock: around.clock, size: 1 }),
  });
}

export interface PeerPlan {
  readonly seed: number;
  readonly index: number;
  readonly character: Character;
  readonly identity: FakeIdentity;
  /** Site accounts are peers too. */
  readonly site: string;
  readonly ref: string;
}

export function createPeer(around: Surroundings, { seed, index, character, identity, site, ref }: PeerPlan, machine: Machine<PeerState>): SimulatedNode<PeerState> {
  const dice = new Dice(seed, `peer ${index}`);
  const work = new Dice(seed, `work of ${index}`);
  return new SimulatedNode<PeerState>(around, {
    identity, machine, dice, isWitness: false,
    newState: (session, boxKey) => createPeerState({ network: around.network, id: identity.id, boxKey, session, site, sharePpm: site === '' ? 0 : 500_000, ref }),
    newPool: () => createSimulatedPool({ clock: around.clock, size: 1 + (index % 2), behave: ({ payload }) => behave(character, work, payload[0] === MALFORMED) }),
  });
}

function behave(character: Character, dice: Dice, isMalformed: boolean): Behaviour {
  const ms = dice.between(1, WORK_MS_MAX);
  const errs = dice.chance(MISBEHAVES);
  if (errs && character === 'sluggard') return { does: 'hang' };
  if (errs && character === 'crasher') return { does: 'crash', ms };
  if (errs && character === 'clumsy') return { does: 'fail', ms, code: 'kernel-failed' };
  if (isMalformed) return { does: 'fail', ms, code: 'bad-input' };
  return { does: errs && character === 'liar' ? 'lie' : 'work', ms };
}

export function drawCharacter(dice: Dice): Character {
  let rest = dice.share();
  for (const [character, share] of ODD_SHARES) {
    rest -= share;
    if (rest < 0) return character;
  }
  return 'honest';
}
