/** The roster's hash, which certificates name, and the strict check of a roster that somebody sent. */
import { isKey, toBase64url, utf8 } from '../encoding.js';
import { merkleRoot } from '../ledger/merkle.js';
import { either, integer, isObject, list, misfit, oneOf, pattern, shape, type Test } from '../ledger/shape.js';
import { TASK_KIND } from '../ledger/record-shapes.js';
import type { Member } from '../message.js';
import type { Id } from '../record.js';
import { SITE_NAME } from '../texts.js';

/** Tasks a member holds for each that it takes at once: with more it turns tasks down. */
export const BACKLOG_PER_SEAT = 8;
const SEATS_MAX = 4_096;
const KERNELS_MAX = 64;

/** Kernel versions by task kind. */
export const kernelVersions: Test = (value) =>
  isObject(value) &&
  Object.keys(value).length <= KERNELS_MAX &&
  Object.entries(value).every(([kind, version]) => TASK_KIND.test(kind) && integer(0)(version));

const MEMBER = shape({
  node: isKey,
  box: isKey,
  kernels: kernelVersions,
  capacity: integer(0, 1_024),
  stake: integer(0),
  site: either(oneOf(''), isKey, pattern(SITE_NAME)),
});

/** A new array, in order of node. */
export function sortMembers(members: readonly Member[]): Member[] {
  return [...members].sort((left, right) => compareText(left.node, right.node));
}

/** Merkle root over the members in order of node; a leaf is the JSON of a seat's fields, kernels in order of kind. */
export function rosterHash(members: readonly Member[]): Id {
  return toBase64url(merkleRoot(sortMembers(members).map(leafOf)));
}

/** Whether these are proper seats, no node twice, and exactly the ones the header hashed. Never throws. */
export function verifyRoster(members: unknown, header: { readonly roster: Id; readonly size: number }): members is readonly Member[] {
  if (!list((member) => misfit(member, MEMBER) === undefined, SEATS_MAX)(members)) return false;
  const seats = members as readonly Member[];
  return seats.length === header.size && new Set(seats.map(({ node }) => node)).size === seats.length && rosterHash(seats) === header.roster;
}

function leafOf({ node, box, kernels: versions, capacity, stake, site }: Member): Uint8Array {
  const sorted = Object.entries(versions).sort(([left], [right]) => compareText(left, right));
  return utf8(JSON.stringify([node, box, sorted, capacity, stake, site]));
}

/** By code unit: the same in every locale. */
function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
