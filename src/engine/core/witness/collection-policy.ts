/** What a witness asks of a collection before it signs for it, and of a task before it is drawn among a shard's holders. */
import type { Parsed } from '../ledger/entry.js';
import type { CollectionRecord, EscrowRecord } from '../record.js';
import { confirmed, lookUp } from './holdings.js';
import type { Objection } from './policy.js';
import { storageCost } from './rent.js';
import type { Turn } from './state.js';

/** Fixed for good: what the stored indexes were built for, and how often they are stored. */
const FIXED = ['dims', 'metric', 'scalar', 'replicas'] as const;

export function objectToCollection({ witness }: Turn, record: Parsed<CollectionRecord>): Objection | undefined {
  const { ledger, busyKeys, options: { network: { parameters } } } = witness;
  const view = record.collection === '' ? undefined : ledger.collection(record.collection);
  if (record.collection === '') {
    if (record.closed) return bad('A collection is not closed by the record that creates it.');
    if (record.shards.some(({ hash }) => hash !== '')) return bad('A new collection has nothing in its shards yet.');
  } else {
    if (view?.owner !== record.author) return bad('This account owns no such collection.');
    const { record: before, released } = view;
    if (released || before.closed || busyKeys.has(`release:${view.id}`)) return bad('The collection is deleted, or its deposit was used up. Create another.');
    const other = FIXED.find((name) => record[name] !== before[name]);
    if (other) return bad(`A collection keeps its ${other}. Create another.`);
    if (!record.closed && record.shards.length < before.shards.length) return bad('Shards are added and changed, and not taken away.');
  }
  if (record.shards.some(({ size }) => size > parameters.shardBytesMax)) return { code: 'payload-too-large', message: `A shard may have ${parameters.shardBytesMax} bytes.` };
  const cost = storageCost(record, parameters);
  const deposit = (view?.deposit ?? 0) + record.amount;
  if (deposit >= cost) return undefined;
  return { code: 'insufficient-credits', message: `A day's storage of the collection costs ${cost / 1e6} credits and its deposit would be ${deposit / 1e6}. Raise the deposit.` };
}

export function objectToShard(turn: Turn, { author, on, type }: EscrowRecord): Objection | undefined {
  if (!on) return undefined;
  const held = lookUp(turn, on);
  if (!held) return bad('There is no such shard.');
  const { view: { owner, record: { access } }, content } = held;
  if (owner !== author && (type === 'vector_insert' || access === 'owner')) return bad('The collection is its owner\'s alone.');
  // Holders keep a shard's last content for searches that were under way when it changed.
  if (on.hash === content.hash || (type === 'vector_search' && confirmed(turn, on).length > 0)) return undefined;
  return bad('The shard has another content by now. Read the collection again.');
}

function bad(message: string): Objection {
  return { code: 'bad-input', message };
}
