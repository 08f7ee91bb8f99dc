/**
 * What this node gives to others: whenever something changes that the scheduler goes by, its plan is made anew and put
 * into effect, in the pool and in the core. Timers run only while a plan is about to change by itself.
 */
import { catalogue, kindsNamed, type CatalogueEntry } from '../../kernels/catalogue.js';
import type { EngineConfig, Senses } from '../api.js';
import type { Happening } from '../core/event.js';
import { EdgeNetError } from '../error.js';
import type { Clock } from '../ports/clock.js';
import type { Pool } from '../ports/pool.js';
import type { Transport } from '../ports/transport.js';
import { Bandwidth, counted } from './bandwidth.js';
import { type Plan, Scheduler, type TabView } from './scheduler.js';

/** @throws EdgeNetError `config-invalid` that names the first of them */
export function refuseUnknownKinds(tasks: readonly string[]): void {
  const unknown = tasks.find((name) => kindsNamed(name).length === 0);
  if (unknown !== undefined) throw new EdgeNetError('config-invalid', `tasks="${unknown}" cannot be used. Write any of ${[...catalogue.keys()].join(' ')}.`);
}

export const sandboxedKinds: ReadonlySet<string> = new Set([...catalogue].filter(([, { sandboxed }]) => sandboxed).map(([kind]) => kind));

/** Who offers this may be given shards to hold. */
const HOLDERS_KIND = 'vector_insert';

export interface ContributionHost {
  readonly clock: Clock;
  readonly cores: number;
  /** There is room for shards of others' collections. */
  canHold(): boolean;
  config(): EngineConfig;
  feed(event: Extract<Happening, { on: 'contribute' }>): void;
  /** The plan is another one. */
  changed(): void;
}

export class Contribution {
  readonly #scheduler = new Scheduler();
  readonly #bandwidth: Bandwidth;
  readonly #followers = new Map<string, TabView>();
  #senses: Senses | undefined;
  #plan: Plan;
  #said = '';
  #overdrawn = false;
  #hasSandbox = true;
  #cancelWake = (): void => {};

  constructor(private readonly pool: Pool, private readonly host: ContributionHost) {
    this.#bandwidth = new Bandwidth(host.clock, host.config().bandwidthLimitBytes);
    this.#plan = this.#newPlan();
    this.replan();
  }

  get plan(): Plan {
    return this.#plan;
  }

  sense(senses: Senses): void {
    this.#senses = senses;
    this.replan();
  }

  /** @param view undefined when that tab is gone */
  follow(tab: string, view: TabView | undefined): void {
    if (view) this.#followers.set(tab, view);
    else this.#followers.delete(tab);
    this.replan();
  }

  /** Through this the core reaches the network. */
  counted(transport: Transport): Transport {
    return counted(transport, (bytes) => {
      this.#bandwidth.spend(bytes);
      if (this.#bandwidth.overdrawn !== this.#overdrawn) this.replan();
    });
  }

  /** This page grants no sandbox: kinds that need one are no longer offered. True the first time. */
  goWithoutSandbox(): boolean {
    if (!this.#hasSandbox) return false;
    this.#hasSandbox = false;
    this.replan();
    return true;
  }

  /** The core has started, and knows nothing yet. */
  begin(): void {
    this.#said = '';
    this.replan();
  }

  replan(): void {
    const { clock } = this.host;
    this.#bandwidth.limit(this.host.config().bandwidthLimitBytes);
    this.#overdrawn = this.#bandwidth.overdrawn;
    this.#plan = this.#newPlan();
    this.#cancelWake();
    const wakeInMs = Math.min(this.#plan.staleInMs ?? Infinity, this.#overdrawn ? this.#bandwidth.reopensInMs : Infinity);
    this.#cancelWake = wakeInMs === Infinity ? () => {} : clock.after(wakeInMs, () => this.replan());
    this.#apply(this.#plan);
    this.host.changed();
  }

  stop(): void {
    this.#cancelWake();
    this.#cancelWake = () => {};
  }

  #newPlan(): Plan {
    const config = this.host.config();
    return this.#scheduler.plan({
      config,
      tabs: [{ senses: this.#senses, pauses: config.pauses }, ...this.#followers.values()],
      workers: Object.keys(this.#kinds()).length > 0 ? this.#workers() : 0,
      overdrawn: this.#overdrawn,
      now: this.host.clock.now(),
    });
  }

  #apply({ duty, capacity, finishes }: Plan): void {
    this.pool.limit(duty, this.#workers());
    const event = { on: 'contribute', capacity, kinds: capacity > 0 ? this.#kinds() : {}, finishes } as const;
    // Each change is signed and sent: an input event of the visitor is none.
    const text = JSON.stringify(event);
    if (text === this.#said) return;
    this.#said = text;
    this.host.feed(event);
  }

  /** On half of the cores at most, and never more than may use their memory at the same time. */
  #workers(): number {
    const { workersMax, memoryLimitBytes } = this.host.config();
    const peak = Math.max(1, ...Object.keys(this.#kinds()).map((kind) => catalogue.get(kind)!.memoryBytesMax));
    return Math.max(1, Math.min(workersMax, Math.floor(this.host.cores / 2), Math.floor(memoryLimitBytes / peak)));
  }

  /** With their versions: those that are wanted here and fit into the memory limit by themselves; insertions where their shards have room. */
  #kinds(): Record<string, number> {
    const { tasks, memoryLimitBytes } = this.host.config();
    const wanted = tasks.length === 0 ? [...catalogue.keys()] : tasks.flatMap(kindsNamed);
    const isAble = ({ memoryBytesMax, sandboxed }: CatalogueEntry): boolean => memoryBytesMax <= memoryLimitBytes && (this.#hasSandbox || !sandboxed);
    const able = wanted.filter((kind) => isAble(catalogue.get(kind)!) && (kind !== HOLDERS_KIND || this.host.canHold()));
    return Object.fromEntries(able.map((kind) => [kind, catalogue.get(kind)!.version]));
  }
}
