/** Machines with one thing spoiled: what they are told, or what they ask for. */
import type { Effect } from '../../src/engine/core/effect.js';
import type { Event } from '../../src/engine/core/event.js';
import type { PeerState } from '../../src/engine/core/peer/peer.js';
import type { WitnessState } from '../../src/engine/core/witness/witness.js';
import type { Machine } from '../../src/engine/ports/machine.js';
import { REAL_MACHINES, type Machines } from './population.js';

export interface Spoil<State> {
  /** Another event instead of this one, or none. */
  event?(event: Event, state: State): Event | undefined;
  effects?(effects: readonly Effect[], state: State): readonly Effect[];
}

function spoiled<State>({ step }: Machine<State>, { event: spoilEvent, effects: spoilEffects }: Spoil<State>): Machine<State> {
  return {
    step(state, event) {
      const given = spoilEvent ? spoilEvent(event, state) : event;
      if (!given) return { state, effects: [] };
      const { effects } = step(state, given);
      return { state, effects: spoilEffects ? spoilEffects(effects, state) : effects };
    },
  };
}

export function spoiledWitness(spoil: Spoil<WitnessState>): Machines {
  return { ...REAL_MACHINES, witness: spoiled(REAL_MACHINES.witness, spoil) };
}

export function spoiledPeer(spoil: Spoil<PeerState>): Machines {
  return { ...REAL_MACHINES, peer: spoiled(REAL_MACHINES.peer, spoil) };
}
