/**
 * How much of this machine others get right now, and why: a function of what the pages notice, what visitor and site
 * want, and the limits. It takes no time and asks nobody, so that a table can test it.
 *
 * The levels are the original design's (3.3): a struggling page 0.1, a busy one 0.3, an active visitor 0.2, else the
 * limit, and never above the limit. Down at once; up again only when a cause has been gone for a while, or a page that
 * stutters because of the work would be made to stutter every other second.
 */
import type { EngineConfig, NodeState, Reason, Senses } from '../api.js';

/** One tab of the browser, as far as it has spoken; a process has one that notices nothing. */
export interface TabView {
  readonly senses: Senses | undefined;
  readonly pauses: readonly Reason[];
}

export interface Situation {
  readonly config: Pick<EngineConfig, 'contribute' | 'cpuLimit' | 'focusRequired' | 'whenHidden' | 'battery' | 'metered'>;
  /** The first is the one whose engine this is. */
  readonly tabs: readonly [TabView, ...TabView[]];
  /** Jobs that the machine and the memory limit have room for; 0 where no kind fits. */
  readonly workers: number;
  /** The bandwidth limit is used up. */
  readonly overdrawn: boolean;
  readonly now: number;
}

export interface Plan {
  /** For the pool. Own tasks keep this share while others' work is paused. */
  readonly duty: number;
  /** Tasks of others at once. */
  readonly capacity: number;
  /** With a capacity of 0: what was taken is finished, for pausing would only waste it. */
  readonly finishes: boolean;
  /** What pauses or slows, the gravest first. */
  readonly reasons: readonly Reason[];
  readonly throttle: NodeState['throttle'];
  /** The next plan will differ after this time even if nothing happens. */
  readonly staleInMs: number | undefined;
}

/** What slows, by name, from the lowest level up. */
const SLOWDOWNS = [
  { cause: 'page-struggling', reason: 'page-busy', level: 0.1 },
  { cause: 'user-active', reason: 'user-active', level: 0.2 },
  { cause: 'page-busy', reason: 'page-busy', level: 0.3 },
] as const satisfies readonly { cause: string; reason: Reason; level: number }[];

/** Whatever the limit, a page may come to this while a task runs. */
export const LOWEST_LEVEL = SLOWDOWNS[0].level;

/** How long a cause is heeded after it is gone; others end at once. */
const LINGER_MS: Readonly<Record<string, number>> = { 'page-struggling': 3_000, 'page-busy': 3_000, pressure: 10_000 };

/** Laying work down for these saves nothing: it is here already. */
const FINISHED: ReadonlySet<Reason> = new Set<Reason>(['bandwidth', 'memory']);

const SERIOUS: ReadonlySet<Senses['pressure']> = new Set<Senses['pressure']>(['serious', 'critical']);

export class Scheduler {
  /** Since when each cause that lingers is gone; infinite while it is noticed. */
  readonly #goneAt = new Map<string, number>();

  plan(situation: Situation): Plan {
    const { config, workers, now } = situation;
    const heeded = this.#heed(causesOf(situation), now);
    const pauses = [...new Set<Reason>([...situation.tabs.flatMap((tab) => tab.pauses), ...PAUSES.filter((cause) => heeded.has(cause))])];
    const slowdowns = SLOWDOWNS.filter(({ cause, level }) => heeded.has(cause) && level < config.cpuLimit);
    const duty = slowdowns[0]?.level ?? config.cpuLimit;
    const works = config.contribute && pauses.length === 0;
    return {
      duty,
      capacity: works ? workers : 0,
      finishes: config.contribute && pauses.every((pause) => FINISHED.has(pause)),
      reasons: [...new Set<Reason>([...pauses, ...slowdowns.map(({ reason }) => reason)])],
      throttle: works ? { level: duty, because: slowdowns[0]?.cause ?? 'cpu-limit' } : { level: 0, because: pauses.join(' ') || 'submits-only' },
      staleInMs: this.#staleInMs(now),
    };
  }

  /** What is noticed, and what was until lately. */
  #heed(noticed: ReadonlySet<string>, now: number): ReadonlySet<string> {
    for (const [cause, at] of this.#goneAt) {
      if (noticed.has(cause)) continue;
      if (at === Infinity) this.#goneAt.set(cause, now);
      else if (now - at >= LINGER_MS[cause]!) this.#goneAt.delete(cause);
    }
    for (const cause of noticed) if (cause in LINGER_MS) this.#goneAt.set(cause, Infinity);
    return new Set([...noticed, ...this.#goneAt.keys()]);
  }

  #staleInMs(now: number): number | undefined {
    const left = Math.min(...[...this.#goneAt].map(([cause, at]) => at + LINGER_MS[cause]! - now));
    return left === Infinity ? undefined : left;
  }
}

const PAUSES = ['hidden', 'unfocused', 'battery', 'metered', 'pressure', 'bandwidth', 'memory'] as const satisfies readonly Reason[];

function causesOf({ config, tabs, workers, overdrawn }: Situation): ReadonlySet<string> {
  const own = tabs[0].senses;
  // What a frozen page noticed last may be long over.
  const awake = tabs.flatMap(({ senses }) => (senses && !senses.frozen ? [senses] : []));
  const seen = awake.filter(({ visible }) => visible);
  const holds: readonly (readonly [cause: string, holds: boolean])[] = [
    ['page-struggling', seen.some(({ frames }) => frames === 'struggling')],
    ['page-busy', seen.some(({ frames }) => frames === 'busy')],
    ['user-active', seen.some(({ active }) => active)],
    // A frozen page takes its workers with it, and nobody should wait for them.
    ['hidden', own?.frozen === true || (config.whenHidden === 'pause' && awake.length > 0 && seen.length === 0)],
    ['unfocused', config.focusRequired && awake.length > 0 && !awake.some(({ focused }) => focused)],
    ['battery', config.battery === 'respect' && awake.some(({ batteryLow }) => batteryLow)],
    ['metered', config.metered === 'pause' && awake.some(({ metered }) => metered)],
    ['pressure', seen.some(({ pressure }) => SERIOUS.has(pressure))],
    ['bandwidth', overdrawn],
    ['memory', workers === 0],
  ];
  return new Set(holds.filter(([, held]) => held).map(([cause]) => cause));
}
