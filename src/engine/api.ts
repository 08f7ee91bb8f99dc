/** Types of the engine's public surface: configuration, snapshots and task options (API.md). */
import type { EdgeNetErrorCode } from './core/code.js';
import type { Totals } from './core/message.js';

export type TaskKind = 'embedding' | 'vector_search' | 'vector_insert' | 'semantic_match' | 'neural_inference' | 'encryption' | 'compression' | 'custom_wasm';

export interface EngineConfig {
  readonly siteId: string;
  readonly ref: string;
  /** Descriptor URL; empty asks the first relay. */
  readonly network: string;
  readonly relays: readonly string[];
  /** The site's part of the pay, 0 to 1. */
  readonly siteShare: number;
  /** False runs a session that only submits: throw-away identity, nothing stored. */
  readonly contribute: boolean;
  /** Share of one tab's fair share of the machine, 0 to 1. */
  readonly cpuLimit: number;
  /** For the tasks of others that run at once, each counted with the most its kind may take. */
  readonly memoryLimitBytes: number;
  /** A second, sent and received for others' tasks. */
  readonly bandwidthLimitBytes: number;
  readonly workersMax: number;
  /** Kinds this node works on; empty means all it has kernels for. */
  readonly tasks: readonly string[];
  readonly local: 'fallback' | 'never' | 'only';
  readonly modelBase: string;
  /** Where the package's workers and WASM lie; ends in a slash. */
  readonly base: string;
  readonly storage: 'persistent' | 'memory';
  /** What keeps this page's node, or this process, from working for others: `paused-by-site`, `snoozed`, … */
  readonly pauses: readonly Reason[];
  /** Works only while a tab of the site has the focus. */
  readonly focusRequired: boolean;
  /** So long after the last input the visitor counts as idle. */
  readonly idleMsMin: number;
  readonly whenHidden: 'work' | 'pause';
  /** `respect` pauses below 20 % unless it is charging. */
  readonly battery: 'respect' | 'ignore';
  /** Whether to work where the visitor saves data or pays for it. */
  readonly metered: 'pause' | 'allow';
  /** An exported identity to use instead of the stored one. */
  readonly privateKey: string;
}

/** What may change while an engine runs; identity and network never do. */
export type LiveConfig = Pick<EngineConfig,
  | 'cpuLimit' | 'memoryLimitBytes' | 'bandwidthLimitBytes' | 'workersMax' | 'tasks' | 'local' | 'pauses'
  | 'focusRequired' | 'idleMsMin' | 'whenHidden' | 'battery' | 'metered'>;

/** What a page's main thread notices of its visitor and of the machine. What a browser does not tell is taken for the best. */
export interface Senses {
  /** The page has the focus, and the last input came less than `idleMsMin` ago. */
  readonly active: boolean;
  readonly focused: boolean;
  readonly visible: boolean;
  /** The browser has stopped the page's timers, or is about to. */
  readonly frozen: boolean;
  /** By frames a second, as the original design has it: below 50 the page is busy, below 30 it struggles. */
  readonly frames: 'smooth' | 'busy' | 'struggling';
  readonly pressure: 'nominal' | 'fair' | 'serious' | 'critical';
  /** Below 20 % and not charging. */
  readonly batteryLow: boolean;
  /** The visitor asked to save data, or pays for it by volume. */
  readonly metered: boolean;
}

export type Status =
  | 'unconfigured' | 'awaiting-consent' | 'declined' | 'loading' | 'connecting' | 'idle' | 'working' | 'paused'
  | 'following' | 'offline' | 'unsupported' | 'error' | 'closed';

export type Reason =
  | 'user-active' | 'page-busy' | 'hidden' | 'unfocused' | 'battery' | 'metered' | 'pressure' | 'bandwidth' | 'memory'
  | 'snoozed' | 'paused-by-visitor' | 'paused-by-site'
  | 'no-peers' | 'no-work' | 'no-credits' | 'probation' | 'gpc' | 'embedded' | 'mobile';

/** Amounts in credits, times in milliseconds. */
export interface Stats {
  readonly credits: number;
  readonly pending: number;
  readonly escrowed: number;
  readonly staked: number;
  readonly tasksCompleted: number;
  readonly tasksSubmitted: number;
  readonly uptime: number;
  readonly reputation: number;
  /** 1 is the top earner; 0 while unknown. */
  readonly rank: number;
  readonly accounts: number;
  readonly multiplier: number;
  /** Share of one core given over the last seconds, 0 to 1. */
  readonly cpu: number;
  readonly cpuMs: number;
  readonly peers: number;
}

export interface NodeState {
  readonly status: Status;
  readonly reasons: readonly Reason[];
  /** Share of time that each worker computes for others, 0 to 1, and what set it. */
  readonly throttle: { readonly level: number; readonly because: string };
  readonly progress: { readonly phase: string; readonly loaded: number; readonly total: number } | null;
  readonly error: { readonly code: EdgeNetErrorCode; readonly message: string } | null;
  readonly nodeId: string;
  /** What this node's account is called: the name it registered last; '' for none. */
  readonly name: string;
  readonly network: string;
  readonly link: 'direct' | 'mailbox' | 'none';
  readonly stats: Stats;
  /** Of the whole network, in credits, as this replica folds it. */
  readonly ledger: Totals | null;
  readonly stateHash: string;
  /** Top earners of the newest signed checkpoint, most first. Credits; the name is '' where the account registered none. */
  readonly top: readonly { readonly account: string; readonly name: string; readonly credits: number }[];
}

export interface TaskOptions {
  readonly priority?: 'low' | 'normal' | 'high';
  /** Workers whose results must agree: 1 to 3. Omitted: the network decides (2). */
  readonly redundancy?: number;
  readonly maxCredits?: number;
  readonly timeout?: number;
  readonly local?: 'fallback' | 'never' | 'only';
  /** Names the task, 16 bytes as base64url; left out, one is made up. The same id again is the same task: it is paid once. */
  readonly taskId?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: TaskProgress) => void;
}

export interface TaskProgress {
  readonly taskId: string;
  readonly phase: string;
  readonly loaded: number;
  readonly total: number;
}

export interface Task {
  readonly type: string;
  readonly payload: unknown;
  readonly options?: TaskOptions;
}

/**
 * What a session without a store has its page keep: the throw-away identity and the secrets of its tasks. The
 * session's worker ends whenever the page is hidden; the next one goes on from here.
 */
export type SessionMemory = Map<string, string | Uint8Array>;

/** The kind's own output fields (`embeddings`, `matches`, …) stand beside these. */
export interface TaskResult {
  readonly taskId: string;
  /** Credits. */
  readonly cost: number;
  /** Node ids whose results agreed, or `local`. */
  readonly workers: readonly string[];
  /** Equal digests from at least two distinct workers. */
  readonly verified: boolean;
  readonly [field: string]: unknown;
}

export interface Quote {
  /** Credits that will be escrowed. */
  readonly cost: number;
  readonly perReplica: number;
  readonly redundancy: number;
  readonly fuel: number;
}

/** What a new collection is to be. */
export interface NewCollection {
  /** 0 to 64 characters. */
  readonly name?: string;
  /** 1 to 4096. */
  readonly dims: number;
  readonly metric?: 'cos' | 'ip' | 'l2';
  /** How vectors are kept: `f16` (the default) halves their bytes, `i8` (with `cos` only) quarters them. */
  readonly storage?: 'f32' | 'f16' | 'i8';
  /** Nodes that hold each shard: 1 to 3, which is the default. */
  readonly replicas?: number;
  /** Who may search it: its owner, or anyone, who pays for the search. */
  readonly access?: 'owner' | 'anyone';
  /** Vectors it is going to hold: their storage is laid by for now. For others it is as they are inserted. */
  readonly vectors?: number;
  /** For how many storage days each insertion lays by; 30 by default. */
  readonly days?: number;
  /** Laid by for storage instead; then an insertion adds only what one storage day takes. */
  readonly credits?: number;
}

/** A collection as this node's replica of the ledger has it. */
export interface Collection {
  readonly id: string;
  readonly owner: string;
  readonly name: string;
  readonly dims: number;
  readonly metric: 'cos' | 'ip' | 'l2';
  readonly storage: 'f32' | 'f16' | 'i8';
  readonly replicas: number;
  readonly access: 'owner' | 'anyone';
  readonly vectors: number;
  /** Of one replica. */
  readonly bytes: number;
  readonly shards: readonly { readonly vectors: number; readonly bytes: number; readonly holders: readonly string[] }[];
  /** Credits that are left for storage. */
  readonly deposit: number;
  /** Storage days that they last; null where nothing is stored yet. */
  readonly daysLeft: number | null;
  readonly status: 'open' | 'closed' | 'unpaid';
}

/** A shard as a usearch index file: any usearch 2.x loads it, with the ids as its keys. */
export interface ShardFile {
  readonly shard: number;
  readonly vectors: number;
  readonly file: Uint8Array;
}

/** Vectors of one's own that other nodes hold, encrypted, and search. `vector_insert` and `vector_search` name one by its id. */
export interface Collections {
  create(collection: NewCollection): Promise<Collection>;
  /** One's own, those that ended left out. */
  list(): Promise<Collection[]>;
  get(id: string): Promise<Collection>;
  /** Fetches every shard from its holders. */
  export(id: string, options?: Pick<TaskOptions, 'signal' | 'onProgress' | 'timeout'>): Promise<ShardFile[]>;
  /** Lays by more credits for storage. */
  extend(id: string, credits: number): Promise<Collection>;
  /** Its holders drop it, and what is left of the deposit comes back. */
  delete(id: string): Promise<void>;
}

/** A call as data, for whoever carries it elsewhere. */
export type CollectionCall = { readonly [Name in keyof Collections]: [name: Name, ...args: Parameters<Collections[Name]>] }[keyof Collections];

/** One line of what ran here, or was bought here. */
export interface HistoryEntry {
  readonly taskId: string;
  readonly kind: string;
  readonly role: 'worker' | 'submitter' | 'local';
  /** The other side: who asked, or who worked. */
  readonly parties: readonly string[];
  readonly at: number;
  readonly busyMs: number;
  readonly credits: number;
  readonly outcome: 'running' | 'paid' | 'unpaid' | 'failed' | 'resolved' | 'refunded';
  /** Texts, vectors, queries, … in the payload; 0 while unknown. The payload itself is not kept. */
  readonly items: number;
  /** Payload and result together, as they crossed the wire; 0 while nothing did. */
  readonly bytes: number;
  /** What workers' results are compared by: SHA-256 of the result, keyed with the task's own key unless it ran locally. base64url; '' while there is none. */
  readonly digest: string;
  /** Records that prove the task to anybody; null for what never was in the network. */
  readonly certificate: TaskCertificate | null;
  /** From submission to result, in milliseconds; 0 for what was not bought. */
  readonly latencyMs: number;
}

export interface TaskCertificate {
  /** Id of the certified escrow record. */
  readonly escrow: string;
  /** Id of the certified settlement; '' until there is one. */
  readonly settlement: string;
  /** Keys of the witnesses that signed: the settlement, or the escrow as long as there is none. */
  readonly witnesses: readonly string[];
}

export type ReportRange = '24h' | '7d' | '30d';

export interface ReportOptions {
  readonly range: ReportRange;
  /** A site account's key or a registered name; '' is the whole network. Omitted: the engine's own site. */
  readonly site?: string;
}

/**
 * What the certified records say of a site, or of the whole network, over a time: a fold that anyone can repeat. Credits; times
 * in milliseconds since 1970. Every figure of a series adds up to its total; contributors alone do not, for one may be in
 * several buckets.
 */
export interface Report {
  readonly range: ReportRange;
  /** Start of the first bucket. */
  readonly from: number;
  /** When the report was made: the last bucket is not over. */
  readonly to: number;
  readonly bucketMs: number;
  /** The account's key, or a name nobody has registered; '' is the whole network. */
  readonly site: string;
  readonly totals: ReportTotals;
  /** One entry a bucket, oldest first, empty ones included. */
  readonly series: readonly ReportBucket[];
}

export interface ReportTotals {
  /** Pay and transfers to the site's account; of the whole network, all that was paid and minted. */
  readonly creditsIn: number;
  /** Tasks bought, less what was refunded, storage rent and transfers by the site's account; transfers count only for a site. */
  readonly creditsOut: number;
  /** Reference hours that the site's contributors were paid for. */
  readonly cpuHours: number;
  /** Tasks that the site's contributors were paid for. */
  readonly tasksServed: number;
  /** Tasks ordered by the site's account. */
  readonly tasksBought: number;
  /** Tasks that the site bought or its contributors had a hand in, and that ended with nobody paid; those it took back itself are not told apart. */
  readonly tasksFailed: number;
  /** Of those served: two workers at least had the same result. */
  readonly tasksVerified: number;
  /** Visitors whose nodes opened an account naming the site. */
  readonly visitorsAllowed: number;
  /** From certified order to settlement, of tasks served or bought; null where no settlement tells its time. */
  readonly latencyMs: { readonly p50: number; readonly p95: number } | null;
}

export interface ReportBucket {
  /** Start. */
  readonly at: number;
  readonly creditsIn: number;
  readonly creditsOut: number;
  /** Distinct nodes that were paid for work. */
  readonly contributors: number;
  readonly tasksSettled: number;
  readonly tasksVerified: number;
  readonly cpuHours: number;
  /** Tasks settled, by kind. */
  readonly tasks: Readonly<Record<string, number>>;
}

export type EngineEvent =
  | { readonly type: 'state'; readonly state: NodeState }
  | { readonly type: 'credit'; readonly gained: number; readonly total: number }
  | { readonly type: 'task'; readonly entry: HistoryEntry }
  | { readonly type: 'result'; readonly taskId: string; readonly kind: string; readonly cost: number; readonly verified: boolean }
  | { readonly type: 'progress'; readonly progress: TaskProgress }
  | { readonly type: 'error'; readonly code: EdgeNetErrorCode; readonly message: string };

/** What every host of an engine offers: the page's client and Node's in-process engine alike. */
export interface EngineHandle {
  readonly state: NodeState;
  /** @returns a function that unsubscribes */
  subscribe(listener: (event: EngineEvent) => void): () => void;
  submit(task: Task): Promise<TaskResult>;
  quote(task: Task): Promise<Quote>;
  result(taskId: string): Promise<TaskResult>;
  transfer(to: string, credits: number, memo?: string): Promise<string>;
  bond(credits: number): Promise<string>;
  unbond(credits: number): Promise<string>;
  readonly collections: Collections;
  /** Applies at once; no pauses left means that work goes on. */
  configure(change: Partial<LiveConfig>): void;
  /** What the page notices now. A process has no page, and says nothing. */
  sense(senses: Senses): void;
  history(): Promise<HistoryEntry[]>;
  /** Deletes what is kept of the tasks that are over; those under way stay listed. Credits and the network's records stay. */
  clearHistory(): Promise<void>;
  /** @throws EdgeNetError `bad-input` for another range or what is no site, `relay-unreachable` */
  report(options: ReportOptions): Promise<Report>;
  /**
   * Registers a name for this account: the first to register it has it, and an account is shown under its latest.
   * @returns the id of the certified record
   * @throws EdgeNetError `bad-input` for what is no name, or one that is taken
   */
  registerName(name: string): Promise<string>;
  exportIdentity(): Promise<string>;
  close(): Promise<void>;
}
