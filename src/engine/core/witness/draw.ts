/** Who works on an escrow: drawn by the epoch's secret, which nobody could choose and everybody can check later. */
import { eligible, seats } from '../assignment/ranking.js';
import { BACKLOG_PER_SEAT } from '../assignment/roster.js';
import { hmac, toBase64url, utf8 } from '../encoding.js';
import type { Assignment, EscrowRecord, Id, NodeId } from '../record.js';
import type { Objection } from './policy.js';
import { nameOf } from '../shard.js';
import { confirmed } from './holdings.js';
import { openTasks } from './slots.js';
import type { Turn } from './state.js';

const RETRY_MS = 1_000;

/** `ranks` is empty where too few can be seated: such an assignment is certified for nobody. */
export function draw(turn: Turn, record: EscrowRecord & { readonly id: Id }): Assignment {
  const { witness, now } = turn;
  const { parameters } = witness.options.network;
  const seed = toBase64url(hmac(witness.secrets.get(witness.epoch)!, utf8(record.id)));
  const k = replicasOf(record);
  const among = record.on && confirmed(turn, record.on);
  const ranks = seats({ seed, k, among }, record, witness.roster.members, parameters);
  return { epoch: witness.epoch, at: now, roster: witness.roster.hash, seed, k, ...(among ? { among } : {}), ranks: ranks.map(({ node, box }) => ({ node, box })) };
}

/** k of 0 leaves the choice to the witness: two, until adaptive replication chooses. */
export function replicasOf(record: EscrowRecord): number {
  return record.k === 0 ? 2 : record.k;
}

/** Nobody's money is locked up for work that nobody could take. Undefined when enough of those drawn have room. */
export function objectToDraw(turn: Turn, record: EscrowRecord, { k, ranks, among }: Assignment): Objection | undefined {
  const { roster: { members }, holdings } = turn.witness;
  if (ranks.length < k && record.on) {
    const message = `The task needs ${k} holders of the shard, and ${among?.length ?? 0} have what it is about.`;
    // As long as it has fewer holders than its owner wants, more are being found.
    return { code: 'no-workers', message, ...(holdings.get(nameOf(record.on))?.isShort ? { retryAfterMs: RETRY_MS } : {}) };
  }
  if (ranks.length < k) {
    const able = eligible(members, { submitter: record.author, kind: record.type, version: record.version });
    const message = `The task needs ${k} workers for ${record.type} version ${record.version}, and ${able.length} are there.`;
    // No time to come back is named: the submitter may have better to do than to wait for strangers.
    return { code: 'no-workers', message };
  }
  const capacities = new Map(members.map(({ node, capacity }) => [node, capacity]));
  const held = tasksHeld(turn);
  const free = ranks.filter(({ node }) => (held.get(node) ?? 0) < (capacities.get(node) ?? 0) * BACKLOG_PER_SEAT);
  if (free.length >= k) return undefined;
  return { code: 'no-workers', message: 'The workers have as many tasks as they take; try again shortly.', retryAfterMs: RETRY_MS };
}

function tasksHeld(turn: Turn): Map<NodeId, number> {
  const held = new Map<NodeId, number>();
  for (const { slots } of openTasks(turn)) {
    for (const [node, { state }] of slots) if (state === 'waiting') held.set(node, (held.get(node) ?? 0) + 1);
  }
  return held;
}
