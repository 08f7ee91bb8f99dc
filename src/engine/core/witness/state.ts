/** What a witness knows: the ledger it certifies, who works, the tasks in its mailbox, and what it ever signed. */
import type { Effect } from '../effect.js';
import type { ParsedRecord } from '../ledger/entry.js';
import { Ledger } from '../ledger/ledger.js';
import type { EndCode, Member, Presence, WitnessMessage } from '../message.js';
import type { Network } from '../network.js';
import type { Assignment, Epoch, EscrowRecord, Id, Millis, NodeId, Signed } from '../record.js';
import type { ShardName } from '../shard.js';
import type { Objection } from './policy.js';
import { createSyncQueue, type SyncQueue } from '../sync.js';

export interface WitnessOptions {
  readonly network: Network;
  readonly id: NodeId;
  readonly session: string;
}

/** A line of the signing log: the one id this witness ever signs at a key, with all it takes to certify it again. */
export interface LogEntry {
  readonly id: Id;
  /** The record itself. In memory only while the ledger lacks it. */
  readonly b?: string;
  readonly s?: string;
  /** Assignment of an escrow. */
  readonly x?: string;
  /** Whose account must not move while the record is missing. */
  readonly author: NodeId | '';
}

/** A record accepted for the next batch. */
export interface Item {
  readonly record: ParsedRecord;
  readonly signed: Signed;
  readonly key: string;
  readonly x?: string;
  /** Escrows only. */
  readonly ciphertext?: Uint8Array;
  /** Why a settlement ends its escrow. */
  readonly end?: EndCode;
}

export interface Seat {
  readonly presence: Presence;
  lastSeenMs: Millis;
  /** Failures in a row, and until when the node is left out of the roster for them. */
  failures: number;
  benchedUntilMs: Millis;
}

export interface Slot {
  /**
   * `lapsed`: dropped or silent, by its own fault where it had a key. `excused`: without fault. `away`: its sockets
   * closed a moment ago.
   */
  state: 'waiting' | 'answered' | 'lapsed' | 'excused' | 'away';
  lastBeatMs: Millis;
  digest: string;
  fuel: number;
}

export interface Task {
  readonly record: EscrowRecord & { readonly id: Id };
  readonly assignment: Assignment;
  ciphertext: Uint8Array | undefined;
  boxes: Readonly<Record<NodeId, string>>;
  /** Nodes that hold or held a slot, in order of rank. */
  readonly slots: Map<NodeId, Slot>;
  /** Boxed results by worker, kept for the submitter. */
  readonly results: Map<NodeId, Uint8Array>;
  /** Set when a settlement is on its way or certified. */
  end: EndCode | undefined;
  endedAtMs: Millis;
}

/** A holder that is not there, or lacks the current content. */
export interface Lack {
  /** Since when, or since it was last sent what it lacks. */
  sinceMs: Millis;
  /** When something was last done about it, and how often. */
  helpedAtMs: Millis;
  helps: number;
  /** How often it was sent the key, and the content. */
  sent: number;
  /** By whom. */
  readonly from: Set<NodeId>;
}

/** Proofs of possession for one period of storage. */
export interface Round extends Pick<Extract<WitnessMessage, { t: 'prove' }>, 'period' | 'hash' | 'nonce' | 'ranges'> {
  readonly size: number;
  readonly asked: readonly NodeId[];
  /** The HMACs; undefined where the content has another length. */
  readonly answers: Map<NodeId, string | undefined>;
  asks: number;
}

/** A shard and the holders it has, as far as they are not as they should be. */
export interface Holding {
  readonly name: ShardName;
  /** The content that is lacked. */
  hash: Id | '';
  readonly lacking: Map<NodeId, Lack>;
  /** Holders that take no work, since when. */
  readonly idle: Map<NodeId, Millis>;
  /** Holders that did not prove that they have it, and how often in a row. */
  readonly doubted: Map<NodeId, number>;
  /** Holders that were replaced, until when they are not drawn, and for how many grace times. */
  readonly shunned: Map<NodeId, { readonly graces: number; readonly untilMs: Millis }>;
  /** Fewer holders have it and are at work than its owner wants. */
  isShort: boolean;
  round: Round | undefined;
  /** When its owner last asked for the content, and whether it is still to be given. */
  wanted: { readonly atMs: Millis; isOpen: boolean } | undefined;
}

/** Results of a task that is over. */
export interface Kept {
  readonly at: Millis;
  readonly workers: readonly NodeId[];
}

export interface WitnessState {
  readonly options: WitnessOptions;
  readonly ledger: Ledger;
  readonly log: Map<string, LogEntry>;
  /** Logged ids that the ledger lacks: signed once, lost since. */
  readonly missing: Map<Id, NodeId | ''>;
  readonly seats: Map<NodeId, Seat>;
  readonly sessions: Map<NodeId, string>;
  /** Secrets of this epoch and of those before, as far back as they may be asked for. */
  readonly secrets: Map<Epoch, Uint8Array>;
  epoch: Epoch;
  roster: { readonly hash: Id; readonly members: readonly Member[] };
  readonly rosters: Map<Id, readonly Member[]>;
  /** Rosters on disk, and when an escrow was last drawn from each. */
  readonly rostersSaved: Map<Id, Millis>;
  rosterTimer: boolean;
  readonly tasks: Map<Id, Task>;
  readonly kept: Map<Id, Kept>;
  /** By `collection/shard`. */
  readonly holdings: Map<string, Holding>;
  /** Contents of shards that linked nodes said they hold, and their bytes, by `collection/shard`. */
  readonly announced: Map<NodeId, Map<string, Map<Id | '', number>>>;
  /** When results were last sent because they were asked for: of the last second only. */
  readonly fetchedAt: Map<Id, Millis>;
  readonly queue: Item[];
  /** Settlements wait for their own batch. */
  readonly settlements: Item[];
  batch: readonly Item[] | undefined;
  /** Authors with a record between acceptance and certificate. */
  readonly busyAuthors: Map<NodeId, Id>;
  readonly busyKeys: Map<string, Id>;
  /** Records of each identity in the running hour. */
  readonly hourly: { hour: number; readonly counts: Map<NodeId, number> };
  /** What was refused lately, and until when the answer stands: a copy that comes late must not be certified. */
  readonly refused: Map<Id, { readonly objection: Objection; readonly untilMs: Millis }>;
  readonly sync: SyncQueue;
  checkpoint: { readonly hour: number; readonly id: Id; readonly signed: Signed; readonly mPpm: number } | undefined;
  /** Multiplier in force, from the checkpoint before the last. */
  mPpm: number;
  nextMPpm: number;
  /** A disk that fails stops all signing: nothing is signed that is not logged. */
  halted: boolean;
  started: boolean;
}

export interface Turn {
  readonly witness: WitnessState;
  readonly now: Millis;
  emit(effect: Effect): void;
}

export const GENESIS_MULTIPLIER_PPM = 10_000_000;

export function createWitnessState(options: WitnessOptions): WitnessState {
  return {
    options,
    ledger: new Ledger(options.network),
    log: new Map(),
    missing: new Map(),
    seats: new Map(),
    sessions: new Map(),
    secrets: new Map(),
    epoch: -1,
    roster: { hash: '', members: [] },
    rosters: new Map(),
    rostersSaved: new Map(),
    rosterTimer: false,
    tasks: new Map(),
    kept: new Map(),
    holdings: new Map(),
    announced: new Map(),
    fetchedAt: new Map(),
    queue: [],
    settlements: [],
    batch: undefined,
    busyAuthors: new Map(),
    busyKeys: new Map(),
    hourly: { hour: 0, counts: new Map() },
    refused: new Map(),
    sync: createSyncQueue(),
    checkpoint: undefined,
    mPpm: GENESIS_MULTIPLIER_PPM,
    nextMPpm: GENESIS_MULTIPLIER_PPM,
    halted: false,
    started: false,
  };
}

export function epochAt({ witness }: Turn, at: Millis): Epoch {
  return Math.floor(at / witness.options.network.parameters.epochMs);
}
