/**
 * The engine: a node's driver, its promises and its public face. One code for the page's worker and for Node; what
 * differs between them comes in as a `Platform`.
 */
import type { Collections, EngineConfig, EngineEvent, EngineHandle, HistoryEntry, LiveConfig, NodeState, Quote, Report, ReportOptions, Senses, Task, TaskResult } from '../api.js';
import { toBase64url } from '../core/encoding.js';
import type { Network } from '../core/network.js';
import type { Notice } from '../core/notice.js';
import { createPeerState, peerMachine, type PeerState } from '../core/peer/peer.js';
import { isLevel } from '../core/peer/replica.js';
import { createSigner } from '../adapters/signer/signer.js';
import { memoryStorage } from '../adapters/storage/memory.js';
import { createDriver, type Driver } from '../driver/driver.js';
import { createShelf, type Shelf } from '../driver/shelf.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import { createGuard } from '../guard.js';
import { exportIdentity, type Identity } from '../identity/identity.js';
import type { Pool, PoolError } from '../ports/pool.js';
import type { Signer } from '../ports/signer.js';
import type { Storage } from '../ports/storage.js';
import { Account } from './account.js';
import { Buyer, type BuyerEngine } from './buyer.js';
import { CollectionMemory } from './collection-memory.js';
import type { CollectionHost } from './collections.js';
import { Contribution, refuseUnknownKinds, sandboxedKinds } from './contribution.js';
import { isGenuine } from './genuine.js';
import { certificateOf, History, type Noted } from './history.js';
import { Level } from './level.js';
import { networkErrorOf, readNetwork } from './network-search.js';
import type { Platform } from './platform.js';
import { makeReport, readReportOptions } from './report.js';
import type { TabView } from './scheduler.js';
import { takeSnapshot } from './snapshot.js';
import { quoteTask } from './tasks.js';
import { Watch } from './watch.js';

const MICRO = 1_000_000;
const PPM = 1_000_000;
/** Between two tries to read a descriptor: doubled up to the maximum. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 5_000;
const STATE_INTERVAL_MS = 100;
/** While something runs, or did a moment ago: what it takes is seen though nothing else happens. */
const WORKING_INTERVAL_MS = 1_000;
const SESSION_BYTES = 12;

/** How long a report waits for the network, and then for the records it is made of. */
const REPORT_PATIENCE_MS = 8_000;

/** An engine in this thread. */
export interface HostedEngine extends EngineHandle {
  /** What another tab of this browser notices and holds counts beside this one's; undefined when it is gone. */
  follow(tab: string, view: TabView | undefined): void;
}

/**
 * Opens storage and identity, and goes on to find the network by itself: the handle is usable at once.
 * @throws EdgeNetError `config-invalid`, `storage-blocked`, `storage-corrupt`, `identity-busy`, `bad-input` (a private key that is none)
 */
export async function openEngine(config: EngineConfig, platform: Platform): Promise<HostedEngine> {
  refuseUnknownKinds(config.tasks);
  const store = await platform.openStore();
  const identity = await platform.loadIdentity(store);
  const signer = await createSigner({ identity, random: platform.random });
  const history = new History(store);
  await history.load();
  const engine = new Engine(config, platform, store, identity, signer, history);
  void engine.findNetwork();
  return engine;
}

class Engine implements HostedEngine {
  #config: EngineConfig;
  readonly #pool: Pool;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #buyer: Buyer;
  readonly #account: Account;
  readonly #contribution: Contribution;
  readonly #watch: Watch;
  readonly #level = new Level();
  readonly #memory: CollectionMemory;
  #shelf: Shelf | undefined;
  #collections: Promise<CollectionHost> | undefined;
  #collectionHost: CollectionHost | undefined;
  readonly #startedAt: number;
  #driver: Driver<PeerState> | undefined;
  #network: Network | undefined;
  /** It is known whether there is a network to work in. */
  #ready: Promise<void>;
  #markReady = () => {};
  #offline: EdgeNetError | undefined;
  #error: NodeState['error'] = null;
  #progress: NodeState['progress'] = null;
  #closed = false;
  #stateDueMs = Infinity;
  #state: NodeState | undefined;
  #cancelRetry = () => {};
  #cancelState = () => {};

  constructor(config: EngineConfig, private readonly platform: Platform, private readonly store: Storage, private readonly identity: Identity, private readonly signer: Signer, private readonly log: History) {
    this.#config = config;
    this.#startedAt = platform.clock.now();
    this.#pool = platform.createPool({ size: 1, duty: config.cpuLimit, modelBase: config.modelBase, assetBase: config.base, sandbox: { kinds: sandboxedKinds, refused: (error) => this.#goWithoutSandbox(error) } });
    this.#contribution = new Contribution(this.#pool, {
      clock: platform.clock, cores: platform.cores,
      config: () => this.#config,
      canHold: () => this.#shelf?.canHold ?? false,
      feed: (event) => this.#driver?.feed(event),
      changed: () => this.#changed(),
    });
    this.#ready = new Promise((resolve) => (this.#markReady = resolve));
    this.#watch = new Watch(platform.clock);
    this.#memory = new CollectionMemory(store, platform.clock);
    this.#account = new Account({
      clock: platform.clock, random: platform.random, nodeId: identity.id,
      reach: async (patienceMs) => {
        this.#refuseIfClosed();
        const driver = await this.#reach(patienceMs);
        this.#refuseIfClosed();
        return driver;
      },
    });
    this.#buyer = new Buyer(this.#buyerEngine());
  }

  get state(): NodeState {
    return (this.#state ??= this.#snapshot());
  }

  subscribe(listener: (event: EngineEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Reads the descriptor, again and again until there is one; then starts the peer. */
  async findNetwork(retryMs = RETRY_MS): Promise<void> {
    try {
      await this.#start(await readNetwork(this.#config, this.store, (place) => this.platform.readText(place), this.signer.verify.bind(this.signer)));
    } catch (cause) {
      if (this.#closed) return;
      const error = networkErrorOf(cause);
      this.#offline = error;
      if (error.code === 'relay-unreachable') {
        this.#cancelRetry = this.platform.clock.after(retryMs, () => void this.findNetwork(Math.min(RETRY_MS_MAX, retryMs * 2)));
      } else {
        this.#fail(error.code, error.message);
        this.#markReady();
      }
      this.#changed();
    }
  }

  async #start(network: Network): Promise<void> {
    if (this.#closed) return;
    this.#network = network;
    this.#offline = undefined;
    const { signer, platform } = this;
    const guard = createGuard(network, signer);
    const relays = this.#config.relays.length > 0 ? this.#config.relays : network.relays;
    // Who only submits, or forgets all at the end, holds nothing: an owner's keys are all that is asked of a shelf there.
    const openShelf = this.#config.contribute ? platform.openShelf : undefined;
    this.#shelf = createShelf({ net: network.net, signer, onRoom: () => this.#contribution.replan(), ...(openShelf ? { open: openShelf } : { open: async () => memoryStorage(), bytesMax: 0 }) });
    const driver = createDriver({
      net: network.net,
      machine: peerMachine,
      state: createPeerState({
        network, id: signer.id, boxKey: signer.boxKey, session: toBase64url(platform.random.bytes(SESSION_BYTES)),
        site: this.#config.siteId, sharePpm: Math.round(this.#config.siteShare * PPM), ref: this.#config.ref,
      }),
      ports: {
        transport: this.#level.watched(this.#contribution.counted(platform.createTransport({ relays, network, signer, guard })), network.witnesses), store: this.store, vault: memoryStorage(), pool: this.#pool, signer, shelf: this.#shelf,
        clock: platform.clock, random: platform.random, guard: (record) => isGenuine(guard, record),
      },
      onNotice: (notice) => this.#onNotice(notice),
      onFault: (error) => this.#emit({ type: 'error', code: 'kernel-failed', message: `A fault inside the engine: ${describe(error)}` }),
    });
    await driver.start();
    if (this.#closed) return driver.close();
    this.#driver = driver;
    this.#contribution.begin();
    this.#markReady();
    this.#changed();
  }

  #buyerEngine(): BuyerEngine {
    return {
      platform: this.platform,
      pool: this.#pool,
      config: () => this.#config,
      driver: () => this.#driver,
      reach: (patienceMs) => this.#reach(patienceMs),
      note: (entry) => this.#note(entry),
      certificate: (escrow) => this.#certificate(escrow),
      emit: (event) => {
        if (event.type === 'progress') this.#progress = event.progress;
        this.#emit(event);
      },
    };
  }

  async submit(task: Task): Promise<TaskResult> {
    this.#refuseIfClosed();
    return isOnCollection(task) ? (await this.#collectionsHere()).submit(task) : this.#buyer.submit(task);
  }

  async result(taskId: string): Promise<TaskResult> {
    this.#refuseIfClosed();
    // A task on a collection is bought in parts, and is itself nothing the network knows.
    const onCollection = (await this.#memory.recall(taskId)) && (await (await this.#collectionsHere()).result(taskId));
    return onCollection ?? this.#buyer.result(taskId);
  }

  async quote(task: Task): Promise<Quote> {
    return isOnCollection(task) ? (await this.#collectionsHere()).quote(task) : quoteTask(task, this.#network?.parameters.payMin);
  }

  readonly collections: Collections = {
    create: async (settings) => (await this.#collectionsHere()).create(settings),
    list: async () => (await this.#collectionsHere()).list(),
    get: async (id) => (await this.#collectionsHere()).get(id),
    export: async (id, options) => (await this.#collectionsHere()).export(id, options),
    extend: async (id, credits) => (await this.#collectionsHere()).extend(id, credits),
    delete: async (id) => (await this.#collectionsHere()).delete(id),
  };

  /** Few nodes ever have collections. */
  async #collectionsHere(): Promise<CollectionHost> {
    this.#refuseIfClosed();
    this.#collections ??= import('./collections.js').then(({ CollectionHost: Host }) => (this.#collectionHost = new Host({
      clock: this.platform.clock, random: this.platform.random, signer: this.signer, store: this.store, watch: this.#watch, level: this.#level, memory: this.#memory,
      reach: (patienceMs) => this.#reach(patienceMs),
      ask: (order) => this.#account.ask(order),
      buy: (prepared, options) => this.#buyer.buy(prepared, options),
      result: (task) => this.#buyer.result(task),
      emit: (event) => this.#emit(event),
    }, () => this.#shelf!)));
    return this.#collections;
  }

  async #reach(patienceMs: number): Promise<Driver<PeerState>> {
    if (!this.#driver) await this.#networkOrPatience(patienceMs);
    if (this.#driver) return this.#driver;
    throw this.#offline ?? new EdgeNetError('relay-unreachable', 'No relay answered. Check the relays attribute and the network connection.');
  }

  #networkOrPatience(patienceMs: number): Promise<void> {
    // A configuration that can never work need not be waited for.
    if (this.#error) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.platform.clock.after(patienceMs, resolve);
      void this.#ready.then(() => { cancel(); resolve(); });
    });
  }

  async transfer(to: string, credits: number, memo?: string): Promise<string> {
    return this.#account.transfer(to, credits, memo);
  }

  async bond(credits: number): Promise<string> {
    return this.#account.stake('bond', credits);
  }

  async unbond(credits: number): Promise<string> {
    return this.#account.stake('unbond', credits);
  }

  async registerName(name: string): Promise<string> {
    return this.#account.registerName(name);
  }

  configure({ tasks, ...change }: Partial<LiveConfig>): void {
    this.#config = { ...this.#config, ...change };
    if (tasks) this.#workOn(tasks);
    this.#contribution.replan();
  }

  /** A name that no kind has is told and changes nothing, for the engine runs. */
  #workOn(tasks: readonly string[]): void {
    try {
      refuseUnknownKinds(tasks);
      this.#config = { ...this.#config, tasks };
    } catch (error) {
      const { code, message } = error as EdgeNetError;
      this.#emit({ type: 'error', code, message });
    }
  }

  sense(senses: Senses): void {
    this.#contribution.sense(senses);
  }

  follow(tab: string, view: TabView | undefined): void {
    this.#contribution.follow(tab, view);
  }

  async history(): Promise<HistoryEntry[]> {
    return this.log.list((escrow) => this.#certificate(escrow));
  }

  clearHistory(): Promise<void> {
    return this.log.clear();
  }

  #certificate(escrow: string): HistoryEntry['certificate'] {
    return this.#driver ? certificateOf(this.#driver.state.ledger, escrow) : null;
  }

  async report(options: ReportOptions): Promise<Report> {
    this.#refuseIfClosed();
    const terms = readReportOptions(options, this.#config.siteId);
    const { state } = await this.#reach(REPORT_PATIENCE_MS);
    // A replica that has only begun to fill would say that nothing ever happened.
    await this.#watch.until(() => isLevel(state) || undefined, this.platform.clock.now() + REPORT_PATIENCE_MS);
    return makeReport(state.ledger, terms, this.platform.clock.now() + state.offsetMs, state.options.network.parameters.epochMs);
  }

  async exportIdentity(): Promise<string> {
    return exportIdentity(this.identity);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    this.#cancelState();
    this.#contribution.stop();
    this.#buyer.close();
    this.#account.close();
    await this.log.flush();
    if (this.#driver) await this.#driver.close();
    else await Promise.all([this.#pool.close(), this.store.close()]);
    this.#announceState();
  }

  #onNotice(notice: Notice): void {
    switch (notice.note) {
      case 'submitted':
      case 'progress':
      case 'resolved':
      case 'failed':
      case 'untaken':
        this.#buyer.onNotice(notice);
        break;
      case 'work':
        this.#note({
          taskId: notice.escrow, kind: notice.kind, role: 'worker', parties: [notice.submitter], busyMs: notice.busyMs, credits: notice.amount / MICRO,
          outcome: notice.phase === 'started' || notice.phase === 'answered' ? 'running' : notice.phase,
          items: notice.items, bytes: notice.size, digest: notice.digest, certificate: this.#certificate(notice.escrow),
        });
        break;
      case 'credit':
        this.#emit({ type: 'credit', gained: notice.gained / MICRO, total: (notice.spendable + notice.pending) / MICRO });
        break;
      case 'asked':
      case 'ask-failed':
        this.#account.onNotice(notice);
        break;
      case 'shard':
        this.#collectionHost?.onNotice(notice);
        break;
      case 'trouble':
        if (notice.code === 'identity-busy') this.#fail(notice.code, notice.message);
        else this.#emit({ type: 'error', code: notice.code, message: notice.message });
        break;
      case 'changed':
        break;
      default:
        notice satisfies never;
    }
    this.#watch.changed();
    this.#changed();
  }

  #note(noted: Noted): void {
    this.#emit({ type: 'task', entry: this.log.note(noted, this.platform.clock.now()) });
  }

  /** Said once: what a page's policy refuses, it refuses until it is loaded anew. */
  #goWithoutSandbox({ code, message }: PoolError): void {
    if (this.#contribution.goWithoutSandbox()) this.#emit({ type: 'error', code, message });
  }

  #fail(code: EdgeNetErrorCode, message: string): void {
    this.#error = { code, message };
    this.#emit({ type: 'error', code, message });
    this.#changed();
  }

  /** Snapshots are taken at most ten times a second, and only while somebody may look. */
  #changed(withinMs = STATE_INTERVAL_MS): void {
    this.#state = undefined;
    if (this.#stateDueMs <= withinMs || this.#closed) return;
    this.#cancelState();
    this.#stateDueMs = withinMs;
    this.#cancelState = this.platform.clock.after(withinMs, () => {
      this.#stateDueMs = Infinity;
      if (this.#closed) return;
      this.#announceState();
      const works = this.#pool.load.running > 0;
      if (works || this.#pool.busy > 0) this.#changed(works && this.#contribution.plan.capacity === 0 ? STATE_INTERVAL_MS : WORKING_INTERVAL_MS);
    });
  }

  #announceState(): void {
    this.#state = undefined;
    if (this.#buyer.size === 0) this.#progress = null;
    this.#emit({ type: 'state', state: this.state });
  }

  #snapshot(): NodeState {
    return takeSnapshot({
      config: this.#config, pool: this.#pool, now: this.platform.clock.now(), startedAt: this.#startedAt, plan: this.#contribution.plan, error: this.#error,
      progress: this.#progress, closed: this.#closed, nodeId: this.identity.id, offline: this.#offline !== undefined,
    }, this.#driver?.state);
  }

  #emit(event: EngineEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  #refuseIfClosed(): void {
    if (this.#closed) throw new EdgeNetError('closed', 'The engine was closed. Start it again.');
  }
}

/** Its shards are other nodes': it takes as many tasks as there are of them. */
function isOnCollection({ type, payload }: Task): boolean {
  return type === 'vector_insert' || (type === 'vector_search' && (payload as { readonly collection?: unknown } | undefined)?.collection !== undefined);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
