/** What owners and holders say of shards: what they keep, and keys and contents for others, which are passed on. */
import { sha256Id } from '../encoding.js';
import type { PeerMessage } from '../message.js';
import type { NodeId } from '../record.js';
import { type Content, nameOf } from '../shard.js';
import { announce, type Held, holds, lookUp, turnOf } from './holdings.js';
import { SUPPLIES_MAX, tell, tend } from './repair.js';
import type { Turn } from './state.js';

/** A holder uploads all of it each time: a little less than honest owners wait. */
const WANT_INTERVAL_MS = 9_000;
/** Of several holders another one is asked each time. */
const WANT_MS = 1_000;

type From<T extends PeerMessage['t']> = Extract<PeerMessage, { t: T }>;

/** The owner is back: it may have missed that its keys are wanted. */
export function onOwnerBack(turn: Turn, owner: NodeId): void {
  for (const { name, lacking } of turn.witness.holdings.values()) {
    if (lacking.size === 0 || turn.witness.ledger.collection(name.collection)?.owner !== owner) continue;
    for (const lack of lacking.values()) lack.helps = 0;
    tend(turn, name);
  }
}

export function onKept(turn: Turn, from: NodeId, { collection, shard, hash, size }: From<'kept'>): void {
  if (isOnlyClaimed(turn, from, { collection, shard, hash })) return;
  announce(turn, from, { collection, shard, hash, size });
  tend(turn, { collection, shard });
}

/** It could not prove it, and was given nothing since by those who can. Where there is nobody else, its word has to do. */
function isOnlyClaimed(turn: Turn, from: NodeId, content: Content): boolean {
  const holding = turn.witness.holdings.get(nameOf(content));
  if (holding?.hash !== content.hash || !holding.doubted.has(from) || (holding.lacking.get(from)?.sent ?? 0) > 0) return false;
  return lookUp(turn, content)?.holders.some((node) => node !== from && holds(turn, node, content)) ?? false;
}

export function onShardKeys(turn: Turn, from: NodeId, { collection, shard, boxes }: From<'shard-keys'>): void {
  const held = lookUp(turn, { collection, shard });
  if (held?.view.owner !== from || held.content.hash !== '') return;
  for (const [node, box] of Object.entries(boxes)) passOn(turn, held, from, { collection, shard, hash: '' }, node, box, undefined);
}

/** A holder supplies another one, or the owner, with content. */
export function onShard(turn: Turn, from: NodeId, { collection, shard, hash, to, box }: From<'shard'>, ciphertext: Uint8Array | undefined): void {
  const held = lookUp(turn, { collection, shard });
  if (hash === '' || held?.content.hash !== hash || !held.view.wasHolder(shard, from) || ciphertext?.length !== held.content.size) return;
  const content: Content = { collection, shard, hash };
  const holding = turn.witness.holdings.get(nameOf(content));
  const isOwner = to === held.view.owner;
  // Hashing is work: not for what nobody waits for.
  if (!(isOwner ? holding?.wanted?.isOpen : holding?.lacking.has(to)) || sha256Id(ciphertext) !== hash) return;
  if (!isOwner) return passOn(turn, held, from, content, to, box, ciphertext);
  holding!.wanted!.isOpen = false;
  turn.emit({ do: 'send', to, message: { t: 'shard', ...content }, attachment: ciphertext });
}

function passOn(turn: Turn, held: Held, from: NodeId, content: Content, node: NodeId, box: string, ciphertext: Uint8Array | undefined): void {
  const lack = turn.witness.holdings.get(nameOf(content))?.lacking.get(node);
  if (!lack) return;
  lack.sent += 1;
  lack.from.add(from);
  if (lack.sent <= SUPPLIES_MAX) lack.sinceMs = turn.now;
  turn.emit({ do: 'send', to: node, message: { t: 'keep', ...content, box, turn: turnOf(held) }, ...(ciphertext ? { attachment: ciphertext } : {}) });
}

/** The owner wants to read it: any holder that has it will do. */
export function onShardWanted(turn: Turn, from: NodeId, { collection, shard }: From<'shard-want'>): void {
  const held = lookUp(turn, { collection, shard });
  if (held?.view.owner !== from || held.content.hash === '') return;
  const content: Content = { collection, shard, hash: held.content.hash };
  const holding = turn.witness.holdings.get(nameOf(content));
  if (!holding || (holding.wanted && turn.now - holding.wanted.atMs < WANT_INTERVAL_MS)) return;
  const sources = held.holders.filter((node) => holds(turn, node, content));
  const source = sources[Math.floor(turn.now / WANT_MS) % sources.length];
  if (source === undefined) return;
  holding.wanted = { atMs: turn.now, isOpen: true };
  tell(turn, source, { t: 'supply', ...content, to: { node: from, box: '' } });
}
