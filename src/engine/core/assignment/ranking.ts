/**
 * Who does an escrow's work (PROTOCOL 1): everyone computes the same ranking from the certificate's seed and the roster
 * it names. Integers only, and nothing local.
 *
 * A node draws tickets by its stake; a ticket's value is the SHA-256 of the text `<seed>\n<node>\n<ticket>`, tickets
 * counted from 0 in decimal. The smallest ticket of a node is its place.
 */
import { hash } from '../encoding.js';
import type { Member } from '../message.js';
import type { Micro, NodeId } from '../record.js';

const STAKE_A_TICKET: Micro = 100_000_000;
const TICKETS_MAX = 10;

export interface Wanted {
  readonly submitter: NodeId;
  /** Task kind and kernel version. */
  readonly kind: string;
  readonly version: number;
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
export function eligible(members: readonly Member[], { submitter, kind, version }: Wanted): Member[] {
  return members.filter(
    ({ node, capacity, kernels }) => node !== submitter && capacity > 0 && Object.hasOwn(kernels, kind) && kernels[kind] === version,
  );
}

/** Up to `count` members in order, whatever the order they came in; none at all where fewer than `k` can be seated. */
export function rank(seed: string, members: readonly Member[], options: RankOptions): Member[] {
  const drawn = eligible(members, options)
    .map((member) => ({ member, value: smallestTicket(seed, member) }))
    .sort((left, right) => compareBytes(left.value, right.value));
  const seats: Member[] = [];
  const sites = new Set<string>();
  for (const { member } of drawn) {
    if (seats.length === options.count) break;
    if (options.oneWorkerPerSite && member.site !== '') {
      if (sites.has(member.site)) continue;
      sites.add(member.site);
    }
    seats.push(member);
  }
  return seats.length < options.k ? [] : seats;
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
