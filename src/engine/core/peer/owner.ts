/** Owning collections, beside writing their records: keys for new holders, and shards read back. */
import { sha256Id } from '../encoding.js';
import type { WitnessMessage } from '../message.js';
import type { NodeId } from '../record.js';
import { nameOf, type ShardName, shardNamed } from '../shard.js';
import type { Turn } from './state.js';

/** A holder uploads the whole content each time it is asked for. */
const EXPORT_INTERVAL_MS = 10_000;
const EXPORT_PATIENCE_MS = 60_000;

export const EXPORT_TIMER = 'export';

export function onKeysWanted(turn: Turn, { collection, shard, to }: Extract<WitnessMessage, { t: 'keys-wanted' }>): void {
  if (turn.peer.ledger.collection(collection)?.owner === turn.peer.options.id) turn.emit({ do: 'shelf-box', shard: { collection, shard }, to });
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
