/**
 * The one guard, shared by relay, witness and peers: what a record must be before it is stored, folded or forwarded
 * (PROTOCOL 2, `valid`). Everything here is decided from the value and the descriptor alone; the signatures to be
 * verified are returned as checks. Funds, rates and caps are the witness's policy and no part of it.
 */
import { hash, isSignature, isWellFormed, leadingZeroBits, toBase64url } from '../encoding.js';
import type { Check } from '../message.js';
import type { Network } from '../network.js';
import type { Assignment, Certified, Millis, Pay, Rec, Signed } from '../record.js';
import { ASSIGNMENT_LENGTH_MAX, checksOf } from './certificate.js';
import { authorOf, type ParsedRecord } from './entry.js';
import { ASSIGNMENT, RECORD_LENGTH_MAX, RECORD_SHAPES } from './record-shapes.js';
import { type Fault, fault, isObject, misfit, parseJson } from './shape.js';

export { graphKey, type GraphItem, type GraphKey } from './graph-key.js';
export { parseCheckpoint, parseHeader } from './bulletin.js';
export type { Fault as RecordFault } from './shape.js';

export type ParseResult = { readonly ok: true; readonly record: ParsedRecord } | Fault;

export type GuardResult =
  | { readonly ok: true; readonly record: ParsedRecord; readonly assignment?: Assignment; readonly checks: readonly Check[] }
  | Fault;

/** End of the year 9999, so that every hour has ten digits. */
const MILLIS_MAX: Millis = 253_402_300_799_999;
const HOUR_MS = 3_600_000;

/** Never throws, whatever `signed` is. Fields beside `b` and `s` are not looked at. */
export function parseRecord(signed: Signed, network: Network): ParseResult {
  return parse(signed, network);
}

/** The author's signature; none for a witness's record, whose certificate speaks. */
export function recordChecks(signed: Signed, record: Rec): Check[] {
  const by = authorOf(record);
  return by === '' ? [] : [{ by, body: signed.b, s: signed.s }];
}

/** Everything there is to verify about a certified record; it is good when all checks hold. Never throws. */
export function guardChecks(network: Network, signed: Certified): GuardResult {
  const parsed = parse(signed, network);
  if (!parsed.ok) return parsed;
  const { record } = parsed;
  if (Object.keys(signed).length !== 3) return fault('A certified record has b, s and c, and nothing else.');
  const certificate = checksOf(network, record.id, signed.c);
  if (!Array.isArray(certificate)) return certificate;
  const checks = [...recordChecks(signed, record), ...certificate];
  const { x } = signed.c;
  if (record.kind !== 'escrow') {
    return x === undefined ? { ok: true, record, checks } : fault('Only the certificate of an escrow carries an assignment.');
  }
  const assignment = x === undefined ? undefined : parseAssignment(x);
  if (!assignment) return fault('The escrow\'s certificate lacks a proper assignment.');
  if (record.k === 0 ? assignment.k > 2 : assignment.k !== record.k) {
    return fault('The assignment has another number of replicas than the escrow.');
  }
  const { among } = assignment;
  if (record.on ? !assignment.ranks.every(({ node }) => among?.includes(node)) : among) return fault('A task on a shard, and no other, is assigned among its holders.');
  if (assignment.ranks.some(({ node }) => node === record.author)) return fault('The submitter is assigned to its own task.');
  return { ok: true, record, assignment, checks };
}

/** An assignment's text, or undefined where it is not one: strict shape, at least k ranks, no node twice. */
export function parseAssignment(x: string): Assignment | undefined {
  if (x.length > ASSIGNMENT_LENGTH_MAX) return undefined;
  const value = parseJson(x);
  if (misfit(value, ASSIGNMENT) !== undefined) return undefined;
  const assignment = value as Assignment;
  const nodes = new Set(assignment.ranks.map(({ node }) => node));
  return nodes.size === assignment.ranks.length && nodes.size >= assignment.k ? assignment : undefined;
}

function parse(signed: unknown, network: Network): ParseResult {
  if (!isObject(signed) || typeof signed.b !== 'string') return fault('A record is an object with its text and signature.');
  const { b, s } = signed;
  if (b.length > RECORD_LENGTH_MAX || !isWellFormed(b)) return fault('The record\'s text is too long or no proper Unicode.');
  const value = parseJson(b);
  if (!isObject(value)) return fault('The record\'s text is no JSON object.');
  const expected = RECORD_SHAPES.get(value.kind);
  if (!expected) return fault('The kind of record is unknown.');
  const wrong = misfit(value, expected);
  if (wrong !== undefined) return fault(`The ${String(value.kind)} record ${wrong}.`);
  const record = value as unknown as Rec;
  if (authorOf(record) === '' ? s !== '' : !isSignature(s)) return fault('The signature is malformed, or has no place here.');
  const digest = hash(b);
  const broken = brokenRule(record, digest, network);
  return broken === undefined ? { ok: true, record: { ...record, id: toBase64url(digest) } } : fault(broken);
}

/** Rules that go beyond one field. */
function brokenRule(record: Rec, digest: Uint8Array, { net, parameters, grants }: Network): string | undefined {
  if (record.net !== net) return 'The record belongs to another network.';
  if (record.epoch * parameters.epochMs > MILLIS_MAX) return 'The record lies too far in the future.';
  switch (record.kind) {
    case 'open':
      return leadingZeroBits(digest) < parameters.openBits ? 'The open record lacks its proof of work.' : undefined;
    case 'escrow':
      return record.on && record.type !== 'vector_search' && record.type !== 'vector_insert' ? 'There is nothing to do on a shard but to search it and to insert.' : undefined;
    case 'collection':
      return record.closed && record.shards.length > 0 ? 'A collection that is closed has no shards.' : undefined;
    case 'hold':
      return new Set(record.holders).size < record.holders.length ? 'A holder is named twice.' : undefined;
    case 'rent':
      return record.burn + sumOf(record.pay) === record.amount ? undefined : 'The rent does not add up to its amount.';
    case 'settle': {
      if (record.refund + record.burn + sumOf(record.pay) !== record.amount) return 'The settlement does not add up to its amount.';
      return new Set(record.slots.map(({ who }) => who)).size < record.slots.length ? 'A worker has two slots.' : undefined;
    }
    case 'uptime':
      return record.hour * HOUR_MS > (record.epoch + 1) * parameters.epochMs ? 'The uptime\'s hour has not begun.' : undefined;
    case 'grant':
      // A genesis grant and a faucet grant would compete for one slot.
      if (grants.some(({ account }) => account === record.account)) return 'The account has its grant in the descriptor.';
      return record.amount > parameters.faucet ? 'The faucet does not grant that much.' : undefined;
    default:
      return undefined;
  }
}

function sumOf(pay: readonly Pay[]): number {
  return pay.reduce((sum, { amount }) => sum + amount, 0);
}
