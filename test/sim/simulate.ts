/** One run of the simulator: a population, its wishes, its misfortunes, and a verdict. */
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import { createGuard } from '../../src/engine/guard.js';
import { fakeIdentity, fakeSigner } from '../doubles/signer.js';
import { CALM, createSimulatedNetwork } from '../doubles/transport.js';
import { SimulatedClock, START_MS } from './clock.js';
import { Dice } from './dice.js';
import { mend, planFaults, startPeer } from './faults.js';
import { INVARIANTS } from './invariants/all.js';
import { epochOf, replicas, type Invariant, type World } from './invariants/invariant.js';
import { imbalance } from './invariants/money.js';
import type { Surroundings } from './node.js';
import { createPeer, createWitness, drawCharacter, REAL_MACHINES, simulatedNetwork, type Machines } from './population.js';
import { restlessness } from './rest.js';
import type { Sighting } from './sighting.js';
import { Tally } from './tally.js';
import { Trace } from './trace.js';
import { planWorkload } from './workload.js';

export interface SimulationOptions {
  /** Peers; the witness comes on top. */
  readonly nodes: number;
  readonly seed: number;
  readonly tasks: number;
  /** Virtual seconds over which tasks and faults are spread. */
  readonly seconds: number;
  readonly faults: boolean;
  readonly machines?: Machines;
  readonly invariants?: readonly Invariant[];
  /** Receives each line of the trace. */
  print?(line: string): void;
}

export interface Violation {
  readonly invariant: string;
  /** Virtual milliseconds since the start. */
  readonly at: number;
  readonly how: string;
}

export interface Report {
  readonly nodes: number;
  readonly seed: number;
  readonly faults: boolean;
  /** SHA-256 over every step of every machine, in order. */
  readonly traceHash: string;
  readonly tasksSubmitted: number;
  readonly tasksDone: number;
  readonly tasksFailed: number;
  /** By error code. */
  readonly failures: Readonly<Record<string, number>>;
  readonly escrows: { readonly paid: number; readonly refunded: number; readonly open: number };
  /** Micro-credits that are off, over all replicas: 0. */
  readonly conservation: number;
  readonly conservationByReplica: readonly number[];
  /** The witness's first, then each peer's: all equal. */
  readonly stateHashes: readonly string[];
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly virtualSeconds: number;
}

const SETTLE_IN_MS = 2_000;
const REST_CHECK_MS = 1_000;
/** Ten epochs: any difference is noticed in the first, and mended in the next. */
const REST_MS_MAX = 300_000;
const VIOLATIONS_TOLD_MAX = 50;

export async function simulate(options: SimulationOptions): Promise<Report> {
  const { nodes, seed, tasks, seconds, faults, machines = REAL_MACHINES, invariants = INVARIANTS } = options;
  const clock = new SimulatedClock();
  const dice = new Dice(seed, 'population');
  const witnessIdentity = fakeIdentity(dice);
  const witnessSigner = fakeSigner({ identity: witnessIdentity, random: dice });
  const boxPair = await witnessSigner.newBoxPair();
  const identities = Array.from({ length: nodes }, () => fakeIdentity(dice));
  const names = new Map([[witnessIdentity.id, 'witness'], ...identities.map(({ id }, index) => [id, `peer-${index}`] as const)]);
  const nameOf = (node: string): string => names.get(node) ?? node;
  const network = simulatedNetwork(seed, witnessIdentity, boxPair.publicKey, identities[0]!.id);
  const links = createSimulatedNetwork({ clock, seed, faults: CALM });

  const trace = new Trace(nameOf, options.print);
  const tally = new Tally();
  const violations: Violation[] = [];
  const checks: { see?(sighting: Sighting): void; end?(): void }[] = [];
  const look = (sighting: Sighting): void => {
    trace.see(sighting, clock.now() - START_MS);
    tally.see(sighting);
    for (const check of checks) check.see?.(sighting);
  };
  const around: Surroundings = { clock, links, network, guard: createGuard(network, witnessSigner), look };
  const witness = createWitness(around, seed, witnessIdentity, boxPair, machines.witness);
  const peers = identities.map((identity, index) => createPeer(around, {
    seed, index, identity, character: faults ? drawCharacter(dice) : 'honest',
    site: dice.chance(0.3) ? dice.pick(identities).id : '', ref: dice.chance(0.2) ? dice.pick(identities).id : '',
  }, machines.peer));
  const world: World = { network, witness, peers, nameOf, now: () => clock.now() };
  for (const { id, watch } of invariants) {
    checks.push(watch(world, (how) => { if (violations.length < VIOLATIONS_TOLD_MAX) violations.push({ invariant: id, at: clock.now() - START_MS, how }); }));
  }

  void witness.start();
  for (const peer of peers) void startPeer(peer, 2);
  await clock.advanceTo(START_MS + SETTLE_IN_MS);
  const durationMs = seconds * 1_000;
  planWorkload(clock, peers, { seed, tasks, durationMs, varied: faults });
  if (faults) planFaults({ clock, links, witness, peers }, seed, durationMs);
  await clock.advanceTo(clock.now() + durationMs);
  mend({ clock, links, witness, peers });
  const restMax = clock.now() + REST_MS_MAX;
  let restless: string | undefined;
  do {
    await clock.advanceTo(clock.now() + REST_CHECK_MS);
    restless = restlessness(world);
  } while (restless !== undefined && clock.now() < restMax);
  if (restless !== undefined) violations.push({ invariant: 'rest', at: clock.now() - START_MS, how: restless });
  for (const check of checks) check.end?.();

  const all = replicas(world);
  const conservationByReplica = all.map(({ ledger }) => imbalance(ledger, epochOf(world)));
  return {
    nodes, seed, faults, traceHash: trace.digest(), ...tally.report(witness.state!.ledger),
    conservation: conservationByReplica.reduce((sum, off) => sum + Math.abs(off), 0), conservationByReplica,
    stateHashes: all.map(({ ledger }) => stateHash(ledger)), violations, steps: trace.steps, virtualSeconds: (clock.now() - START_MS) / 1_000,
  };
}
