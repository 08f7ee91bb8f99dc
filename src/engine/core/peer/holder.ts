/** Holding shards: keeping contents and keys on the shelf, saying so, supplying other holders, proving, and dropping. */
import type { WitnessMessage } from '../message.js';
import type { Id, NodeId, Rec } from '../record.js';
import { type Content, nameOf, type ShardName, shardNamed, type Stored } from '../shard.js';
import type { Turn } from './state.js';

/** Contents that kernels made and no record has named yet. */
const UNNAMED_MAX = 4;

type From<T extends WitnessMessage['t']> = Extract<WitnessMessage, { t: T }>;

/** What is on the shelf of one shard. */
export interface Shelved {
  /** Bytes of each content, in the order they came. */
  readonly sizes: Map<Id | '', number>;
  /** As of the latest record, and of the one before that had another content. */
  current: Id | '' | undefined;
  previous: Id | '' | undefined;
  /** Of the list of holders by which it was handed over, which may be on its way: none before it leaves this node out. */
  turn: number;
}

export function restoreHeld({ peer }: Turn, held: readonly Stored[]): void {
  for (const content of held) put(peer.held, content);
}

/** And is as long as its owner says it is: what is paid for less is neither said to be kept nor served. */
export function isHeld({ peer }: Turn, content: Content): boolean {
  const size = peer.held.get(nameOf(content))?.sizes.get(content.hash);
  const stated = peer.ledger.collection(content.collection)?.record.shards[content.shard];
  return size !== undefined && (stated?.hash !== content.hash || stated.size === size);
}

/** On every new link: the witness knows nothing of the last one. */
export function announceHeld(turn: Turn): void {
  for (const [name, { sizes }] of turn.peer.held) for (const hash of sizes.keys()) sayKept(turn, { ...shardNamed(name), hash });
}

function sayKept(turn: Turn, content: Content): void {
  const { collection, shard, hash } = content;
  if (turn.peer.link.up && isHeld(turn, content)) tell(turn, { t: 'kept', collection, shard, hash, size: turn.peer.held.get(nameOf(content))!.sizes.get(hash)! });
}

export function onKeep(turn: Turn, { collection, shard, hash, box, turn: at }: From<'keep'>, ciphertext: Uint8Array | undefined): void {
  const content = { collection, shard, hash };
  if (isHeld(turn, content)) return settle(turn, content, at);
  if (box !== '' && (hash === '' || ciphertext)) turn.emit({ do: 'shelf-keep', shard: content, turn: at, box, ciphertext });
}

/** Also of what a kernel wrote: the sooner it is said, the sooner it can be searched once it is the shard's content. */
export function onShelfKept(turn: Turn, content: Stored, at: number | undefined): void {
  // The shard was dropped while the kernel was writing.
  if (at === undefined && !turn.peer.held.has(nameOf(content))) return turn.emit({ do: 'shelf-drop', shard: { collection: content.collection, shard: content.shard } });
  put(turn.peer.held, content);
  settle(turn, content, at ?? 0);
}

/** A disk forgets. Not said to be kept any more, so that it is supplied again. */
export function onShelfLost({ peer, emit }: Turn, { collection, shard, hash }: Content): void {
  const sizes = peer.held.get(nameOf({ collection, shard }))?.sizes;
  if (!sizes?.delete(hash)) return;
  if (sizes.size === 0) peer.held.delete(nameOf({ collection, shard }));
  emit({ do: 'shelf-drop', shard: { collection, shard }, hashes: [hash] });
}

/** It is here; said only of what stays here. */
function settle(turn: Turn, content: Content, at: number): void {
  const shelved = turn.peer.held.get(nameOf(content))!;
  shelved.turn = Math.max(shelved.turn, at);
  tidy(turn, content);
  sayKept(turn, content);
}

function put(held: Map<string, Shelved>, { hash, size, ...name }: Stored): void {
  const shelved = held.get(nameOf(name)) ?? { sizes: new Map(), current: undefined, previous: undefined, turn: 0 };
  held.set(nameOf(name), shelved);
  shelved.sizes.delete(hash);
  shelved.sizes.set(hash, size);
}

/** Records of collections are certain now: contents become current, or are of no use any more. */
export function onCollectionsGrew(turn: Turn, records: readonly (Rec & { readonly id: Id })[]): void {
  const grown = new Set(records.flatMap((record) => ('collection' in record ? [record.collection || record.id] : [])));
  for (const name of turn.peer.held.keys()) if (grown.has(shardNamed(name).collection)) tidy(turn, shardNamed(name));
}

/** At the start: of a collection that is over no record comes any more. */
export function dropOver(turn: Turn): void {
  for (const name of turn.peer.held.keys()) {
    const view = turn.peer.ledger.collection(shardNamed(name).collection);
    if (view?.released || view?.record.closed) tidy(turn, shardNamed(name));
  }
}

/** Drops what the ledger no longer wants here. A list of holders leaves one out only when others have the content. */
export function tidy(turn: Turn, { collection, shard }: ShardName): void {
  const { peer } = turn;
  const name = { collection, shard };
  const shelved = peer.held.get(nameOf(name));
  const view = peer.ledger.collection(collection);
  if (!shelved || !view) return;
  // Not named yet: the list that names this node may still be on its way.
  const latest = view.holders(shard);
  const isReplaced = latest !== undefined && latest.turn >= shelved.turn && view.wasHolder(shard, peer.options.id) && !latest.holders.includes(peer.options.id);
  if (view.released || view.record.closed || isReplaced) {
    peer.held.delete(nameOf(name));
    return turn.emit({ do: 'shelf-drop', shard: name });
  }
  const current = view.record.shards[shard]?.hash;
  if (current !== shelved.current) [shelved.previous, shelved.current] = [shelved.current, current];
  const { previous } = shelved;
  const hashes = [...shelved.sizes.keys()];
  const at = current === undefined ? -1 : hashes.indexOf(current);
  // What came after the current content is the next one, perhaps: the kernel is ahead of the record.
  const dropped = hashes.filter((hash, place) => hash !== current && hash !== previous && (place <= at || place < hashes.length - UNNAMED_MAX));
  if (dropped.length === 0) return;
  for (const hash of dropped) shelved.sizes.delete(hash);
  turn.emit({ do: 'shelf-drop', shard: name, hashes: dropped });
}

/** For other holders, and without a box key for the owner, whom the key is no news to. */
export function onSupply(turn: Turn, { collection, shard, hash, to }: From<'supply'>): void {
  const content = { collection, shard, hash };
  const view = turn.peer.ledger.collection(collection);
  const mayHave = to.box === '' ? view?.owner === to.node : view?.wasHolder(shard, to.node);
  if (hash !== '' && mayHave && isHeld(turn, content)) turn.emit({ do: 'shelf-read', shard: content, to });
}

export function onShelfRead(turn: Turn, { collection, shard, hash }: Content, to: NodeId, box: string, ciphertext: Uint8Array): void {
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'shard', collection, shard, hash, to, box }, attachment: ciphertext });
}

export function onProve(turn: Turn, { collection, shard, hash, period, nonce, ranges }: From<'prove'>): void {
  const content = { collection, shard, hash };
  if (isHeld(turn, content)) turn.emit({ do: 'shelf-prove', shard: content, period, nonce, ranges, witnessBox: turn.peer.witness.box });
}

export function onShelfProved(turn: Turn, { collection, shard }: Content, period: number, sealed: string): void {
  tell(turn, { t: 'proof', collection, shard, period, sealed });
}

function tell({ peer, emit }: Turn, message: Extract<Parameters<Turn['emit']>[0], { do: 'send' }>['message']): void {
  emit({ do: 'send', to: peer.witness.node, message });
}
