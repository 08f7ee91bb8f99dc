/** What collections need of the engine around them, and what each of their parts asks first. */
import type { EngineEvent, TaskOptions, TaskResult } from '../api.js';
import type { AccountRequest } from '../core/event.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { Parameters } from '../core/network.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Id } from '../core/record.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError } from '../error.js';
import type { Clock, Random } from '../ports/clock.js';
import type { Signer } from '../ports/signer.js';
import type { Storage } from '../ports/storage.js';
import type { CollectionMemory } from './collection-memory.js';
import type { Level } from './level.js';
import type { PreparedTask } from './tasks.js';
import type { Watch } from './watch.js';

/** The first link, and a ledger that is level with the witness's. */
const NETWORK_PATIENCE_MS = 8_000;
/** For the rest of the ledger, which comes piece by piece. */
const LEVEL_PATIENCE_MS = 60_000;
/** A collection that was created a moment ago, elsewhere. */
const RECORD_PATIENCE_MS = 2_000;

/** An account's record without the name that tells its answer apart. */
export type AccountOrder = AccountRequest extends infer R ? (R extends unknown ? Omit<R, 'ask'> : never) : never;

export interface CollectionWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly signer: Pick<Signer, 'id' | 'derive'>;
  readonly store: Storage;
  readonly watch: Watch;
  readonly level: Level;
  readonly memory: CollectionMemory;
  reach(patienceMs: number): Promise<Driver<PeerState>>;
  /** @returns the id of the certified record */
  ask(order: AccountOrder): Promise<Id>;
  buy(prepared: PreparedTask, options: Pick<TaskOptions, 'signal' | 'onProgress'>): Promise<TaskResult>;
  /** Of a part that was bought before. */
  result(task: string): Promise<TaskResult>;
  emit(event: Extract<EngineEvent, { type: 'progress' }>): void;
}

/**
 * The driver, once its peer knows everybody's collections.
 * @throws EdgeNetError `relay-unreachable`, `timeout`
 */
export async function linked({ clock, watch, level, reach }: CollectionWorld, signal?: AbortSignal): Promise<Driver<PeerState>> {
  const driver = await reach(NETWORK_PATIENCE_MS);
  const ready = await watch.until(() => driver.state.link.ready || undefined, clock.now() + NETWORK_PATIENCE_MS, signal);
  if (!ready) {
    const { code = 'relay-unreachable', message = 'No relay answered. Check the relays attribute and the network connection.' } = driver.state.link.down ?? {};
    throw new EdgeNetError(code, message);
  }
  const whole = await watch.until(() => level.isReached(driver.state.ledger.digestTotal()) || undefined, clock.now() + LEVEL_PATIENCE_MS, signal);
  if (!whole) throw new EdgeNetError('timeout', 'The ledger is still on its way to this node. Try again in a while.');
  return driver;
}

/** @throws EdgeNetError `bad-input` where there is none */
export async function find({ clock, watch }: CollectionWorld, driver: Driver<PeerState>, id: unknown, signal?: AbortSignal): Promise<CollectionView> {
  const view = typeof id === 'string' ? await watch.until(() => driver.state.ledger.collection(id), clock.now() + RECORD_PATIENCE_MS, signal) : undefined;
  if (!view) throw new EdgeNetError('bad-input', `There is no collection "${String(id)}" in this network. collections.list() names your own.`);
  return view;
}

/** @throws EdgeNetError `bad-input` where it is no more, or somebody else's */
export async function findOwn(world: CollectionWorld, driver: Driver<PeerState>, id: unknown, signal?: AbortSignal): Promise<CollectionView> {
  const view = await find(world, driver, id, signal);
  if (view.owner !== world.signer.id) throw new EdgeNetError('bad-input', 'Only the account that created a collection changes, exports or deletes it.');
  refuseIfOver(view);
  return view;
}

/** @throws EdgeNetError `bad-input` */
export function refuseIfOver({ released, record }: CollectionView): void {
  if (released === 'unpaid') throw new EdgeNetError('bad-input', 'The collection\'s deposit was used up, and its holders have dropped it. Create it anew.');
  if (released || record.closed) throw new EdgeNetError('bad-input', 'The collection was deleted.');
}

export function parametersOf({ state }: Driver<PeerState>): Parameters {
  return state.options.network.parameters;
}

/** Nodes in the roster that could hold a shard of this node's. */
export function othersOf({ state: { header, capacity } }: Driver<PeerState>): number {
  return Math.max(0, (header?.size ?? 0) - (capacity > 0 ? 1 : 0));
}

export function bad(message: string): EdgeNetError {
  return new EdgeNetError('bad-input', message);
}
