/**
 * The engine: a node's driver, its promises and its public face. One code for the page's worker and for Node; what
 * differs between them comes in as a `Platform`.
 */
import type { Manifest } from '../../kernels/kernel.js';
import { kindsNamed, manifests } from '../../kernels/manifests.js';
import type { EngineConfig, EngineEvent, EngineHandle, HistoryEntry, NodeState, Quote, Reason, Task, TaskResult } from '../api.js';
import { toBase64url } from '../core/encoding.js';
import type { AccountRequest } from '../core/event.js';
import type { Network } from '../core/network.js';
import type { Notice } from '../core/notice.js';
import { createPeerState, peerMachine, type PeerState } from '../core/peer/peer.js';
import { createSigner } from '../adapters/signer/signer.js';
import { memoryStorage } from '../adapters/storage/memory.js';
import { createDriver, type Driver } from '../driver/driver.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import { createGuard } from '../guard.js';
import { exportIdentity, type Identity } from '../identity/identity.js';
import { PoolError, type Pool } from '../ports/pool.js';
import type { Signer } from '../ports/signer.js';
import { StorageError, type Storage } from '../ports/storage.js';
import { findNetwork, parseNetwork } from './descriptor-source.js';
import { isGenuine } from './genuine.js';
import { History } from './history.js';
import type { Platform } from './platform.js';
import { takeSnapshot } from './snapshot.js';
import { prepareTask, presentResult, quoteTask, type PreparedTask } from './tasks.js';

const MICRO = 1_000_000;
const PPM = 1_000_000;
const DESCRIPTOR_KEY = 'host/descriptor';
/** Between two tries to read a descriptor: doubled up to the maximum. */
const RETRY_MS = 500;
const RETRY_MS_MAX = 5_000;
/** How long a submission waits for a first sight of the network. */
const NETWORK_PATIENCE_MS = 8_000;
const STATE_INTERVAL_MS = 100;
const SESSION_BYTES = 12;

/** Failures after which a task may run on this machine instead (DESIGN 4.8). */
const LOCAL_INSTEAD: ReadonlySet<EdgeNetErrorCode> = new Set<EdgeNetErrorCode>(['relay-unreachable', 'relay-rejected', 'csp-connect', 'no-workers', 'insufficient-credits', 'rate-limited', 'descriptor-invalid', 'config-invalid']);

interface Pending<T> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: EdgeNetError) => void;
}

interface PendingTask extends Pending<TaskResult> {
  readonly prepared: PreparedTask | undefined;
  readonly onProgress: ((progress: { readonly taskId: string; readonly phase: string; readonly loaded: number; readonly total: number }) => void) | undefined;
}

/**
 * Opens storage and identity, and goes on to find the network by itself: the handle is usable at once.
 * @throws EdgeNetError `storage-blocked`, `storage-corrupt`, `identity-busy`, `bad-input` (a private key that is none)
 */
export async function openEngine(config: EngineConfig, platform: Platform): Promise<EngineHandle> {
  const store = await platform.openStore();
  const identity = await platform.loadIdentity(store);
  const signer = await createSigner({ identity, random: platform.random });
  const history = new History(store);
  await history.load();
  const engine = new Engine(config, platform, store, identity, signer, history);
  void engine.findNetwork();
  return engine;
}

class Engine implements EngineHandle {
  #config: EngineConfig;
  readonly #pool: Pool;
  readonly #listeners = new Set<(event: EngineEvent) => void>();
  readonly #tasks = new Map<string, PendingTask>();
  readonly #asks = new Map<string, Pending<string>>();
  readonly #local = new Map<string, AbortController>();
  readonly #pauses = new Set<Reason>();
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
  #stateDue = false;
  #state: NodeState | undefined;
  #cancelRetry = () => {};

  constructor(config: EngineConfig, private readonly platform: Platform, private readonly store: Storage, private readonly identity: Identity, private readonly signer: Signer, private readonly log: History) {
    this.#config = config;
    this.#startedAt = platform.clock.now();
    if (config.paused) this.#pauses.add('paused-by-site');
    const size = Math.max(1, Math.min(config.workersMax, Math.floor(platform.cores / 2)));
    this.#pool = platform.createPool({ size, duty: config.cpuLimit, modelBase: config.modelBase, assetBase: config.base });
    this.#ready = new Promise((resolve) => (this.#markReady = resolve));
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
      await this.#start(await this.#readNetwork());
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

  async #readNetwork(): Promise<Network> {
    try {
      const { network, text } = await findNetwork(this.#config, (place) => this.platform.readText(place), this.signer.verify.bind(this.signer));
      await this.store.write([[DESCRIPTOR_KEY, text]]).catch(() => undefined);
      return network;
    } catch (error) {
      const kept = networkErrorOf(error).code === 'relay-unreachable' ? await this.#keptNetwork() : undefined;
      if (kept) return kept;
      throw error;
    }
  }

  /** The descriptor of an earlier life, so that work goes on when only its server is away. */
  async #keptNetwork(): Promise<Network | undefined> {
    if (this.#config.network !== '' || this.#config.relays.length === 0) return undefined;
    try {
      const kept = await this.store.get(DESCRIPTOR_KEY);
      return typeof kept === 'string' ? await parseNetwork(kept, 'the stored copy', this.signer.verify.bind(this.signer)) : undefined;
    } catch {
      return undefined; // as good as none
    }
  }

  async #start(network: Network): Promise<void> {
    if (this.#closed) return;
    this.#network = network;
    this.#offline = undefined;
    const { signer, platform } = this;
    const guard = createGuard(network, signer);
    const relays = this.#config.relays.length > 0 ? this.#config.relays : network.relays;
    const driver = createDriver({
      net: network.net,
      machine: peerMachine,
      state: createPeerState({
        network, id: signer.id, boxKey: signer.boxKey, session: toBase64url(platform.random.bytes(SESSION_BYTES)),
        site: this.#config.siteId, sharePpm: Math.round(this.#config.siteShare * PPM), ref: this.#config.ref,
      }),
      ports: {
        transport: platform.createTransport({ relays, network, signer, guard }), store: this.store, vault: memoryStorage(), pool: this.#pool, signer,
        clock: platform.clock, random: platform.random, guard: (record) => isGenuine(guard, record),
      },
      onNotice: (notice) => this.#onNotice(notice),
      onFault: (error) => this.#emit({ type: 'error', code: 'kernel-failed', message: `A fault inside the engine: ${describe(error)}` }),
    });
    await driver.start();
    if (this.#closed) return driver.close();
    this.#driver = driver;
    this.#contribute();
    this.#markReady();
    this.#changed();
  }

  /** Tells the core what this node takes on, now and whenever limits or pauses change. */
  #contribute(): void {
    const idle = !this.#config.contribute || this.#pauses.size > 0;
    this.#pool.limit(this.#config.cpuLimit);
    this.#driver?.feed({ on: 'contribute', capacity: idle ? 0 : this.#pool.size, kinds: idle ? {} : this.#kinds() });
  }

  #kinds(): Record<string, number> {
    const { tasks, memoryLimitBytes } = this.#config;
    const wanted = tasks.length === 0 ? [...manifests.keys()] : tasks.flatMap(kindsNamed);
    const able = wanted.map((kind) => manifests.get(kind)!).filter(({ limits }) => limits.memoryBytesMax <= memoryLimitBytes);
    return Object.fromEntries(able.map(({ kind, version }) => [kind, version]));
  }

  async submit(task: Task): Promise<TaskResult> {
    this.#refuseIfClosed();
    const prepared = prepareTask(task, this.#config, this.platform.random);
    const { signal, onProgress } = task.options ?? {};
    if (signal?.aborted) throw new EdgeNetError('aborted', 'The task was aborted by its own AbortSignal.');
    const taskId = prepared.request.task;
    const other = this.#tasks.get(taskId);
    return new Promise((resolve, reject) => {
      const onAbort = (): void => this.#abort(taskId);
      signal?.addEventListener('abort', onAbort, { once: true });
      const settled = (): void => signal?.removeEventListener('abort', onAbort);
      this.#tasks.set(taskId, {
        prepared, onProgress,
        resolve: (result) => { settled(); resolve(result); other?.resolve(result); },
        reject: (error) => { settled(); reject(error); other?.reject(error); },
      });
      // The id is told at once: whoever loses this promise can fetch the result by it.
      this.#taskProgress(taskId, { phase: 'accepted', loaded: 0, total: 1 });
      void this.#dispatch(prepared);
    });
  }

  async #dispatch({ request, local }: PreparedTask): Promise<void> {
    if (local === 'only') return this.#runLocally(request.task);
    if (!this.#driver) await this.#networkOrPatience(Math.min(NETWORK_PATIENCE_MS, request.timeoutMs));
    if (!this.#tasks.has(request.task)) return;
    if (this.#driver) return this.#driver.feed(this.#isBought(request.task) ? { on: 'recall', task: request.task } : { on: 'submit', request });
    const { code, message } = this.#offline ?? new EdgeNetError('relay-unreachable', 'No relay answered. Check the relays attribute and the network connection.');
    this.#untaken(request.task, code, message);
  }

  /** By this life of the engine or an earlier one: whoever asks again gets the result, and pays no second time. */
  #isBought(taskId: string): boolean {
    return this.#driver?.state.submissions.get(taskId)?.escrow !== undefined;
  }

  #networkOrPatience(patienceMs: number): Promise<void> {
    // A configuration that can never work need not be waited for.
    if (this.#error) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.platform.clock.after(patienceMs, resolve);
      void this.#ready.then(() => { cancel(); resolve(); });
    });
  }

  #abort(taskId: string): void {
    const local = this.#local.get(taskId);
    if (local) return local.abort();
    if (this.#driver) this.#driver.feed({ on: 'abort', task: taskId, code: 'aborted' });
    if (this.#tasks.has(taskId)) this.#reject(taskId, 'aborted', 'The task was cancelled.');
  }

  /** The network did not take the task: run it here if the caller lets us, else say why. */
  #untaken(taskId: string, code: EdgeNetErrorCode, message: string, retryAfterMs?: number): void {
    const local = this.#tasks.get(taskId)?.prepared?.local;
    if (local === 'fallback' && LOCAL_INSTEAD.has(code)) void this.#runLocally(taskId);
    else this.#reject(taskId, code, message, retryAfterMs);
  }

  async #runLocally(taskId: string): Promise<void> {
    const prepared = this.#tasks.get(taskId)?.prepared;
    if (!prepared) return;
    const { request, manifest } = prepared;
    const controller = new AbortController();
    this.#local.set(taskId, controller);
    try {
      const { output, busyMs } = await this.#pool.run(
        { kind: request.kind, version: request.version, payload: request.payload, wallMs: manifest.limits.wallMsMax / Math.max(0.05, this.#config.cpuLimit), priority: 3, meter: request.meter },
        { signal: controller.signal, onProgress: (progress) => this.#taskProgress(taskId, progress) },
      );
      this.#note({ taskId, kind: request.kind, role: 'local', parties: [], busyMs, credits: 0, outcome: 'resolved' });
      this.#resolve(taskId, manifest, output, { amount: 0, workers: ['local'], verified: false });
    } catch (error) {
      const code = error instanceof PoolError ? error.code : 'kernel-failed';
      this.#reject(taskId, code, describe(error));
    } finally {
      this.#local.delete(taskId);
    }
  }

  async quote(task: Task): Promise<Quote> {
    return quoteTask(task, this.#network?.parameters.payMin);
  }

  async result(taskId: string): Promise<TaskResult> {
    this.#refuseIfClosed();
    await this.#networkOrPatience(NETWORK_PATIENCE_MS);
    const driver = this.#driver;
    if (!driver) throw this.#offline ?? new EdgeNetError('relay-unreachable', 'No relay answered.');
    return new Promise((resolve, reject) => {
      this.#tasks.set(taskId, { prepared: this.#tasks.get(taskId)?.prepared, onProgress: undefined, resolve, reject });
      driver.feed({ on: 'recall', task: taskId });
    });
  }

  transfer(to: string, credits: number, memo?: string): Promise<string> {
    return this.#ask({ kind: 'transfer', to, amount: this.#micro(credits), ...(memo === undefined ? {} : { memo }) });
  }

  bond(credits: number): Promise<string> {
    return this.#ask({ kind: 'bond', amount: this.#micro(credits) });
  }

  unbond(credits: number): Promise<string> {
    return this.#ask({ kind: 'unbond', amount: this.#micro(credits) });
  }

  #ask(request: AccountRequest extends infer R ? (R extends unknown ? Omit<R, 'ask'> : never) : never): Promise<string> {
    this.#refuseIfClosed();
    const driver = this.#driver;
    if (!driver) return Promise.reject(this.#offline ?? new EdgeNetError('relay-unreachable', 'The network was not reached yet.'));
    const ask = toBase64url(this.platform.random.bytes(SESSION_BYTES));
    return new Promise((resolve, reject) => {
      this.#asks.set(ask, { resolve, reject });
      driver.feed({ on: 'ask', request: { ...request, ask } as AccountRequest });
    });
  }

  #micro(credits: number): number {
    const micro = Math.round(credits * MICRO);
    if (!(micro > 0) || !Number.isSafeInteger(micro)) throw new EdgeNetError('bad-input', 'An amount is a number of credits above 0.');
    return micro;
  }

  pause(reason: Reason = 'paused-by-visitor'): void {
    this.#pauses.add(reason);
    this.#contribute();
    this.#changed();
  }

  resume(): void {
    this.#pauses.clear();
    this.#contribute();
    this.#changed();
  }

  configure(change: Parameters<EngineHandle['configure']>[0]): void {
    this.#config = { ...this.#config, ...change };
    if (change.paused !== undefined) this.#pauses[change.paused ? 'add' : 'delete']('paused-by-site');
    this.#contribute();
    this.#changed();
  }

  async history(): Promise<HistoryEntry[]> {
    return this.log.list();
  }

  async exportIdentity(): Promise<string> {
    return exportIdentity(this.identity);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#cancelRetry();
    for (const taskId of this.#tasks.keys()) this.#reject(taskId, 'closed', 'The engine was closed. EdgeNet.result(taskId) fetches the result later if it was submitted under a stored identity.');
    for (const { reject } of this.#asks.values()) reject(new EdgeNetError('closed', 'The engine was closed.'));
    this.#asks.clear();
    await this.log.flush();
    if (this.#driver) await this.#driver.close();
    else await Promise.all([this.#pool.close(), this.store.close()]);
    this.#announceState();
  }

  #onNotice(notice: Notice): void {
    switch (notice.note) {
      case 'submitted':
        this.#note({ taskId: notice.task, kind: this.#tasks.get(notice.task)?.prepared?.manifest.kind ?? '', role: 'submitter', parties: [], busyMs: 0, credits: -notice.amount / MICRO, outcome: 'running' });
        break;
      case 'progress':
        this.#taskProgress(notice.task, notice);
        break;
      case 'resolved': {
        const manifest = manifests.get(notice.kind)!;
        this.#note({ taskId: notice.task, kind: notice.kind, role: 'submitter', parties: notice.workers, busyMs: 0, credits: -notice.amount / MICRO, outcome: 'resolved' });
        this.#emit({ type: 'result', taskId: notice.task, kind: notice.kind, cost: notice.amount / MICRO, verified: notice.verified });
        this.#resolve(notice.task, manifest, notice.output, notice);
        break;
      }
      case 'failed':
        this.#reject(notice.task, notice.code, notice.message, notice.retryAfterMs);
        break;
      case 'untaken':
        this.#untaken(notice.task, notice.code, notice.message, notice.retryAfterMs);
        break;
      case 'work':
        this.#note({ taskId: notice.escrow, kind: notice.kind, role: 'worker', parties: [notice.submitter], busyMs: notice.busyMs, credits: notice.amount / MICRO, outcome: notice.phase === 'started' || notice.phase === 'answered' ? 'running' : notice.phase });
        break;
      case 'credit':
        this.#emit({ type: 'credit', gained: notice.gained / MICRO, total: (notice.spendable + notice.pending) / MICRO });
        break;
      case 'asked':
        this.#asks.get(notice.ask)?.resolve(notice.record);
        this.#asks.delete(notice.ask);
        break;
      case 'ask-failed':
        this.#asks.get(notice.ask)?.reject(new EdgeNetError(notice.code, notice.message));
        this.#asks.delete(notice.ask);
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
    this.#changed();
  }

  #resolve(taskId: string, manifest: Manifest, output: Uint8Array, how: { readonly amount: number; readonly workers: readonly string[]; readonly verified: boolean }): void {
    const pending = this.#tasks.get(taskId);
    this.#tasks.delete(taskId);
    pending?.resolve(presentResult(manifest, taskId, output, how));
  }

  #reject(taskId: string, code: EdgeNetErrorCode, message: string, retryAfterMs?: number): void {
    const pending = this.#tasks.get(taskId);
    if (!pending) return;
    this.#tasks.delete(taskId);
    const kind = pending.prepared?.manifest.kind ?? '';
    this.#note({ taskId, kind, role: 'submitter', parties: [], busyMs: 0, credits: 0, outcome: code === 'aborted' || code === 'no-consensus' ? 'refunded' : 'failed' });
    pending.reject(new EdgeNetError(code, message, { taskId, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }));
  }

  #taskProgress(taskId: string, { phase, loaded, total }: { readonly phase: string; readonly loaded: number; readonly total: number }): void {
    const progress = { taskId, phase, loaded, total };
    this.#tasks.get(taskId)?.onProgress?.(progress);
    this.#progress = { phase, loaded, total };
    this.#emit({ type: 'progress', progress });
  }

  #note(entry: Omit<HistoryEntry, 'at'>): void {
    const full = { ...entry, at: this.platform.clock.now() };
    this.log.note(full);
    this.#emit({ type: 'task', entry: full });
  }

  #fail(code: EdgeNetErrorCode, message: string): void {
    this.#error = { code, message };
    this.#emit({ type: 'error', code, message });
    this.#changed();
  }

  /** Snapshots are taken at most ten times a second, and only while somebody may look. */
  #changed(): void {
    this.#state = undefined;
    if (this.#stateDue || this.#closed) return;
    this.#stateDue = true;
    this.platform.clock.after(STATE_INTERVAL_MS, () => {
      this.#stateDue = false;
      if (!this.#closed) this.#announceState();
    });
  }

  #announceState(): void {
    this.#state = undefined;
    if (this.#tasks.size === 0) this.#progress = null;
    this.#emit({ type: 'state', state: this.state });
  }

  #snapshot(): NodeState {
    return takeSnapshot({
      config: this.#config, pool: this.#pool, now: this.platform.clock.now(), startedAt: this.#startedAt, pauses: this.#pauses, error: this.#error,
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

/** What keeps the node from its network: the store's own troubles keep their code. */
function networkErrorOf(cause: unknown): EdgeNetError {
  if (cause instanceof EdgeNetError) return cause;
  return new EdgeNetError(cause instanceof StorageError ? cause.code : 'relay-unreachable', describe(cause), { cause });
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
