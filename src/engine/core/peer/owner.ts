/** Owning collections, beside writing their records: keys for new holders, and shards read back. */
import { sha256Id } from '../encoding.js';
import type { WitnessMessage } from '../message.js';
import type { NodeId, Rec } from '../record.js';
import { nameOf, type ShardName, shardNamed } from '../shard.js';
import type { Turn } from './state.js';

/** A holder uploads the whole content each time it is asked for. */
const EXPORT_INTERVAL_MS = 10_000;
const EXPORT_PATIENCE_MS = 60_000;

export const EXPORT_TIMER = 'export';

/** For holders alone; those whom no list names wait for one, which is on its way. */
export function onKeysWanted(turn: Turn, { collection, shard, to }: Pick<Extract<WitnessMessage, { t: 'keys-wanted' }>, keyof ShardName | 'to'>): void {
  const { ledger, options, keysWanted } = turn.peer;
  const name = { collection, shard };
  const view = ledger.collection(collection);
  if (view?.owner !== options.id) return;
  const known = to.filter(({ node }) => view.wasHolder(shard, node));
  const others = to.filter((each) => !known.includes(each));
  if (others.length > 0) keysWanted.set(nameOf(name), others);
  else keysWanted.delete(nameOf(name));
  if (known.length > 0) turn.emit({ do: 'shelf-box', shard: name, to: known });
}

/** Lists of holders are certain now. */
export function onCollectionsGrew(turn: Turn, records: readonly Rec[]): void {
  for (const record of records) {
    const to = record.kind === 'hold' ? turn.peer.keysWanted.get(nameOf(record)) : undefined;
    if (record.kind === 'hold' && to) onKeysWanted(turn, { collection: record.collection, shard: record.shard, to });
  }
}

export function onShelfBoxed({ peer, emit }: Turn, { collection, shard }: ShardName, boxes: Readonly<Record<NodeId, string>>): void {
  emit({ do: 'send', to: peer.witness.node, message: { t: 'shard-keys', collection, shard, boxes } });
}

export function fetchShard(turn: Turn, name: ShardName): void {
  const view = turn.peer.ledger.collection(name.collection);
  const hash = view?.owner === turn.peer.options.id ? view.record.shards[name.shard]?.hash : undefined;
  if (!hash) return tellHost(turn, name, '', hash === '' ? new Uint8Array(0) : undefined);
  turn.peer.exports.set(nameOf(name), turn.now + EXPORT_PATIENCE_MS);
  onExportDue(turn, nameOf(name));
}

/** On the timer: the request or its answer may have been lost. */
export function onExportDue(turn: Turn, name: string): void {
  const untilMs = turn.peer.exports.get(name);
  if (untilMs === undefined) return;
  if (turn.now >= untilMs) return tellHost(turn, shardNamed(name), '', undefined);
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'shard-want', ...shardNamed(name) } });
  turn.emit({ do: 'timer', name: `${EXPORT_TIMER}/${name}`, delayMs: EXPORT_INTERVAL_MS });
}

export function onShard(turn: Turn, { collection, shard, hash }: Extract<WitnessMessage, { t: 'shard' }>, ciphertext: Uint8Array): void {
  const name = { collection, shard };
  if (turn.peer.exports.has(nameOf(name)) && sha256Id(ciphertext) === hash) tellHost(turn, name, hash, ciphertext);
}

function tellHost({ peer, emit }: Turn, { collection, shard }: ShardName, hash: string, ciphertext: Uint8Array | undefined): void {
  const name = nameOf({ collection, shard });
  if (peer.exports.delete(name)) emit({ do: 'clear', name: `${EXPORT_TIMER}/${name}` });
  emit({ do: 'notify', notice: { note: 'shard', shard: { collection, shard, hash }, ...(ciphertext ? { ciphertext } : {}) } });
}
