/**
 * Anti-entropy between two replicas: compare hourly digests, name ids where they differ, send what the other
 * lacks. Symmetric; one exchange started by either side levels both. Long lists and many records leave in parts that
 * fit a frame, one part an interval to each receiver, so that a long history stays under a relay's rate limit.
 */
import type { Effect } from './effect.js';
import type { Ledger } from './ledger/ledger.js';
import type { BucketDigest, Message, SyncMessage } from './message.js';
import type { Certified, Id, NodeId } from './record.js';

const RECORDS_PER_PART = 16;
/** In characters of JSON. Records may be padded up to their limit, and one frame holds 160 K. */
const PART_LENGTH_MAX = 96 << 10;
const IDS_PER_PART = 1_024;
const PART_INTERVAL_MS = 150;

export const SYNC_TIMER = 'sync-send';

/** Parts still to be sent, by receiver. An empty list: the last part left less than an interval ago. */
export type SyncQueue = Map<NodeId, SyncMessage[]>;

export interface SyncTurn {
  readonly ledger: Ledger;
  readonly sync: SyncQueue;
  emit(effect: Effect): void;
}

export function createSyncQueue(): SyncQueue {
  return new Map();
}

/** Names our ids in every bucket where the digests differ; the other side answers with wants and records. */
export function compareDigests({ ledger, sync, emit }: SyncTurn, other: NodeId, theirs: readonly BucketDigest[]): void {
  const ours = new Map(ledger.digest().map((digest) => [digest.bucket, digest]));
  const others = new Map(theirs.map((digest) => [digest.bucket, digest]));
  const parts: SyncMessage[] = [];
  for (const bucket of new Set([...ours.keys(), ...others.keys()])) {
    if (ours.get(bucket)?.hash !== others.get(bucket)?.hash) parts.push(...haves(bucket, ledger.idsIn(bucket)));
  }
  send({ ledger, sync, emit }, other, parts);
}

/** Each part names all ids of its range, so that what it does not name is what we lack. */
function haves(bucket: number, ids: readonly Id[]): SyncMessage[] {
  const parts: SyncMessage[] = [];
  for (let at = 0; at === 0 || at < ids.length; at += IDS_PER_PART) {
    parts.push({ t: 'have', bucket, from: at === 0 ? '' : ids[at]!, to: ids[at + IDS_PER_PART] ?? '', ids: ids.slice(at, at + IDS_PER_PART) });
  }
  return parts;
}

/** Everything of the sync exchange but `records`, which must be guarded first. */
export function onSyncMessage(turn: SyncTurn, from: NodeId, message: Exclude<SyncMessage, { t: 'records' }>): void {
  switch (message.t) {
    case 'digest':
      // Whoever is being sent records differs for that reason, and asks again later if it still does then.
      return turn.sync.has(from) ? undefined : compareDigests(turn, from, message.digest);
    case 'have': {
      const theirs = new Set(message.ids);
      const missing = message.ids.filter((id) => !turn.ledger.get(id));
      if (missing.length > 0) turn.emit({ do: 'send', to: from, message: { t: 'want', ids: missing } });
      const inRange = turn.ledger.idsIn(message.bucket).filter((id) => id >= message.from && (message.to === '' || id < message.to));
      return sendRecords(turn, from, inRange.filter((id) => !theirs.has(id)));
    }
    case 'want':
      return sendRecords(turn, from, message.ids);
    default:
      message satisfies never;
  }
}

function sendRecords(turn: SyncTurn, to: NodeId, ids: readonly Id[]): void {
  const parts: SyncMessage[] = [];
  let part: Certified[] = [];
  let length = 0;
  for (const id of ids) {
    const record = turn.ledger.get(id)?.certified;
    if (!record) continue;
    const size = JSON.stringify(record).length;
    if (part.length === RECORDS_PER_PART || length + size > PART_LENGTH_MAX) {
      parts.push({ t: 'records', records: part });
      part = [];
      length = 0;
    }
    part.push(record);
    length += size;
  }
  if (part.length > 0) parts.push({ t: 'records', records: part });
  send(turn, to, parts);
}

/** The first part leaves at once, unless others are before it. */
function send({ sync, emit }: SyncTurn, to: NodeId, parts: readonly SyncMessage[]): void {
  const [first, ...rest] = parts;
  if (!first) return;
  const queue = sync.get(to);
  if (queue) return void queue.push(...parts);
  if (sync.size === 0) emit({ do: 'timer', name: SYNC_TIMER, delayMs: PART_INTERVAL_MS });
  sync.set(to, rest);
  emit({ do: 'send', to, message: first });
}

/** On `SYNC_TIMER`: the next part for everybody. */
export function sendNextParts({ sync, emit }: SyncTurn): void {
  for (const [to, queue] of sync) {
    const part = queue.shift();
    if (part) emit({ do: 'send', to, message: part });
    else sync.delete(to);
  }
  if (sync.size > 0) emit({ do: 'timer', name: SYNC_TIMER, delayMs: PART_INTERVAL_MS });
}

export function isSyncMessage(message: Message): message is SyncMessage {
  return message.t === 'digest' || message.t === 'have' || message.t === 'want' || message.t === 'records';
}
