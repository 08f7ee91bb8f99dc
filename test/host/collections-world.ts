/** The surroundings of a host's collections without a network: a ledger that believes its owner, and holders that do as told. */
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import type { TaskResult } from '../../src/engine/api.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { CollectionView } from '../../src/engine/core/ledger/collections.js';
import { DEVELOPMENT_PARAMETERS, type Parameters } from '../../src/engine/core/network.js';
import type { PeerState } from '../../src/engine/core/peer/peer.js';
import type { Driver } from '../../src/engine/driver/driver.js';
import { EdgeNetError } from '../../src/engine/error.js';
import { CollectionMemory } from '../../src/engine/host/collection-memory.js';
import type { AccountOrder, CollectionWorld } from '../../src/engine/host/collection-world.js';
import { CollectionHost } from '../../src/engine/host/collections.js';
import { Level } from '../../src/engine/host/level.js';
import type { PreparedTask } from '../../src/engine/host/tasks.js';
import { Watch } from '../../src/engine/host/watch.js';
import type { Storage } from '../../src/engine/ports/storage.js';
import { decode } from '../../src/kernels/codec.js';
import type { VectorInsertPayload } from '../../src/kernels/vector_insert/manifest.js';
import type { ShardPayload } from '../../src/kernels/vector_search/manifest.js';
import { VirtualTime } from '../contract/virtual-time.js';
import { alice, bob, carol } from '../core/ledger-fixture.js';

type Stored = Omit<Extract<AccountOrder, { kind: 'collection' }>, 'amount'>;

export interface World {
  readonly host: CollectionHost;
  readonly clock: VirtualTime;
  readonly store: Storage;
  readonly orders: Extract<AccountOrder, { kind: 'collection' }>[];
  /** Parts that were bought, done or not. */
  readonly bought: PreparedTask['request'][];
  /** By part. */
  readonly results: Map<string, TaskResult>;
  /** Ids in each shard's content, by its hash. */
  readonly contents: Map<string, readonly number[]>;
  /** Says why the holders will not do a part; by default they do all. */
  refuse: (request: PreparedTask['request'], attempt: number) => EdgeNetError | undefined;
  /** Nothing that is bought is done before. */
  hold: Promise<void>;
  spendable: number;
  /** Rewrites what the ledger has: as if somebody else did it. */
  own(id: string, change: Partial<CollectionView>): void;
}

export interface WorldOptions {
  readonly parameters?: Partial<Parameters>;
  readonly store?: Storage;
  /** Of another life: what was in the ledger and on the shelves. */
  readonly before?: World;
}

const records = new WeakMap<World, Map<string, CollectionView>>();
const histories = new WeakMap<World, Stored[]>();

export function world({ parameters = {}, store = memoryStorage(), before }: WorldOptions = {}): World {
  const clock = new VirtualTime();
  const watch = new Watch(clock);
  const views = before ? records.get(before)! : new Map<string, CollectionView>();
  const history = before ? histories.get(before)! : [];
  const contents = before?.contents ?? new Map<string, readonly number[]>([['', []]]);
  const network = { parameters: { ...DEVELOPMENT_PARAMETERS, faucet: 0, ...parameters } };
  const state = {
    submissions: new Map(), link: { ready: true }, header: { size: 4 }, capacity: 0, offsetMs: 0, options: { network, id: alice },
    ledger: {
      collection: (id: string) => views.get(id), collections: () => [...views.values()], granted: () => true, digestTotal: () => ({ count: 0 }),
      balances: () => ({ spendable: made.spendable }), entries: () => history.map((record) => ({ record: { ...record, author: alice } })),
    },
  } as unknown as PeerState;
  const driver: Driver<PeerState> = { state, start: async () => undefined, feed: () => undefined, close: async () => undefined };

  const ask = async (order: AccountOrder): Promise<string> => {
    if (order.kind !== 'collection') throw new Error('Only collections are written here.');
    made.orders.push(order);
    const { amount, ...fields } = order;
    const id = order.collection || sha256Id(`collection ${views.size}`);
    const deposit = (views.get(id)?.deposit ?? 0) + amount;
    history.push({ ...fields, collection: id });
    const released = order.closed ? 'closed' as const : undefined;
    views.set(id, { id, owner: alice, record: fields as unknown as CollectionView['record'], deposit: released ? 0 : deposit, released, holders: () => ({ turn: 0, holders: [bob, carol, 'dave'] }), wasHolder: () => true });
    watch.changed();
    return id;
  };

  const attempts = new Map<string, number>();
  const buy: CollectionWorld['buy'] = async ({ request }) => {
    made.bought.push(request);
    const part = `${request.on!.shard}/${request.on!.hash}`;
    const attempt = attempts.get(part) ?? 0;
    attempts.set(part, attempt + 1);
    await made.hold;
    const refusal = made.refuse(request, attempt);
    if (refusal) throw refusal;
    const how = { taskId: request.task, cost: (request.meter.price * (request.k || 2)) / 1e6, workers: [bob, carol], verified: request.k !== 1 };
    const result = { ...how, ...(request.kind === 'vector_insert' ? inserted(request) : found(request)) } as TaskResult;
    made.results.set(request.task, result);
    state.submissions.set(request.task, {} as never);
    return result;
  };

  function inserted({ payload, on }: PreparedTask['request']): object {
    const { ids } = decode(payload) as unknown as VectorInsertPayload;
    const known = contents.get(on!.hash)!;
    if (ids.some((id) => known.includes(id))) throw new EdgeNetError('bad-input', 'An id is in the shard already.');
    const all = [...known, ...ids];
    const hash = sha256Id(`${on!.shard}: ${all.join()}`);
    contents.set(hash, all);
    return { hash, size: 100 * all.length, rows: all.length, inserted: ids.length };
  }

  /** The better, the greater the id. */
  function found({ payload, on }: PreparedTask['request']): object {
    const { k, queries, dims } = decode(payload) as unknown as ShardPayload;
    const best = [...contents.get(on!.hash)!].sort((left, right) => right - left).slice(0, k).map((id) => ({ id, score: Math.floor(id / 2) }));
    return { matches: Array.from({ length: queries.length / dims }, () => best) };
  }

  let randoms = 0;
  const made: World = {
    clock, store, orders: [], bought: [], results: before?.results ?? new Map(), contents, spendable: 1e12, refuse: () => undefined, hold: Promise.resolve(),
    own: (id, change) => void views.set(id, { ...views.get(id)!, ...change }),
    host: new CollectionHost({
      clock, watch, store, level: new Level(), memory: new CollectionMemory(store, clock), random: { bytes: (length) => new Uint8Array(length).fill((randoms += 1)) },
      signer: { id: alice, derive: async () => new Uint8Array(32) }, reach: async () => driver, ask, buy, result: async (task) => made.results.get(task)!, emit: () => undefined,
    }, () => ({ decrypt: async (_, ciphertext) => ciphertext })),
  };
  records.set(made, views);
  histories.set(made, history);
  return made;
}

