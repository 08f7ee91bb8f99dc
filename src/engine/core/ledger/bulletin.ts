/** What a witness publishes beside records: roster headers and checkpoints, parsed as strictly as records are. */
import { isId, isKey, isSignature, isWellFormed, sha256Id } from '../encoding.js';
import type { Check, Checkpoint, RosterHeader } from '../message.js';
import type { Network } from '../network.js';
import type { Id, NodeId, Signed } from '../record.js';
import { type Fault, either, fault, fits, integer, isObject, list, misfit, oneOf, parseJson, type Shape, shape, text } from './shape.js';

const BULLETIN_LENGTH_MAX = 16_384;
const TOP_MAX = 100;
const count = integer(0);
/** Far enough for any clock, near enough that an hour has ten digits. */
const MILLIS_MAX = 253_402_300_799_999;

const HEADER = shape({
  kind: oneOf('roster'),
  net: isId,
  witness: isKey,
  session: text(64),
  epoch: count,
  at: integer(0, MILLIS_MAX),
  roster: isId,
  size: count,
  secretHash: isId,
  revealed: either(oneOf(null), fits(shape({ epoch: count, secret: text(64) }))),
  ledger: fits(shape({ count, hash: isId })),
});

const CHECKPOINT = shape({
  kind: oneOf('checkpoint'),
  net: isId,
  hour: count,
  prev: either(oneOf(''), isId),
  root: isId,
  heads: count,
  state: isId,
  totals: fits(shape({ granted: count, minted: count, spendable: count, pending: count, escrowed: count, staked: count, burned: count })),
  fuel: count,
  mPpm: count,
  cap: count,
  top: list(fits(shape({ account: isKey, earned: count })), TOP_MAX),
});

export type HeaderResult = { readonly ok: true; readonly header: RosterHeader; readonly id: Id; readonly checks: readonly Check[] } | Fault;
export type CheckpointResult =
  | { readonly ok: true; readonly checkpoint: Checkpoint; readonly id: Id; readonly by: NodeId; readonly checks: readonly Check[] }
  | Fault;

/** A signed roster header: its own witness must have signed, and be one of the descriptor's. Never throws. */
export function parseHeader(signed: Signed, network: Network): HeaderResult {
  const parsed = parse<RosterHeader>(signed, HEADER, network, 'roster header');
  if (!parsed.ok) return parsed;
  const { value: header, b, s } = parsed;
  if (header.epoch * network.parameters.epochMs > MILLIS_MAX) return fault('The roster header lies too far in the future.');
  if (!isWitness(network, header.witness)) return fault('The roster header is by somebody who is no witness.');
  return { ok: true, header, id: sha256Id(b), checks: [{ by: header.witness, body: b, s }] };
}

/** A signed checkpoint. Its body names no signer: `by` is whom it is said to be from, the first witness by default. */
export function parseCheckpoint(signed: Signed, network: Network, by = network.witnesses[0]?.node ?? ''): CheckpointResult {
  const parsed = parse<Checkpoint>(signed, CHECKPOINT, network, 'checkpoint');
  if (!parsed.ok) return parsed;
  const { value: checkpoint, b, s } = parsed;
  if (checkpoint.hour * network.parameters.checkpointMs > MILLIS_MAX) return fault('The checkpoint lies too far in the future.');
  const { granted, minted, spendable, pending, escrowed, staked, burned } = checkpoint.totals;
  if (granted + minted !== spendable + pending + escrowed + staked + burned) return fault('The checkpoint\'s totals do not add up.');
  if (!isWitness(network, by)) return fault('The checkpoint is by somebody who is no witness.');
  return { ok: true, checkpoint, id: sha256Id(b), by, checks: [{ by, body: b, s }] };
}

function parse<Body extends { readonly net: Id }>(
  signed: unknown,
  expected: Shape,
  network: Network,
  name: string,
): { readonly ok: true; readonly value: Body; readonly b: string; readonly s: string } | Fault {
  if (!isObject(signed) || Object.keys(signed).length !== 2) return fault(`A ${name} has b and s, and nothing else.`);
  const { b, s } = signed;
  if (typeof b !== 'string' || b.length > BULLETIN_LENGTH_MAX || !isWellFormed(b)) return fault(`The ${name}'s text is no text, or too long.`);
  if (!isSignature(s)) return fault(`The ${name}'s signature is malformed.`);
  const value = parseJson(b);
  const wrong = misfit(value, expected);
  if (wrong !== undefined) return fault(`The ${name} ${wrong}.`);
  const body = value as Body;
  return body.net === network.net ? { ok: true, value: body, b, s } : fault(`The ${name} belongs to another network.`);
}

function isWitness(network: Network, node: NodeId): boolean {
  return network.witnesses.some((witness) => witness.node === node);
}
