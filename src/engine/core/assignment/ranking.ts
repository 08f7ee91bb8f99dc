/**
 * Who does an escrow's work (PROTOCOL 1): everyone computes the same ranking from the certificate's seed and the roster
 * it names. Integers only, and nothing local.
 *
 * A node draws tickets by its stake; a ticket's value is the SHA-256 of the text `<seed>\n<node>\n<ticket>`, tickets
 * counted from 0 in decimal. The smallest ticket of a node is its place.
 */
import { hash } from '../encoding.js';
import type { Member } from '../message.js';
import type { Parameters } from '../network.js';
import type { Assignment, EscrowRecord, Micro, NodeId } from '../record.js';

const STAKE_A_TICKET: Micro = 100_000_000;
const TICKETS_MAX = 10;

export interface Wanted {
  readonly submitter: NodeId;
  /** Task kind and kernel version. */
  readonly kind: string;
  readonly version: number;
  /** Nobody else: the holders of the shard that the task is on. */
  readonly only?: readonly NodeId[] | undefined;
}

export interface RankOptions extends Wanted {
  /** Seats to fill: replicas and reserves. */
  readonly count: number;
  /** Fewer seats than replicas are no ranking at all. */
  readonly k: number;
  readonly oneWorkerPerSite: boolean;
}

/** One for every 100 credits staked; ten at most, and one at least: a development network has no stakes. */
export function tickets(stake: Micro): number {
  return Math.max(1, Math.min(TICKETS_MAX, Math.floor(stake / STAKE_A_TICKET)));
}

/** Members that may do the work: they have the kernel, take tasks, and are not the submitter. */
export function eligible(members: readonly Member[], { submitter, kind, version, only }: Wanted): Member[] {
  return members.filter(
    ({ node, capacity, kernels }) => node !== submitter && capacity > 0 && Object.hasOwn(kernels, kind) && kernels[kind] === version && (only?.includes(node) ?? true),
  );
}

/** Up to `count` members in order, whatever the order they came in; none at all where fewer than `k` can be seated. */
export function rank(seed: string, members: readonly Member[], options: RankOptions): Member[] {
  const ranked: Member[] = [];
  const sites = new Set<string>();
  for (const member of shuffle(seed, eligible(members, options))) {
    if (ranked.length === options.count) break;
    if (options.oneWorkerPerSite && !options.only && member.site !== '') {
      if (sites.has(member.site)) continue;
      sites.add(member.site);
    }
    ranked.push(member);
  }
  return ranked.length < options.k ? [] : ranked;
}

/** The ranks that a certificate's seed gives an escrow: the same to the witness, the submitter and the workers. */
export function seats(
  { seed, k, among }: Pick<Assignment, 'seed' | 'k' | 'among'>,
  { author, type, version }: Pick<EscrowRecord, 'author' | 'type' | 'version'>,
  members: readonly Member[],
  { reserves, oneWorkerPerSite }: Pick<Parameters, 'reserves' | 'oneWorkerPerSite'>,
): Member[] {
  return rank(seed, members, { count: k + reserves, k, submitter: author, kind: type, version, only: among, oneWorkerPerSite });
}

/** All of them in the order that the seed draws. */
export function shuffle(seed: string, members: readonly Member[]): Member[] {
  return members
    .map((member) => ({ member, value: smallestTicket(seed, member) }))
    .sort((left, right) => compareBytes(left.value, right.value))
    .map(({ member }) => member);
}

function smallestTicket(seed: string, { node, stake }: Member): Uint8Array {
  let smallest = hash(`${seed}\n${node}\n0`);
  for (let ticket = 1; ticket < tickets(stake); ticket++) {
    const value = hash(`${seed}\n${node}\n${ticket}`);
    if (compareBytes(value, smallest) < 0) smallest = value;
  }
  return smallest;
}

function compareBytes(left: Uint8Array, right: Uint8Array): number {
  for (let at = 0; at < left.length; at++) {
    const difference = left[at]! - right[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
