/** What must hold in every run, whatever the seed (I1 to I15 of the prior art). Each is told all that is seen. */
import type { Network } from '../../../src/engine/core/network.js';
import type { Ledger } from '../../../src/engine/core/ledger/ledger.js';
import type { PeerState } from '../../../src/engine/core/peer/peer.js';
import type { WitnessState } from '../../../src/engine/core/witness/witness.js';
import type { SimulatedNode } from '../node.js';
import type { Sighting } from '../sighting.js';

/** The run, to look at and not to touch. */
export interface World {
  readonly network: Network;
  readonly witness: SimulatedNode<WitnessState>;
  readonly peers: readonly SimulatedNode<PeerState>[];
  now(): number;
  nameOf(node: string): string;
}

export interface Check {
  see?(sighting: Sighting): void;
  /** Once the network has come to rest. */
  end?(): void;
}

export interface Invariant {
  readonly id: string;
  readonly claim: string;
  watch(world: World, violated: (how: string) => void): Check;
}

/** Every replica of the ledger, by the name of its node; those that are down as they were last. */
export function replicas({ witness, peers, nameOf }: World): { readonly name: string; readonly ledger: Ledger }[] {
  return [witness, ...peers].flatMap(({ id, state }) => (state ? [{ name: nameOf(id), ledger: state.ledger }] : []));
}

export function epochOf({ network, now }: World): number {
  return Math.floor(now() / network.parameters.epochMs);
}
