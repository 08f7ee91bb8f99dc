/** Where a durable value lies in the graph, from its content alone: nothing else may decide, and nothing else is signed. */
import type { Checkpoint, RosterHeader } from '../message.js';
import type { Network } from '../network.js';
import type { Certified, Id, Millis, NodeId } from '../record.js';
import { authorOf, type ParsedRecord } from './entry.js';

export type Topic = 'ledger' | 'roster' | 'checkpoint';

export interface GraphKey {
  /** `en1/<net>/<topic>/<YYYYMMDDHH>/<shard>`: a whole hour is dropped at once. */
  readonly soul: string;
  /** `<author>:<id>` */
  readonly key: string;
}

export type GraphItem =
  | { readonly topic: 'ledger'; readonly record: ParsedRecord; readonly certified: Certified }
  | { readonly topic: 'roster'; readonly header: RosterHeader; readonly id: Id }
  | { readonly topic: 'checkpoint'; readonly checkpoint: Checkpoint; readonly id: Id; readonly by: NodeId };

const HOUR_MS = 3_600_000;
/** Shards come with many accounts; until then there is one. */
const SHARD = 0;

/** A record without an author lies under the first witness that signed its certificate. */
export function graphKey(network: Network, item: GraphItem): GraphKey {
  const { epochMs, checkpointMs } = network.parameters;
  switch (item.topic) {
    case 'ledger': {
      const by = authorOf(item.record) || item.certified.c.sigs[0]?.by || '';
      return keyOf(network.net, 'ledger', item.record.epoch * epochMs, by, item.record.id);
    }
    case 'roster':
      return keyOf(network.net, 'roster', item.header.epoch * epochMs, item.header.witness, item.id);
    case 'checkpoint':
      return keyOf(network.net, 'checkpoint', item.checkpoint.hour * checkpointMs, item.by, item.id);
  }
}

function keyOf(net: Id, topic: Topic, at: Millis, by: NodeId, id: Id): GraphKey {
  return { soul: `en1/${net}/${topic}/${hourName(at)}/${SHARD}`, key: `${by}:${id}` };
}

/** `YYYYMMDDHH` in UTC. Days to civil date after H. Hinnant, "chrono-compatible low-level date algorithms". */
export function hourName(at: Millis): string {
  const hours = Math.floor(at / HOUR_MS);
  // Years that begin in March put the leap day last.
  const day = Math.floor(hours / 24) + 719_468;
  const era = Math.floor(day / 146_097);
  const dayOfEra = day - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const dayOfMonth = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${digits(year, 4)}${digits(month, 2)}${digits(dayOfMonth, 2)}${digits(hours % 24, 2)}`;
}

function digits(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
