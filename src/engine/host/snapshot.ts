/** The frozen picture of a node that pages see, folded from the peer's state. Credits and milliseconds. */
import type { EngineConfig, NodeState, Reason, Stats, Status } from '../api.js';
import type { Ledger } from '../core/ledger/ledger.js';
import { stateHash } from '../core/ledger/state-hash.js';
import type { Totals } from '../core/message.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Id } from '../core/record.js';
import type { Pool } from '../ports/pool.js';
import type { Plan } from './scheduler.js';

const MICRO = 1_000_000;
const PPM = 1_000_000;

export interface Surroundings {
  readonly config: EngineConfig;
  readonly pool: Pool;
  readonly now: number;
  readonly startedAt: number;
  readonly plan: Plan;
  readonly error: NodeState['error'];
  readonly progress: NodeState['progress'];
  readonly closed: boolean;
  readonly nodeId: string;
  /** No descriptor could be read so far. */
  readonly offline: boolean;
}

const NO_STATS: Stats = { credits: 0, pending: 0, escrowed: 0, staked: 0, tasksCompleted: 0, tasksSubmitted: 0, uptime: 0, reputation: 0, rank: 0, accounts: 0, multiplier: 1, cpu: 0, cpuMs: 0, peers: 0 };

export function takeSnapshot(around: Surroundings, peer: PeerState | undefined): NodeState {
  const reasons = reasonsOf(around, peer);
  return {
    status: statusOf(around, peer),
    reasons,
    throttle: around.plan.throttle,
    progress: around.progress,
    error: around.error,
    nodeId: around.nodeId,
    name: peer?.ledger.nameOf(around.nodeId)?.name ?? '',
    network: peer?.options.network.net ?? '',
    link: peer?.link.mode ?? 'none',
    stats: { ...(peer ? statsOf(around, peer) : NO_STATS), uptime: around.now - around.startedAt },
    ledger: peer ? inCredits(peer.ledger.totals(epochOf(around, peer))) : null,
    stateHash: peer ? stateHashOf(peer.ledger) : '',
    top: peer?.checkpoint?.top.map(({ account, earned }) => ({ account, name: peer.ledger.nameOf(account)?.name ?? '', credits: earned / MICRO })) ?? [],
  };
}

/** Of the newest records folded. Snapshots are taken ten times a second, records seldom come as often. */
const hashes = new WeakMap<Ledger, { readonly records: Id; readonly state: Id }>();

function stateHashOf(ledger: Ledger): Id {
  const records = ledger.digestTotal().hash;
  const known = hashes.get(ledger);
  if (known?.records === records) return known.state;
  const state = stateHash(ledger);
  hashes.set(ledger, { records, state });
  return state;
}

function statusOf({ closed, error, plan, offline, pool, config }: Surroundings, peer: PeerState | undefined): Status {
  if (closed) return 'closed';
  if (error) return 'error';
  if (config.relays.length === 0 && config.network === '') return 'offline';
  if (!peer) return offline ? 'offline' : 'connecting';
  if (!peer.link.ready) return peer.link.down ? 'offline' : 'connecting';
  // Paused is who has stopped, not who was asked to.
  if (pool.load.running > 0) return 'working';
  return config.contribute && plan.capacity === 0 ? 'paused' : 'idle';
}

function reasonsOf({ plan }: Surroundings, peer: PeerState | undefined): Reason[] {
  const reasons = [...plan.reasons];
  if (!peer?.link.ready) return reasons;
  const others = (peer.header?.size ?? 0) - (peer.capacity > 0 ? 1 : 0);
  if (others <= 0) reasons.push('no-peers');
  if (plan.capacity > 0 && peer.jobs.size === 0) reasons.push('no-work');
  return reasons;
}

function statsOf(around: Surroundings, peer: PeerState): Stats {
  const { id } = peer.options;
  const { spendable, pending, escrowed, staked } = peer.ledger.balances(id, epochOf(around, peer));
  return {
    credits: spendable / MICRO, pending: pending / MICRO, escrowed: escrowed / MICRO, staked: staked / MICRO,
    tasksCompleted: peer.tasksCompleted, tasksSubmitted: peer.tasksSubmitted, uptime: 0,
    reputation: peer.ledger.reputation(id).shown,
    rank: (peer.checkpoint?.top.findIndex(({ account }) => account === id) ?? -1) + 1,
    accounts: peer.checkpoint?.accounts ?? 0,
    multiplier: (peer.checkpoint?.mPpm ?? 10 * PPM) / PPM,
    cpu: around.pool.busy * around.pool.size, cpuMs: peer.cpuMs, peers: peer.header?.size ?? 0,
  };
}

function epochOf({ now }: Surroundings, peer: PeerState): number {
  return Math.floor((now + peer.offsetMs) / peer.options.network.parameters.epochMs);
}

export function inCredits(totals: Totals): Totals {
  const credits = Object.entries(totals).map(([name, micro]) => [name, micro / MICRO]);
  return Object.fromEntries(credits) as unknown as Totals;
}
