/** Who has what: the contents of shards that nodes said they hold, since their links began. Nothing of it is stored. */
import type { CollectionView } from '../ledger/collections.js';
import type { Id, NodeId, ShardEntry } from '../record.js';
import { type Content, nameOf, type ShardName, type Stored } from '../shard.js';
import type { Turn } from './state.js';

/** Of one shard and node; an honest one holds a current content, the one before, and some that are not named by a record yet. */
const CONTENTS_MAX = 8;

export interface Held {
  readonly name: ShardName;
  readonly view: CollectionView;
  readonly content: ShardEntry;
  readonly holders: readonly NodeId[];
}

/** Only of its holders: anybody may say anything. */
export function announce({ witness: { announced, ledger } }: Turn, node: NodeId, { hash, size, ...name }: Stored): void {
  if (!ledger.collection(name.collection)?.wasHolder(name.shard, node)) return;
  const own = announced.get(node) ?? new Map<string, Map<Id | '', number>>();
  announced.set(node, own);
  const sizes = own.get(nameOf(name)) ?? new Map<Id | '', number>();
  own.set(nameOf(name), sizes);
  sizes.delete(hash);
  sizes.set(hash, size);
  if (sizes.size > CONTENTS_MAX) sizes.delete(sizes.keys().next().value!);
}

/** It said so, and could not show it. */
export function disbelieve({ witness: { announced } }: Turn, node: NodeId, content: Content): void {
  announced.get(node)?.get(nameOf(content))?.delete(content.hash);
}

/** Its session is over, and with it what it said. */
export function forgetAnnounced({ witness: { announced } }: Turn, node: NodeId): void {
  announced.delete(node);
}

/** A content of another length than its owner pays for is not the shard's. */
export function holds({ witness: { announced, ledger } }: Turn, node: NodeId, content: Content): boolean {
  const size = announced.get(node)?.get(nameOf(content))?.get(content.hash);
  const stated = ledger.collection(content.collection)?.record.shards[content.shard];
  return size !== undefined && (stated?.hash !== content.hash || stated.size === size);
}

/** A shard as it is now; undefined for one that is over or never was. */
export function lookUp({ witness: { ledger, busyKeys } }: Turn, { collection, shard }: ShardName): Held | undefined {
  const view = ledger.collection(collection);
  const content = view?.record.shards[shard];
  if (!view || view.released || !content || busyKeys.has(`release:${collection}`)) return undefined;
  return { name: { collection, shard }, view, content, holders: view.holders(shard)?.holders ?? [] };
}

/** Of the list of its holders. */
export function turnOf({ view, name: { shard } }: Held): number {
  return view.holders(shard)?.turn ?? 0;
}

/** Holders that have this content and are linked, so that a task may be drawn among them. */
export function confirmed(turn: Turn, content: Content): NodeId[] {
  return (lookUp(turn, content)?.holders ?? []).filter((node) => holds(turn, node, content));
}
