/**
 * What a witness asks of an author's record before it signs (PROTOCOL 2, "witness policy"). Shape and
 * signature were checked before; here it is funds, order, rates and time.
 */
import { escrowAmount } from '../assignment/price.js';
import { rank } from '../assignment/ranking.js';
import type { ParsedRecord } from '../ledger/entry.js';
import type { Refusal } from '../message.js';
import type { AuthoredRecord, EscrowRecord, Id } from '../record.js';
import { epochAt, type Turn } from './state.js';

export type Objection = Omit<Refusal, 'kind' | 'net' | 'record'>;

const DEADLINE_BASE_MS = 5_000;
const DEADLINE_MAX_MS = 3_600_000;
const FUEL_PER_MS = 1_000;
const RETRY_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Undefined when nothing speaks against certifying. */
export function object(turn: Turn, record: ParsedRecord & AuthoredRecord): Objection | undefined {
  return objectToPlace(turn, record) ?? objectToKind(turn, record);
}

function objectToPlace(turn: Turn, record: ParsedRecord & AuthoredRecord): Objection | undefined {
  const { ledger, missing, busyAuthors, halted } = turn.witness;
  const { author } = record;
  if (halted) return { code: 'relay-rejected', message: 'The witness cannot use its signing log and signs nothing.', retryAfterMs: RETRY_MS };
  if (ledger.forked.has(author)) return { code: 'account-frozen', message: 'This account has two certified records in one place and is frozen.' };
  if ([...missing.values()].includes(author)) return { code: 'relay-rejected', message: 'The witness is recovering records of this account; try again shortly.', retryAfterMs: RETRY_MS };
  if (busyAuthors.has(author)) return { code: 'relay-rejected', message: 'Another record of this account is being certified.', retryAfterMs: RETRY_MS };
  if (Math.abs(record.epoch - epochAt(turn, turn.now)) > 1) return { code: 'clock-skew', message: 'The record is dated in another epoch. Set this machine\'s clock right.' };
  const head = ledger.head(author);
  if (record.seq !== (head?.seq ?? -1) + 1 || record.prev !== (head?.id ?? '')) {
    return { code: 'bad-input', message: 'The record does not continue the account\'s chain.', head };
  }
  return undefined;
}

function objectToKind(turn: Turn, record: ParsedRecord & AuthoredRecord): Objection | undefined {
  const { ledger, options } = turn.witness;
  const balances = ledger.balances(record.author, epochAt(turn, turn.now));
  switch (record.kind) {
    case 'open':
      return undefined;
    case 'name':
      return ledger.nameOwner(record.name) === undefined ? undefined : { code: 'bad-input', message: 'That name is taken.' };
    case 'transfer':
      return afford(balances.spendable, record.amount);
    case 'bond': {
      // Faucet credits are for trying things out; stake must have been earned or granted at genesis.
      const faucet = options.network.parameters.faucet > 0 && ledger.bySlot(`grant:${record.author}`) ? options.network.parameters.faucet : 0;
      return afford(balances.spendable - faucet, record.amount);
    }
    case 'unbond':
      return afford(balances.staked, record.amount);
    case 'escrow':
      return objectToTerms(turn, record) ?? afford(balances.spendable, record.amount) ?? objectToRate(turn, record) ?? objectToDraw(turn, record);
  }
}

function afford(available: number, amount: number): Objection | undefined {
  if (available >= amount) return undefined;
  return { code: 'insufficient-credits', message: `The record moves ${amount / 1e6} credits and the account has ${Math.max(0, available) / 1e6}.` };
}

function objectToTerms(turn: Turn, record: EscrowRecord): Objection | undefined {
  const { parameters } = turn.witness.options.network;
  const deadlineMin = DEADLINE_BASE_MS + 3 * Math.ceil(record.meter.fuel / FUEL_PER_MS);
  if (record.inSize > parameters.payloadBytesMax) return { code: 'payload-too-large', message: `A payload may have ${parameters.payloadBytesMax} bytes.` };
  if (record.meter.fuel > parameters.taskFuelMax) return { code: 'payload-too-large', message: 'The task needs more work than one task may; split it.' };
  if (record.amount !== escrowAmount(record.meter.price, record.k, record.priority, parameters.payMin)) return { code: 'bad-input', message: 'The amount is not replicas x price x priority.' };
  if (record.deadline < deadlineMin || record.deadline > DEADLINE_MAX_MS) return { code: 'bad-input', message: `The deadline must lie between ${deadlineMin} and ${DEADLINE_MAX_MS} ms.` };
  return undefined;
}

function objectToRate({ witness, now }: Turn, { author }: EscrowRecord): Objection | undefined {
  const hour = Math.floor(now / HOUR_MS);
  const count = witness.hourly.hour === hour ? (witness.hourly.counts.get(author) ?? 0) : 0;
  if (count < witness.options.network.parameters.tasksPerHourMax) return undefined;
  return { code: 'rate-limited', message: 'This identity has submitted its tasks for this hour.', retryAfterMs: (hour + 1) * HOUR_MS - now };
}

export function countTask({ witness, now }: Turn, { author }: EscrowRecord): void {
  const hour = Math.floor(now / HOUR_MS);
  if (witness.hourly.hour !== hour) {
    witness.hourly.hour = hour;
    witness.hourly.counts.clear();
  }
  witness.hourly.counts.set(author, (witness.hourly.counts.get(author) ?? 0) + 1);
}

/** k of 0 leaves the choice to the witness: two, until adaptive replication chooses. */
export function replicasOf(record: EscrowRecord): number {
  return record.k === 0 ? 2 : record.k;
}

function objectToDraw({ witness }: Turn, record: EscrowRecord & { readonly id: Id }): Objection | undefined {
  const { parameters } = witness.options.network;
  const k = replicasOf(record);
  // How many can be seated does not depend on the seed, only who.
  const able = rank('', witness.roster.members, { count: k, submitter: record.author, kind: record.type, version: record.version, k: 1, oneWorkerPerSite: parameters.oneWorkerPerSite });
  if (able.length >= k) return undefined;
  return { code: 'no-workers', message: `The task needs ${k} workers for ${record.type} version ${record.version}, and ${able.length} are there.`, retryAfterMs: RETRY_MS };
}
