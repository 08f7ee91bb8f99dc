/** One run of the simulator: a population, its wishes, its misfortunes, and a verdict. */
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import { START_MS } from './clock.js';
import { mend, planFaults } from './faults.js';
import { epochOf, replicas } from './invariants/invariant.js';
import { imbalance } from './invariants/money.js';
import { Tally } from './tally.js';
import { Trace } from './trace.js';
import { planWorkload } from './workload.js';
import { createWorld, type Violation, type WorldOptions } from './world.js';

export interface SimulationOptions extends Pick<WorldOptions, 'nodes' | 'seed' | 'machines' | 'invariants'> {
  readonly tasks: number;
  /** Virtual seconds over which tasks and faults are spread. */
  readonly seconds: number;
  readonly faults: boolean;
  /** Receives each line of the trace. */
  print?(line: string): void;
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

/** Everybody connects and opens an account first. */
const SETTLE_IN_MS = 2_000;

export async function simulate({ nodes, seed, tasks, seconds, faults, machines, invariants, print }: SimulationOptions): Promise<Report> {
  const trace = new Trace(print);
  const tally = new Tally();
  const world = await createWorld({
    nodes, seed, machines, invariants, character: faults ? 'drawn' : 'honest',
    look(sighting, at) {
      trace.see(sighting, at);
      tally.see(sighting);
    },
  });
  await world.pass(SETTLE_IN_MS);
  const durationMs = seconds * 1_000;
  planWorkload(world.clock, world.peers, { seed, tasks, durationMs, varied: faults });
  if (faults) planFaults(world, seed, durationMs);
  await world.pass(durationMs);
  mend(world);
  await world.rest();

  const all = replicas(world);
  const conservationByReplica = all.map(({ ledger }) => imbalance(ledger, epochOf(world)));
  return {
    nodes, seed, faults, traceHash: trace.digest(), ...tally.report(world.witness.state!.ledger),
    conservation: conservationByReplica.reduce((sum, off) => sum + Math.abs(off), 0), conservationByReplica,
    stateHashes: all.map(({ ledger }) => stateHash(ledger)), violations: world.violations, steps: trace.steps, virtualSeconds: (world.now() - START_MS) / 1_000,
  };
}
