/** What goes wrong, and when: links, silences, crashes of peers and of the witness, disks, pauses. Then all is mended. */
import type { PeerState } from '../../src/engine/core/peer/peer.js';
import type { WitnessState } from '../../src/engine/core/witness/witness.js';
import { CALM, type NetworkFaults, type SimulatedNetwork } from '../doubles/transport.js';
import type { SimulatedClock } from './clock.js';
import { Dice } from './dice.js';
import type { SimulatedNode } from './node.js';
import { KINDS } from './population.js';

const POOR: NetworkFaults = { loss: 0.03, duplicates: 0.05, latencyMsMin: 1, latencyMsMax: 200 };

const WITNESS_DOWN_MS_MAX = 6_000;
const PEER_DOWN_MS_MAX = 20_000;
const SILENCE_MS_MAX = 15_000;
const PAUSE_MS_MAX = 20_000;
/** Of each kind, for every peer. */
const CUTS = 0.5;
const CRASHES = 0.3;
const PAUSES = 0.3;
const SILENCES = 0.2;
const FULL_DISKS = 0.05;

export interface Victims {
  readonly clock: SimulatedClock;
  readonly links: SimulatedNetwork;
  readonly witness: SimulatedNode<WitnessState>;
  readonly peers: readonly SimulatedNode<PeerState>[];
}

export function contribute(peer: SimulatedNode<PeerState>, capacity: number): void {
  peer.feed({ on: 'contribute', capacity, kinds: capacity > 0 ? KINDS : {} });
}

/** Starts a peer, which takes work as soon as it stands. */
export async function startPeer(peer: SimulatedNode<PeerState>, capacity: number): Promise<void> {
  await peer.start();
  contribute(peer, capacity);
}

export function planFaults(victims: Victims, seed: number, durationMs: number): void {
  const { clock, links, peers } = victims;
  const dice = new Dice(seed, 'faults');
  const sometime = (act: () => void): void => void clock.after(dice.share() * durationMs, act);
  const often = (share: number, act: (peer: SimulatedNode<PeerState>) => void): void => {
    for (let n = 0; n < Math.ceil(share * peers.length); n += 1) {
      const peer = dice.pick(peers);
      sometime(() => act(peer));
    }
  };

  links.set(POOR);
  often(CUTS, ({ id }) => links.cut(id));
  often(CRASHES, (peer) => crashPeer(clock, dice, peer));
  often(PAUSES, (peer) => {
    contribute(peer, 0);
    clock.after(dice.between(1_000, PAUSE_MS_MAX), () => contribute(peer, 2));
  });
  often(FULL_DISKS, (peer) => peer.store.failNext('storage-full'));
  for (let n = 0; n < Math.ceil(SILENCES * peers.length) / 3; n += 1) {
    sometime(() => {
      links.blackout(dice.some(peers, 3).map(({ id }) => id));
      clock.after(dice.between(1_000, SILENCE_MS_MAX), () => links.heal());
    });
  }
  clock.after(durationMs * 0.35, () => crashWitness(victims, dice, { wiped: false, relayToo: true }));
  clock.after(durationMs * 0.55, () => crashWitness(victims, dice, { wiped: false, relayToo: false }));
  clock.after(durationMs * 0.75, () => crashWitness(victims, dice, { wiped: true, relayToo: true }));
}

function crashPeer(clock: SimulatedClock, dice: Dice, peer: SimulatedNode<PeerState>): void {
  if (!peer.isUp) return;
  peer.crash(dice.share() < 0.5 ? 'power' : 'process');
  clock.after(dice.between(1_000, PEER_DOWN_MS_MAX), () => { if (!peer.isUp) void startPeer(peer, 2); });
}

/** `relayToo`: the relay's process dies, and every link with it. `wiped`: it comes back with its keys and log alone. */
function crashWitness({ clock, links, witness, peers }: Victims, dice: Dice, { wiped, relayToo }: { readonly wiped: boolean; readonly relayToo: boolean }): void {
  witness.crash('power');
  if (relayToo) for (const { id } of peers) links.cut(id);
  if (wiped) {
    witness.wipe();
    links.wipe();
  }
  clock.after(dice.between(500, WITNESS_DOWN_MS_MAX), () => void witness.start());
}

/** From here on nothing goes wrong any more, and everybody who is down comes back. */
export function mend({ links, witness, peers }: Victims): void {
  links.set(CALM);
  links.heal();
  if (!witness.isUp) void witness.start();
  for (const peer of peers) {
    if (!peer.isUp) void startPeer(peer, 2);
    else contribute(peer, 2);
  }
}
