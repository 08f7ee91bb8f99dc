/** What a peer knows: its replica of the ledger, its own chain, tasks it bought and tasks it works on. */
import type { EdgeNetErrorCode } from '../code.js';
import type { Locked, TaskRequest, AccountRequest } from '../event.js';
import type { Effect } from '../effect.js';
import { Ledger } from '../ledger/ledger.js';
import type { Boxed, Member, RosterHeader } from '../message.js';
import type { Network } from '../network.js';
import type { Assignment, BoxKey, Certified, EscrowRecord, Id, Millis, NodeId, Signed } from '../record.js';
import { createSyncQueue, type SyncQueue } from '../sync.js';
import type { Shelved } from './holder.js';

export interface PeerOptions {
  readonly network: Network;
  readonly id: NodeId;
  readonly boxKey: BoxKey;
  /** Names this run of the identity: a second one takes over from the first. */
  readonly session: string;
  /** Goes into the `open` record. */
  readonly site: string;
  readonly sharePpm: number;
  readonly ref: string;
}

/** A record of the own account on its way: to be written, signed, or waiting for its certificate. */
export interface Draft {
  readonly purpose: Purpose;
  /** Everything but net, epoch, author, seq and prev, which are filled in when its turn comes. */
  readonly fields: Readonly<Record<string, unknown>>;
}

export type Purpose =
  | { readonly for: 'open' }
  | { readonly for: 'task'; readonly task: string }
  | { readonly for: 'ask'; readonly ask: string };

export interface InFlight {
  readonly purpose: Purpose;
  readonly signed: Signed;
  readonly id: Id;
}

export interface Chain {
  readonly drafts: Draft[];
  /** Signed and persisted, not yet certified or refused. At most one: the next record names its id. */
  inFlight: InFlight | undefined;
  /** A draft is being proved or signed. */
  preparing: boolean;
  /** How often the witness was asked, since it was last sent, whether it certified what is in flight. */
  asked: number;
  readonly opening: {
    /** Of the account's opening, in a row. */
    refusals: number;
    /** Why it was refused, until it is tried again. */
    failure: Failure | undefined;
  };
}

export interface WorkerResult {
  readonly digest: string;
  readonly output: Uint8Array;
  /** Bytes, as it came. */
  readonly size: number;
}

export interface Submission {
  request: TaskRequest;
  /** Secrets of the task; the ciphertext is kept in memory only. */
  locked: Locked | undefined;
  escrow: Id | undefined;
  amount: number;
  assignment: Assignment | undefined;
  assignedAt: Millis;
  phase: 'locking' | 'waiting' | 'escrowing' | 'assigned' | 'running' | 'over';
  /** Until when its caller waits, by the local clock. */
  readonly untilMs: Millis;
  /** Why the escrow was refused for now, until it is offered again. */
  refusal: Failure | undefined;
  readonly results: Map<NodeId, WorkerResult>;
  /** Workers whose result came and could not be opened. */
  readonly unreadable: Set<NodeId>;
  cancelled: boolean;
}

export interface Job {
  readonly record: EscrowRecord & { readonly id: Id };
  readonly certified: Certified;
  readonly assignment: Assignment;
  readonly ciphertext: Uint8Array;
  phase: 'checking' | 'ready' | 'unlocking' | 'running' | 'answering' | 'answered';
  box: string | undefined;
  contentKey: string | undefined;
  ratio: number;
  busyMs: number;
  /** In the payload, as its kind counts them; 0 until it was opened. */
  items: number;
  answer: { readonly receipt: string; readonly digest: string; readonly result: Uint8Array; readonly ticket: Signed } | undefined;
}

export interface PeerState {
  readonly options: PeerOptions;
  readonly witness: { readonly node: NodeId; readonly box: BoxKey };
  readonly ledger: Ledger;
  readonly link: {
    up: boolean;
    mode: 'direct' | 'mailbox' | undefined;
    /** The witness answered this link's hello, and our own chain is not behind what it holds. */
    ready: boolean;
    witnessSession: string;
    /** The witness's own chain head for us, as of the last welcome. */
    headSeq: number;
    /** Certified records that it held then. */
    records: number;
    down: Failure | undefined;
  };
  /** Witness time minus local time. */
  offsetMs: number;
  readonly chain: Chain;
  readonly asks: Map<string, AccountRequest>;
  readonly submissions: Map<string, Submission>;
  readonly escrows: Map<Id, string>;
  readonly jobs: Map<Id, Job>;
  /** Boxed content keys that came before their assignment. */
  readonly earlyKeys: Map<Id, string>;
  header: RosterHeader | undefined;
  /** The newest headers differed from our ledger, and a timer runs until that is looked into. */
  levelling: boolean;
  readonly rosters: Map<Id, readonly Member[]>;
  /** Taking work: tasks at once, and kernel versions by kind. Zero takes none. */
  capacity: number;
  kinds: Readonly<Record<string, number>>;
  wantsAccount: boolean;
  superseded: boolean;
  /** Of the newest presence that was signed, 0 before the first. */
  presentAt: Millis;
  readonly sync: SyncQueue;
  /** Contents of shards on this node's shelf, by `collection/shard`. */
  readonly held: Map<string, Shelved>;
  /** Nodes that this owner is to give a shard's key, and no list of holders names yet, by `collection/shard`. */
  readonly keysWanted: Map<string, readonly Boxed[]>;
  /** Shards asked back for the host, by `collection/shard`, and until when. */
  readonly exports: Map<string, Millis>;
  tasksCompleted: number;
  tasksSubmitted: number;
  cpuMs: number;
  /** The newest checkpoint seen, as signed. */
  checkpoint: { readonly hour: number; readonly mPpm: number; readonly top: readonly { readonly account: NodeId; readonly earned: number }[]; readonly accounts: number } | undefined;
  lastBalance: number;
}

export interface Failure {
  readonly code: EdgeNetErrorCode;
  readonly message: string;
  readonly retryAfterMs?: number;
}

/** What the account tells the submitter, which stands above it. */
export type Signal =
  | { readonly is: 'certified'; readonly task: string }
  | { readonly is: 'refused'; readonly task: string; readonly failure: Failure }
  | { readonly is: 'unopened' };

/** One event's turn: handlers change `peer` in place, emit effects and signal upwards. */
export interface Turn {
  readonly peer: PeerState;
  readonly now: Millis;
  emit(effect: Effect): void;
  signal(signal: Signal): void;
}

export function createPeerState(options: PeerOptions): PeerState {
  const witness = options.network.witnesses[0];
  if (!witness) throw new Error('A network has at least one witness.');
  return {
    options,
    witness,
    ledger: new Ledger(options.network),
    link: { up: false, mode: undefined, ready: false, witnessSession: '', headSeq: -1, records: 0, down: undefined },
    offsetMs: 0,
    chain: { drafts: [], inFlight: undefined, preparing: false, asked: 0, opening: { refusals: 0, failure: undefined } },
    asks: new Map(),
    submissions: new Map(),
    escrows: new Map(),
    jobs: new Map(),
    earlyKeys: new Map(),
    header: undefined,
    levelling: false,
    rosters: new Map(),
    capacity: 0,
    kinds: {},
    wantsAccount: false,
    superseded: false,
    presentAt: 0,
    sync: createSyncQueue(),
    held: new Map(),
    keysWanted: new Map(),
    exports: new Map(),
    tasksCompleted: 0,
    tasksSubmitted: 0,
    cpuMs: 0,
    checkpoint: undefined,
    lastBalance: 0,
  };
}

/** Now, by the witness's clock. */
export function networkNow({ peer, now }: Turn): Millis {
  return now + peer.offsetMs;
}

export function networkEpoch(turn: Turn): number {
  return Math.floor(networkNow(turn) / turn.peer.options.network.parameters.epochMs);
}
