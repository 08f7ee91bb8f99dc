/**
 * Contestants that do the same work, in turns within one process: one round sees one state of the machine, so that most
 * of what else runs on it cancels out of the ratios. Processor time of all threads of this process, not wall time.
 */
import { quantile } from './statistics.js';

export type Contestant = () => unknown;

export interface RaceOptions {
  readonly rounds: number;
  /** Each takes so many turns in a row, where one is too short to be timed. */
  readonly repeats?: number;
}

export interface Race<Name extends string> {
  /** Median milliseconds of a turn. */
  readonly ms: Readonly<Record<Name, number>>;
  /** How many times as fast `one` is as `other`: the median of the rounds' ratios. */
  speedup(one: Name, other: Name): number;
}

/** One round goes before, uncounted: code is compiled, caches are filled. */
export async function race<Name extends string>(contestants: Readonly<Record<Name, Contestant>>, { rounds, repeats = 1 }: RaceOptions): Promise<Race<Name>> {
  const names = Object.keys(contestants) as Name[];
  const turns = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Name, number[]>;
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const ms = await cpuMs(contestants[name], repeats);
      if (round >= 0) turns[name].push(ms);
    }
  }
  return {
    ms: Object.fromEntries(names.map((name) => [name, significant(quantile(turns[name], 0.5))])) as Record<Name, number>,
    speedup: (one, other) => significant(quantile(turns[other].map((ms, round) => ms / turns[one][round]!), 0.5)),
  };
}

async function cpuMs(contestant: Contestant, repeats: number): Promise<number> {
  const from = process.cpuUsage();
  for (let i = 0; i < repeats; i++) await contestant();
  const { user, system } = process.cpuUsage(from);
  return (user + system) / 1e3 / repeats;
}

/** Three digits: more would be of the noise. */
export function significant(value: number): number {
  return Number(value.toPrecision(3));
}
