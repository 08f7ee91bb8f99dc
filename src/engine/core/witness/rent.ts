/**
 * Storage is paid once a period and shard, to those that prove possession: an HMAC over ranges that nobody could foresee.
 * The witness holds no content, so the answers are compared with each other. A deposit that covers no further period ends
 * the collection, and so does its owner.
 */
import { rent, storagePrice } from '../assignment/price.js';
import { toBase64url } from '../encoding.js';
import type { CollectionView } from '../ledger/collections.js';
import type { PeerMessage, StorageProof } from '../message.js';
import type { Parameters } from '../network.js';
import type { CollectionRecord, Micro, NodeId, ReleaseRecord, RentRecord } from '../record.js';
import { certifyOwn, isSigning } from './certifier.js';
import { type Content, nameOf, type ShardName, shardNamed } from '../shard.js';
import { disbelieve, holds, lookUp } from './holdings.js';
import { tend } from './repair.js';
import { termsOf } from './settlement.js';
import { epochAt, type Round, type Turn } from './state.js';

const TICKS_A_DAY = 8;
const TICK_MS_MIN = 100;
const ASKS_MAX = 4;
const ASK_MS_MAX = 10_000;
const RANGES = 8;
const RANGE_BYTES_MAX = 1_024;
const NONCE_BYTES = 32;

export const RENT_TIMER = 'rent';
export const PROOF_TIMER = 'proof';

export type RentContinuation =
  | { readonly how: 'round'; readonly name: ShardName; readonly period: number }
  | { readonly how: 'proof'; readonly name: ShardName; readonly period: number; readonly from: NodeId };

function tickMs({ storageDayMs }: Parameters): number {
  return Math.max(TICK_MS_MIN, Math.floor(storageDayMs / TICKS_A_DAY));
}

/** On `RENT_TIMER`, and at the start. */
export function collectRents(turn: Turn): void {
  const { ledger, options: { network: { parameters } } } = turn.witness;
  turn.emit({ do: 'timer', name: RENT_TIMER, delayMs: tickMs(parameters) });
  if (!isSigning(turn)) return;
  for (const view of ledger.collections()) if (!view.released) settleStorage(turn, view);
}

function settleStorage(turn: Turn, view: CollectionView): void {
  const { parameters } = turn.witness.options.network;
  if (view.record.closed) return release(turn, view, 'closed');
  const period = Math.floor(turn.now / parameters.storageDayMs);
  const due = view.record.shards.flatMap((content, shard) => (isDue(turn, view, shard, content.size, period) ? [{ collection: view.id, shard }] : []));
  const cost = storageCost({ shards: due.map(({ shard }) => view.record.shards[shard]!), replicas: view.record.replicas }, parameters);
  if (view.deposit - pending(turn, view) < cost) return release(turn, view, 'unpaid');
  for (const name of due) {
    if (turn.witness.holdings.get(nameOf(name))?.round?.period !== period) turn.emit({ do: 'random', length: NONCE_BYTES + 4 * RANGES, as: { how: 'round', name, period } satisfies RentContinuation });
  }
}

function isDue({ witness: { ledger, busyKeys, log, options } }: Turn, { id }: CollectionView, shard: number, size: number, period: number): boolean {
  const key = `rent:${id}:${shard}:${period}`;
  return storagePrice(size, options.network.parameters.storagePerMegabyteDay) > 0 && !ledger.bySlot(key) && !busyKeys.has(key) && !log.has(key);
}

/** What a period of everything costs. */
export function storageCost({ shards, replicas }: Pick<CollectionRecord, 'shards' | 'replicas'>, { storagePerMegabyteDay }: Parameters): Micro {
  return shards.reduce((sum, { size }) => sum + replicas * storagePrice(size, storagePerMegabyteDay), 0);
}

/** Rents and releases that are being certified, and not in the ledger yet. */
function pending({ witness: { queue, batch = [] } }: Turn, { id }: CollectionView): Micro {
  return [...queue, ...batch].reduce((sum, { record }) => ((record.kind === 'rent' || record.kind === 'release') && record.collection === id ? sum + record.amount : sum), 0);
}

/** Ends a collection, once nothing that moves its deposit is under way: the rest of it is what goes back. */
export function release(turn: Turn, view: CollectionView, why: ReleaseRecord['why']): void {
  const { ledger, busyKeys, log, busyAuthors } = turn.witness;
  const key = `release:${view.id}`;
  const isBusy = [...busyKeys.keys()].some((other) => other.startsWith(`rent:${view.id}:`)) || busyAuthors.has(view.owner);
  if (!isSigning(turn) || ledger.bySlot(key) || busyKeys.has(key) || log.has(key) || isBusy) return;
  certifyOwn(turn, { kind: 'release', net: view.record.net, epoch: epochAt(turn, turn.now), collection: view.id, owner: view.owner, amount: view.deposit, why } satisfies ReleaseRecord);
}

/** Random bytes for a round are here: a nonce, and where the ranges begin. */
export function startRound(turn: Turn, name: ShardName, period: number, random: Uint8Array): void {
  const held = lookUp(turn, name);
  const holding = turn.witness.holdings.get(nameOf(name));
  if (!held || !holding || holding.round?.period === period) return;
  const { hash, size } = held.content;
  const asked = held.holders.filter((node) => holding.doubted.has(node) || holds(turn, node, { ...name, hash }));
  if (asked.length === 0) return;
  const bytes = new DataView(random.buffer, random.byteOffset + NONCE_BYTES);
  const length = Math.min(size, RANGE_BYTES_MAX);
  const ranges = Array.from({ length: RANGES }, (_, at) => [bytes.getUint32(4 * at) % (size - length + 1), length] as const);
  holding.round = { period, hash, size, ranges, asked, nonce: toBase64url(random.subarray(0, NONCE_BYTES)), answers: new Map(), asks: 0 };
  ask(turn, name, holding.round);
}

function ask(turn: Turn, name: ShardName, round: Round): void {
  const { period, hash, nonce, ranges, asked, answers } = round;
  round.asks += 1;
  for (const node of asked) {
    if (!answers.has(node)) turn.emit({ do: 'send', to: node, message: { t: 'prove', ...name, hash, period, nonce, ranges } });
  }
  const { parameters } = turn.witness.options.network;
  turn.emit({ do: 'timer', name: `${PROOF_TIMER}/${nameOf(name)}`, delayMs: Math.min(ASK_MS_MAX, Math.ceil(tickMs(parameters) / (ASKS_MAX + 1))) });
}

/** On `PROOF_TIMER`: words are lost, so they are asked for again. */
export function onProofsDue(turn: Turn, key: string): void {
  const name = shardNamed(key);
  const round = turn.witness.holdings.get(key)?.round;
  if (!round) return;
  if (round.asks < ASKS_MAX) ask(turn, name, round);
  else closeRound(turn, name, round);
}

export function onProof(turn: Turn, from: NodeId, { collection, shard, period, sealed }: Extract<PeerMessage, { t: 'proof' }>): void {
  const name = { collection, shard };
  const round = turn.witness.holdings.get(nameOf(name))?.round;
  if (round?.period !== period || !round.asked.includes(from) || round.answers.has(from)) return;
  turn.emit({ do: 'read-proof', sealed, as: { how: 'proof', name, period, from } satisfies RentContinuation });
}

export function onProofRead(turn: Turn, { name, period, from }: Extract<RentContinuation, { how: 'proof' }>, proof: StorageProof | undefined): void {
  const round = turn.witness.holdings.get(nameOf(name))?.round;
  if (round?.period !== period || proof?.nonce !== round.nonce) return;
  round.answers.set(from, proof.size === round.size ? proof.mac : undefined);
  if (round.answers.size === round.asked.length) closeRound(turn, name, round);
}

/** Whoever says something else than most, or nothing, has not shown that it has the content. Where they are equal in number nobody knows who has. */
function judge(turn: Turn, node: NodeId, content: Content, answer: string | undefined, right: string | undefined): void {
  const holding = turn.witness.holdings.get(nameOf(content))!;
  if (holding.hash !== content.hash || (answer !== undefined && right === undefined)) return;
  if (answer !== undefined && answer === right) return void holding.doubted.delete(node);
  holding.doubted.set(node, (holding.doubted.get(node) ?? 0) + 1);
  disbelieve(turn, node, content);
}

/** More than half of the answers say the same: they are paid, as many as the owner wants. Otherwise nobody is, yet. */
function closeRound(turn: Turn, name: ShardName, { period, hash, size, asked, answers }: Round): void {
  const key = nameOf(name);
  const held = lookUp(turn, name);
  turn.emit({ do: 'clear', name: `${PROOF_TIMER}/${key}` });
  turn.witness.holdings.get(key)!.round = undefined;
  const macs = [...answers.values()].filter((one) => one !== undefined);
  const mac = macs.find((one) => macs.filter((other) => other === one).length > macs.length / 2);
  for (const node of asked) judge(turn, node, { ...name, hash }, answers.get(node), mac);
  tend(turn, name);
  if (!held || mac === undefined || !isSigning(turn) || !isDue(turn, held.view, name.shard, size, period)) return;
  const { view } = held;
  const { feePpm, ...terms } = termsOf(turn);
  const holders = [...answers].flatMap(([node, answer]) => (answer === mac ? [node] : [])).slice(0, view.record.replicas);
  const part = rent({ size, price: turn.witness.options.network.parameters.storagePerMegabyteDay, holders, feePpm, ...terms });
  if (part.amount > view.deposit - pending(turn, view)) return release(turn, view, 'unpaid');
  certifyOwn(turn, { kind: 'rent', net: view.record.net, epoch: epochAt(turn, turn.now), collection: view.id, owner: view.owner, shard: name.shard, period, ...part } satisfies RentRecord);
}
