/** A simulated network, built and watched. What happens to it is up to the caller. */
import type { Parameters } from '../../src/engine/core/network.js';
import { createGuard } from '../../src/engine/guard.js';
import { fakeIdentity, fakeSigner } from '../doubles/signer.js';
import { CALM, createSimulatedNetwork, type SimulatedNetwork } from '../doubles/transport.js';
import { SimulatedClock, START_MS } from './clock.js';
import { Dice } from './dice.js';
import { startPeer } from './faults.js';
import { INVARIANTS } from './invariants/all.js';
import type { Check, Invariant, World } from './invariants/invariant.js';
import type { Surroundings } from './node.js';
import { createPeer, createWitness, drawCharacter, REAL_MACHINES, simulatedNetwork, type Character, type Machines } from './population.js';
import { restlessness } from './rest.js';
import type { Sighting } from './sighting.js';

export interface WorldOptions {
  /** Peers; the witness comes on top. */
  readonly nodes: number;
  readonly seed: number;
  /** Everybody's, or drawn for each from the seed. */
  readonly character: Character | 'drawn';
  readonly machines?: Machines;
  readonly parameters?: Partial<Parameters>;
  readonly invariants?: readonly Invariant[];
  look?(sighting: Sighting, at: number): void;
}

export interface Violation {
  readonly invariant: string;
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly how: string;
}

export interface SimulatedWorld extends World {
  readonly clock: SimulatedClock;
  readonly links: SimulatedNetwork;
  /** What was violated so far. */
  readonly violations: readonly Violation[];
  pass(ms: number): Promise<void>;
  /** Lets time pass until nothing is under way, then has the invariants take a last look. */
  rest(): Promise<void>;
}

const REST_CHECK_MS = 1_000;
/** Ten epochs: any difference is noticed in the first, and mended in the next. */
const REST_MS_MAX = 300_000;
const VIOLATIONS_TOLD_MAX = 50;

/** Everybody is started; nobody is connected yet. */
export async function createWorld({ nodes, seed, character, machines = REAL_MACHINES, parameters, invariants = INVARIANTS, look }: WorldOptions): Promise<SimulatedWorld> {
  const clock = new SimulatedClock();
  const dice = new Dice(seed, 'population');
  const witnessIdentity = fakeIdentity(dice);
  const witnessSigner = fakeSigner({ identity: witnessIdentity, random: dice });
  const boxPair = await witnessSigner.newBoxPair();
  const identities = Array.from({ length: nodes }, () => fakeIdentity(dice));
  const names = new Map([[witnessIdentity.id, 'witness'], ...identities.map(({ id }, index) => [id, `peer-${index}`] as const)]);
  const network = simulatedNetwork(seed, witnessIdentity, boxPair.publicKey, identities[0]!.id, parameters);
  const links = createSimulatedNetwork({ clock, seed, faults: CALM });

  const violations: Violation[] = [];
  const checks: Check[] = [];
  const elapsed = (): number => clock.now() - START_MS;
  const report = (invariant: string, how: string): void => {
    if (violations.length < VIOLATIONS_TOLD_MAX) violations.push({ invariant, at: elapsed(), how });
  };
  const around: Surroundings = {
    clock, links, network, guard: createGuard(network, witnessSigner),
    look(sighting) {
      look?.(sighting, elapsed());
      for (const check of checks) check.see?.(sighting);
    },
  };
  const witness = createWitness(around, seed, witnessIdentity, boxPair, machines.witness);
  const peers = identities.map((identity, index) => createPeer(around, {
    seed, index, identity, character: character === 'drawn' ? drawCharacter(dice) : character,
    site: dice.chance(0.3) ? dice.pick(identities).id : '', ref: dice.chance(0.2) ? dice.pick(identities).id : '',
  }, machines.peer));
  const pass = (ms: number): Promise<void> => clock.advanceTo(clock.now() + ms);
  const world: SimulatedWorld = {
    clock, links, network, witness, peers, violations, pass,
    nameOf: (node) => names.get(node) ?? node,
    now: () => clock.now(),
    async rest() {
      const restMax = clock.now() + REST_MS_MAX;
      let restless: string | undefined;
      do {
        await pass(REST_CHECK_MS);
        restless = restlessness(world);
      } while (restless !== undefined && clock.now() < restMax);
      if (restless !== undefined) report('rest', restless);
      for (const check of checks) check.end?.();
    },
  };
  for (const { id, watch } of invariants) checks.push(watch(world, (how) => report(id, how)));
  void witness.start();
  for (const peer of peers) void startPeer(peer, 2);
  return world;
}
