/**
 * Anti-entropy between two replicas: compare digests, halve what is large, name ids where little differs, send what the
 * other lacks. Symmetric; one exchange started by either side levels both. What is to be sent waits as a list and is cut
 * into parts that fit a frame only as they leave, one an interval to each receiver: a long history stays under a relay's
 * rate limit, and a hundred bytes that ask for it cost no more than the list. Who asks for more than may wait is not
 * heard; the next comparison finds what is still missing.
 */
import type { Effect } from './effect.js';
import type { Ledger } from './ledger/ledger.js';
import type { BucketDigest, Message, SyncMessage } from './message.js';
import type { Certified, NodeId } from './record.js';

const RECORDS_PER_PART = 16;
/** In characters of JSON. Records may be padded up to their limit, and one frame holds 160 K. */
const PART_LENGTH_MAX = 96 << 10;
const IDS_PER_PART = 1_024;
const DIGESTS_PER_PART = 1_024;
const PART_INTERVAL_MS = 150;
/** Records that may wait for one receiver before it asks for more. */
const WAITING_MAX = 8_192;
const ERRANDS_MAX = 1_024;

export const SYNC_TIMER = 'sync-send';

type Span = Pick<BucketDigest, 'bucket' | 'span'>;

/** Something to be sent, part by part. */
type Errand =
  | { readonly what: 'digest'; readonly digest: BucketDigest[] }
  | { readonly what: 'have'; readonly span: Span; after: string | undefined }
  | { readonly what: 'records'; readonly records: Certified[] };

/** Errands still to be run, by receiver. An empty list: the last part left less than an interval ago. */
export type SyncQueue = Map<NodeId, Errand[]>;

export interface SyncTurn {
  readonly ledger: Ledger;
  readonly sync: SyncQueue;
  emit(effect: Effect): void;
}

export function createSyncQueue(): SyncQueue {
  return new Map();
}

/** Names our ids in every span where the digests differ; the other side answers with wants and records. */
export function compareDigests(turn: SyncTurn, other: NodeId, theirs: readonly BucketDigest[]): void {
  const errands: Errand[] = [];
  const finer: BucketDigest[] = [];
  let end = 0;
  for (const entry of theirs) {
    if (entry.bucket < end || errands.length > ERRANDS_MAX) break; // no replica of ours says a thing twice, or so much
    end = entry.bucket + entry.span;
    const ours = turn.ledger.digestOf(entry);
    if (ours.hash === entry.hash && ours.count === entry.count) continue;
    if (entry.span > 1 && ours.count > IDS_PER_PART) finer.push(...turn.ledger.splitDigest(entry));
    else errands.push({ what: 'have', span: { bucket: entry.bucket, span: entry.span }, after: undefined });
  }
  if (finer.length > 0) errands.push({ what: 'digest', digest: finer });
  run(turn, other, errands);
}

/** Everything of the sync exchange but `records`, which must be guarded first. */
export function onSyncMessage(turn: SyncTurn, from: NodeId, message: Exclude<SyncMessage, { t: 'records' }>): void {
  const errands = turn.sync.get(from);
  switch (message.t) {
    case 'digest': {
      // Whoever is being sent records differs for that reason, and asks again later if it still does then.
      const isWhole = message.digest[0]?.bucket === 0;
      if (isWhole ? errands : errands && errands.length > ERRANDS_MAX) return;
      return compareDigests(turn, from, message.digest);
    }
    case 'have': {
      if (waiting(errands) > WAITING_MAX) return;
      if (message.span > 1 && turn.ledger.digestOf(message).count > WAITING_MAX) return run(turn, from, [{ what: 'digest', digest: turn.ledger.splitDigest(message) }]);
      const theirs = new Set(message.ids);
      const missing = message.ids.filter((id) => !turn.ledger.get(id));
      if (missing.length > 0) turn.emit({ do: 'send', to: from, message: { t: 'want', ids: missing } });
      return sendRecords(turn, from, turn.ledger.idsIn(message, message.from, message.to).filter((id) => !theirs.has(id)));
    }
    case 'want':
      return waiting(errands) > WAITING_MAX ? undefined : sendRecords(turn, from, message.ids);
    default:
      message satisfies never;
  }
}

function waiting(errands: readonly Errand[] = []): number {
  return errands.reduce((sum, errand) => sum + (errand.what === 'records' ? errand.records.length : 0), 0);
}

function sendRecords(turn: SyncTurn, to: NodeId, ids: readonly string[]): void {
  const records = ids.flatMap((id) => turn.ledger.get(id)?.certified ?? []);
  const last = turn.sync.get(to)?.at(-1);
  if (last?.what === 'records') for (const record of records) last.records.push(record);
  else if (records.length > 0) run(turn, to, [{ what: 'records', records }]);
}

/** The first part leaves at once, unless others are before it. */
function run(turn: SyncTurn, to: NodeId, errands: readonly Errand[]): void {
  const { sync, emit } = turn;
  if (errands.length === 0) return;
  const queue = sync.get(to);
  if (queue) return void queue.push(...errands);
  if (sync.size === 0) emit({ do: 'timer', name: SYNC_TIMER, delayMs: PART_INTERVAL_MS });
  sync.set(to, [...errands]);
  sendPart(turn, to, sync.get(to)!);
}

/** On `SYNC_TIMER`: the next part for everybody. */
export function sendNextParts(turn: SyncTurn): void {
  const { sync, emit } = turn;
  for (const [to, queue] of sync) {
    if (queue.length > 0) sendPart(turn, to, queue);
    else sync.delete(to);
  }
  if (sync.size > 0) emit({ do: 'timer', name: SYNC_TIMER, delayMs: PART_INTERVAL_MS });
}

function sendPart({ ledger, emit }: SyncTurn, to: NodeId, queue: Errand[]): void {
  const errand = queue[0]!;
  const { message, isLast } = nextPart(ledger, errand);
  if (isLast) queue.shift();
  emit({ do: 'send', to, message });
}

function nextPart(ledger: Ledger, errand: Errand): { readonly message: SyncMessage; readonly isLast: boolean } {
  switch (errand.what) {
    case 'digest': {
      const digest = errand.digest.splice(0, DIGESTS_PER_PART);
      return { message: { t: 'digest', digest }, isLast: errand.digest.length === 0 };
    }
    case 'have': {
      // Each part names all ids of its range, so that what it does not name is what we lack.
      const from = errand.after ?? '';
      const ids = ledger.idsIn(errand.span, from);
      const to = ids[IDS_PER_PART] ?? '';
      errand.after = to;
      return { message: { t: 'have', ...errand.span, from, to, ids: ids.slice(0, IDS_PER_PART) }, isLast: to === '' };
    }
    case 'records': {
      let length = 0;
      const fitting = errand.records.findIndex((record, at) => at === RECORDS_PER_PART || ((length += JSON.stringify(record).length) > PART_LENGTH_MAX && at > 0));
      const records = errand.records.splice(0, fitting < 0 ? errand.records.length : fitting);
      return { message: { t: 'records', records }, isLast: errand.records.length === 0 };
    }
  }
}

export function isSyncMessage(message: Message): message is SyncMessage {
  return message.t === 'digest' || message.t === 'have' || message.t === 'want' || message.t === 'records';
}
