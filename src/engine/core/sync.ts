/**
 * Anti-entropy between two replicas: compare hourly digests, name ids where they differ, send what the other
 * lacks. Symmetric; one exchange started by either side levels both. Records leave in paced chunks, so that
 * a long history stays under a relay's rate limit.
 */
import type { Effect } from './effect.js';
import type { Ledger } from './ledger/ledger.js';
import type { BucketDigest, Message, SyncMessage } from './message.js';
import type { Certified, NodeId } from './record.js';

const RECORDS_PER_CHUNK = 16;
const CHUNK_INTERVAL_MS = 150;

export const SYNC_TIMER = 'sync-send';

export interface SyncQueue {
  readonly chunks: { readonly to: NodeId; readonly records: readonly Certified[] }[];
  sending: boolean;
}

export interface SyncTurn {
  readonly ledger: Ledger;
  readonly sync: SyncQueue;
  emit(effect: Effect): void;
}

/** Names our ids in every bucket where the digests differ; the other side answers with wants and records. */
export function compareDigests({ ledger, emit }: SyncTurn, other: NodeId, theirs: readonly BucketDigest[]): void {
  const ours = new Map(ledger.digest().map((digest) => [digest.bucket, digest]));
  const others = new Map(theirs.map((digest) => [digest.bucket, digest]));
  for (const bucket of new Set([...ours.keys(), ...others.keys()])) {
    if (ours.get(bucket)?.hash === others.get(bucket)?.hash) continue;
    emit({ do: 'send', to: other, message: { t: 'have', bucket, ids: ledger.idsIn(bucket) } });
  }
}

/** Everything of the sync exchange but `records`, which must be guarded first. */
export function onSyncMessage(turn: SyncTurn, from: NodeId, message: Exclude<SyncMessage, { t: 'records' }>): void {
  switch (message.t) {
    case 'digest':
      return compareDigests(turn, from, message.digest);
    case 'have': {
      const theirs = new Set(message.ids);
      const missing = message.ids.filter((id) => !turn.ledger.get(id));
      if (missing.length > 0) turn.emit({ do: 'send', to: from, message: { t: 'want', ids: missing } });
      return sendRecords(turn, from, turn.ledger.idsIn(message.bucket).filter((id) => !theirs.has(id)));
    }
    case 'want':
      return sendRecords(turn, from, message.ids);
    default:
      message satisfies never;
  }
}

function sendRecords(turn: SyncTurn, to: NodeId, ids: readonly string[]): void {
  const records = ids.map((id) => turn.ledger.get(id)?.certified).filter((record) => record !== undefined);
  for (let i = 0; i < records.length; i += RECORDS_PER_CHUNK) {
    turn.sync.chunks.push({ to, records: records.slice(i, i + RECORDS_PER_CHUNK) });
  }
  if (!turn.sync.sending) sendNextChunk(turn);
}

/** On `SYNC_TIMER`, and once at the start of a transfer. */
export function sendNextChunk(turn: SyncTurn): void {
  const chunk = turn.sync.chunks.shift();
  turn.sync.sending = chunk !== undefined;
  if (!chunk) return;
  turn.emit({ do: 'send', to: chunk.to, message: { t: 'records', records: chunk.records } });
  turn.emit({ do: 'timer', name: SYNC_TIMER, delayMs: CHUNK_INTERVAL_MS });
}

export function isSyncMessage(message: Message): message is SyncMessage {
  return message.t === 'digest' || message.t === 'have' || message.t === 'want' || message.t === 'records';
}
