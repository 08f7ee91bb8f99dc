/**
 * What a witness asks of an author's record before it signs (PROTOCOL 2, "witness policy"). Shape and
 * signature were checked before; here it is funds, order, rates and time.
 */
import { escrowAmount } from '../assignment/price.js';
import { canSealTo } from '../box-key.js';
import { parseJson } from '../ledger/shape.js';
import type { ParsedRecord } from '../ledger/entry.js';
import type { Refusal } from '../message.js';
import { nameTaken } from '../texts.js';
import type { AuthoredRecord, EscrowRecord, Signed } from '../record.js';
import { objectToCollection, objectToShard } from './collection-policy.js';
import { epochAt, type Turn } from './state.js';

export type Objection = Omit<Refusal, 'kind' | 'net' | 'record'>;

const DEADLINE_BASE_MS = 5_000;
const DEADLINE_MAX_MS = 3_600_000;
const FUEL_PER_MS = 1_000;
const RETRY_MS = 1_000;
const HOUR_MS = 3_600_000;

/** Undefined when nothing speaks against certifying. */
export function object(turn: Turn, record: ParsedRecord & AuthoredRecord, signed: Signed): Objection | undefined {
  return objectToText(signed) ?? objectToPlace(turn, record) ?? objectToRate(turn, record) ?? objectToKind(turn, record);
}

/** Every replica keeps a record for ever, so blanks and odd spellings are not paid for by all. */
function objectToText({ b }: Signed): Objection | undefined {
  return JSON.stringify(parseJson(b)) === b ? undefined : { code: 'bad-input', message: 'The record\'s text is not written as JSON.stringify writes it.' };
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
    case 'name': {
      // Whoever has a name may take it up again after another one.
      const owner = ledger.nameOwner(record.name);
      return owner === undefined || owner === record.author ? undefined : { code: 'bad-input', message: nameTaken(record.name) };
    }
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
      return objectToTerms(turn, record) ?? objectToShard(turn, record) ?? afford(balances.spendable, record.amount);
    case 'collection':
      return objectToCollection(turn, record) ?? afford(balances.spendable, record.amount);
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
  if (!canSealTo(record.resultKey)) return { code: 'bad-input', message: 'Nothing can be sealed to the result key.' };
  if (record.deadline < deadlineMin || record.deadline > DEADLINE_MAX_MS) return { code: 'bad-input', message: `The deadline must lie between ${deadlineMin} and ${DEADLINE_MAX_MS} ms.` };
  return undefined;
}

function objectToRate({ witness, now }: Turn, { author }: AuthoredRecord): Objection | undefined {
  const hour = Math.floor(now / HOUR_MS);
  const count = witness.hourly.hour === hour ? (witness.hourly.counts.get(author) ?? 0) : 0;
  if (count < witness.options.network.parameters.tasksPerHourMax) return undefined;
  return { code: 'rate-limited', message: 'This identity has written its records for this hour.', retryAfterMs: (hour + 1) * HOUR_MS - now };
}

/** Tasks and all other records together: each costs every replica the same. */
export function countRecord({ witness, now }: Turn, { author }: AuthoredRecord): void {
  const hour = Math.floor(now / HOUR_MS);
  if (witness.hourly.hour !== hour) {
    witness.hourly.hour = hour;
    witness.hourly.counts.clear();
  }
  witness.hourly.counts.set(author, (witness.hourly.counts.get(author) ?? 0) + 1);
}
