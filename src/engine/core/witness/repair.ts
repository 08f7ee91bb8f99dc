/**
 * Keeps every shard with as many holders as its owner wants: draws them, has keys and contents sent to them, and replaces
 * those that are gone for too long. One that is there and takes no work keeps what it holds; if that lasts, another one
 * stands in for it until it is back. A holder leaves the list only once another one has the content, so that whoever
 * drops what the list no longer names never drops the last copy.
 *
 * `tend` does whatever is due for one shard. It may be called at any time, and sees to it that it is called again.
 */
import { shuffle } from '../assignment/ranking.js';
import { hmac, toBase64url, utf8 } from '../encoding.js';
import type { CollectionView } from '../ledger/collections.js';
import type { Message } from '../message.js';
import type { HoldRecord, NodeId } from '../record.js';
import { isAtWork } from './assembly.js';
import { certifyOwn, isSigning } from './certifier.js';
import { type Content, nameOf, type ShardName } from '../shard.js';
import { type Held, holds, lookUp, turnOf } from './holdings.js';
import { epochAt, type Holding, type Lack, type Turn } from './state.js';

const HELP_MS = 1_000;
const HELP_MS_MAX = 60_000;
/** A content under way is given this long before it is sent again. */
const SUPPLY_MS = 10_000;
const HOLDERS_MAX = 8;
const SOURCES_MIN = 2;
/** So often a slow holder is given its time anew. */
export const SUPPLIES_MAX = 3;
/** Of proofs in a row, before a holder is replaced. */
const FAILURES_MAX = 3;
const GRACES_MAX = 1_024;

export const TEND_TIMER = 'shard';

export function tendAll(turn: Turn): void {
  for (const view of turn.witness.ledger.collections()) tendCollection(turn, view);
}

/** Shards that it has, and those that it no longer has. */
export function tendCollection(turn: Turn, { id: collection, record: { shards } }: CollectionView): void {
  for (const { name } of [...turn.witness.holdings.values()]) if (name.collection === collection && !shards[name.shard]) tend(turn, name);
  for (const shard of shards.keys()) tend(turn, { collection, shard });
}

/** Who is there has changed. */
export function tendUnsettled(turn: Turn): void {
  const { holdings, ledger } = turn.witness;
  for (const holding of holdings.values()) {
    const { name, lacking, idle, isShort } = holding;
    const holders = ledger.collection(name.collection)?.holders(name.shard)?.holders ?? [];
    if (isShort || lacking.size + idle.size > 0 || holders.some((node) => !isAtWork(turn, node))) tend(turn, name);
  }
}

export function tend(turn: Turn, { collection, shard }: ShardName): void {
  const { holdings } = turn.witness;
  const name = { collection, shard };
  const held = lookUp(turn, name);
  if (!held) {
    if (holdings.delete(nameOf(name))) turn.emit({ do: 'clear', name: timerOf(name) });
    return;
  }
  const holding = holdings.get(nameOf(name)) ?? { name, hash: held.content.hash, lacking: new Map(), idle: new Map(), doubted: new Map(), shunned: new Map(), isShort: true, round: undefined, wanted: undefined };
  holdings.set(nameOf(name), holding);
  assess(turn, held, holding);
  const next = isSigning(turn) && !isAppointing(turn, name) ? nextHolders(turn, held, holding) : undefined;
  if (next) appoint(turn, held, name, next);
  help(turn, held, holding);
  schedule(turn, holding);
}

function isAppointing({ witness }: Turn, name: ShardName): boolean {
  const key = `hold:${name.collection}:${name.shard}:${turnAfter(witness, name)}`;
  return witness.busyKeys.has(key) || witness.log.has(key);
}

/** Notes who is not as a holder should be: there, with the current content, and at work. */
function assess(turn: Turn, { content, holders, view }: Held, holding: Holding): void {
  const { lacking, idle, name } = holding;
  if (holding.hash !== content.hash) {
    holding.hash = content.hash;
    lacking.clear();
    holding.doubted.clear();
  }
  for (const node of lacking.keys()) if (!holders.includes(node)) lacking.delete(node);
  for (const node of holding.doubted.keys()) if (!holders.includes(node)) holding.doubted.delete(node);
  for (const node of idle.keys()) if (!holders.includes(node) || isAtWork(turn, node)) idle.delete(node);
  for (const node of holders) {
    if (!isAtWork(turn, node) && !idle.has(node)) idle.set(node, turn.now);
    if (holds(turn, node, { ...name, hash: content.hash })) lacking.delete(node);
    else if (!lacking.has(node)) lacking.set(node, { sinceMs: turn.now, helpedAtMs: 0, helps: 0, sent: 0, from: new Set() });
  }
  holding.isShort = holders.filter((node) => !lacking.has(node) && !idle.has(node)).length < view.record.replicas;
}

/** Gone for too long, or given what it needed for so long and still without, or ever again. Whoever waits for others is not to blame. */
function isExpired({ witness, now }: Turn, node: NodeId, { sinceMs, sent, from }: Lack, failures: number, sources: number): boolean {
  // A source may have sent what nobody could open: another one, where there is one, is given its turn.
  const isServed = from.size >= Math.min(SOURCES_MIN, Math.max(1, sources)) || sent > SUPPLIES_MAX;
  return failures >= FAILURES_MAX || now - sinceMs > witness.options.network.parameters.holderGraceMs && (!witness.seats.has(node) || isServed);
}

/** Who should hold it from now on, or undefined where nothing is to be changed, or could be. */
function nextHolders(turn: Turn, { view, content, holders }: Held, { lacking, idle, doubted, shunned, name }: Holding): NodeId[] | undefined {
  const { replicas } = view.record;
  const sound = holders.filter((node) => !lacking.has(node));
  const sources = holders.filter((node) => holds(turn, node, { ...name, hash: content.hash }));
  const expired = holders.filter((node) => lacking.has(node) && isExpired(turn, node, lacking.get(node)!, doubted.get(node) ?? 0, content.hash === '' ? 1 : sources.length));
  // Newcomers would have nobody to get it from, and those who are gone may come back with it.
  if (holders.length > 0 && content.hash !== '' && sources.length === 0) return undefined;
  const working = sound.filter((node) => !idle.has(node));
  const resting = holders.filter((node) => idle.has(node) && !expired.includes(node)).slice(0, replicas);
  const staying = working.length >= replicas
    ? holders.filter((node) => resting.includes(node) || working.slice(0, replicas).includes(node))
    : holders.filter((node) => !expired.includes(node) || (sound.length === 0 && sources.includes(node)));
  const graceMs = turn.witness.options.network.parameters.holderGraceMs;
  const rests = (node: NodeId): boolean => turn.now - (idle.get(node) ?? turn.now) > graceMs;
  const wanted = replicas - staying.filter((node) => !expired.includes(node) && !rests(node)).length;
  const next = [...staying, ...drawHolders(turn, view.owner, name, [...holders, ...shunnedNow(turn, shunned)], wanted)].slice(0, HOLDERS_MAX);
  if (next.length === 0 || (next.length === holders.length && next.every((node) => holders.includes(node)))) return undefined;
  for (const node of expired) shun(turn, shunned, node);
  return next;
}

/** In the order that the epoch's secret draws for this turn. */
function drawHolders(turn: Turn, owner: NodeId, name: ShardName, without: readonly NodeId[], count: number): NodeId[] {
  const { roster, options: { network: { kernels } } } = turn.witness;
  const isAble = (has: Readonly<Record<string, number>>, kind: string): boolean => Object.hasOwn(has, kind) && has[kind] === kernels[kind];
  const able = roster.members.filter((member) =>
    member.node !== owner && member.capacity > 0 && !without.includes(member.node) && isAble(member.kernels, 'vector_search') && isAble(member.kernels, 'vector_insert'));
  return able.length === 0 || count <= 0 ? [] : shuffle(seedOf(turn, name), able).slice(0, count).map(({ node }) => node);
}

function seedOf({ witness }: Turn, name: ShardName): string {
  return toBase64url(hmac(witness.secrets.get(witness.epoch)!, utf8(`hold\n${name.collection}\n${name.shard}\n${turnAfter(witness, name)}`)));
}

function turnAfter({ ledger }: Turn['witness'], { collection, shard }: ShardName): number {
  return (ledger.collection(collection)?.holders(shard)?.turn ?? -1) + 1;
}

function appoint(turn: Turn, { view }: Held, { collection, shard }: ShardName, holders: readonly NodeId[]): void {
  const { roster } = turn.witness;
  certifyOwn(turn, {
    kind: 'hold', net: view.record.net, epoch: epochAt(turn, turn.now), collection, shard, turn: turnAfter(turn.witness, { collection, shard }),
    holders, roster: roster.hash, seed: seedOf(turn, { collection, shard }),
  } satisfies HoldRecord);
}

/** Whoever was replaced is not drawn again at once, and the less so the more often it happened. */
function shun({ witness, now }: Turn, shunned: Holding['shunned'], node: NodeId): void {
  const graces = Math.min(GRACES_MAX, 2 * (shunned.get(node)?.graces ?? 0.5));
  shunned.set(node, { graces, untilMs: now + graces * witness.options.network.parameters.holderGraceMs });
}

function shunnedNow({ now }: Turn, shunned: Holding['shunned']): NodeId[] {
  return [...shunned].flatMap(([node, { untilMs }]) => (untilMs > now ? [node] : []));
}

/** Has what they lack sent to those that lack it, and asks again ever later. */
function help(turn: Turn, held: Held, { lacking, name }: Holding): void {
  const { content, view, holders } = held;
  const { seats } = turn.witness;
  const shard: Content = { ...name, hash: content.hash };
  const sources = holders.filter((node) => holds(turn, node, shard)).sort((one, other) => Number(seats.has(other)) - Number(seats.has(one)));
  const keyless: { node: NodeId; box: string }[] = [];
  for (const [node, lack] of lacking) {
    if (dueAt(lack) > turn.now) continue;
    const box = seats.get(node)?.presence.box;
    const others = sources.filter((other) => other !== node);
    const source = others[lack.helps % others.length];
    // Nothing proves the key of a shard that is empty: it is its owner's to give.
    if (box !== undefined && content.hash === '' && lack.helps % 2 === 0) keyless.push({ node, box });
    else if (content.hash !== '' && box !== undefined && source !== undefined && lack.helps > 0) tell(turn, source, { t: 'supply', ...shard, to: { node, box } });
    // Its word may have been lost: that is sooner asked than the content sent.
    else tell(turn, node, { t: 'keep', ...shard, box: '', turn: turnOf(held) });
    lack.helps += 1;
    lack.helpedAtMs = turn.now;
  }
  if (keyless.length > 0) tell(turn, view.owner, { t: 'keys-wanted', ...name, to: keyless });
}

function dueAt({ helpedAtMs, helps, sent, sinceMs }: Lack): number {
  if (helps === 0) return 0;
  return Math.max(helpedAtMs + Math.min(HELP_MS_MAX, HELP_MS * 2 ** (helps - 1)), sent > 0 ? sinceMs + SUPPLY_MS : 0);
}

function schedule(turn: Turn, { name, lacking, idle, isShort }: Holding): void {
  const { holderGraceMs } = turn.witness.options.network.parameters;
  const dues = [...lacking.values()].map((lack) => dueAt(lack));
  const graces = [...[...lacking.values()].map(({ sinceMs }) => sinceMs), ...idle.values()].map((sinceMs) => sinceMs + holderGraceMs + 1).filter((at) => at > turn.now);
  if (dues.length === 0 && !isShort) return turn.emit({ do: 'clear', name: timerOf(name) });
  turn.emit({ do: 'timer', name: timerOf(name), delayMs: Math.max(1, Math.min(...dues, ...graces, turn.now + Math.max(HELP_MS, holderGraceMs)) - turn.now) });
}

function timerOf(name: ShardName): string {
  return `${TEND_TIMER}/${nameOf(name)}`;
}

export function tell(turn: Turn, to: NodeId, message: Message): void {
  turn.emit({ do: 'send', to, message });
}
