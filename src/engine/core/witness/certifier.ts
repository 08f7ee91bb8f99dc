/**
 * Turns accepted records into certified ones: log (fsynced), then sign, then fold, save and publish, one batch at
 * a time under one Merkle root. The log comes first, so that no crash lets this witness sign twice at one key.
 */
import { certify } from '../ledger/certificate.js';
import { authorOf, recordKey, type ParsedRecord } from '../ledger/entry.js';
import type { Assignment, Certified, Signed, WitnessRecord } from '../record.js';
import { parseAssignment, parseRecord } from '../ledger/parse.js';
import { either, misfit, oneOf, parseJson, shape, text } from '../ledger/shape.js';
import type { EdgeNetErrorCode } from '../code.js';
import { isId, isKey, isSignature, sha256Id } from '../encoding.js';
import { paths } from './paths.js';
import type { Item, LogEntry, Turn } from './state.js';

const BATCH_MAX = 512;
const SETTLE_INTERVAL_MS = 250;

export const SETTLE_TIMER = 'settle';
export const RECERTIFY_TIMER = 'recertify';

const LOG_TEXT_MAX = 16_384;
const LOG_ENTRY = shape({ id: isId, author: either(oneOf(''), isKey) }, { b: text(LOG_TEXT_MAX), s: either(oneOf(''), isSignature), x: text(LOG_TEXT_MAX) });

export type CertifierContinuation = { readonly how: 'batch' } | { readonly how: 'batch-log' };

export function itemOf(record: ParsedRecord, signed: Signed, extra: Pick<Item, 'x' | 'ciphertext' | 'end'> = {}): Item {
  return { record, signed, key: recordKey(record), ...extra };
}

/** Accepts a record into the next batch. The caller has applied policy. */
export function enqueue(turn: Turn, item: Item): void {
  const { witness } = turn;
  const author = authorOf(item.record);
  if (author !== '') witness.busyAuthors.set(author, item.record.id);
  witness.busyKeys.set(item.key, item.record.id);
  if (item.record.kind === 'settle') {
    if (witness.settlements.length === 0) turn.emit({ do: 'timer', name: SETTLE_TIMER, delayMs: SETTLE_INTERVAL_MS });
    witness.settlements.push(item);
    return;
  }
  witness.queue.push(item);
  pump(turn);
}

/** Accepts a record of the witness's own. */
export function certifyOwn(turn: Turn, body: WitnessRecord, extra: Pick<Item, 'end'> = {}): void {
  const b = JSON.stringify(body);
  const signed: Signed = { b, s: '' };
  enqueue(turn, itemOf({ ...body, id: sha256Id(b) }, signed, extra));
}

/** Whether what is decided now may rest on the ledger, and be signed. */
export function isSigning({ witness }: Turn): boolean {
  return witness.started && witness.missing.size === 0 && !witness.halted;
}

/** On `SETTLE_TIMER`. */
export function flushSettlements(turn: Turn): void {
  turn.witness.queue.push(...turn.witness.settlements.splice(0));
  pump(turn);
}

export function pump(turn: Turn): void {
  const { witness } = turn;
  if (witness.batch || witness.queue.length === 0 || witness.halted) return;
  const batch = witness.queue.splice(0, BATCH_MAX);
  witness.batch = batch;
  const { body } = certify(witness.options.network.net, batch.map(({ record, x }) => ({ id: record.id, x })));
  const writes = batch.map((item): [string, string] => [`log/${item.key}`, JSON.stringify(logEntry(item))]);
  turn.emit({ do: 'save', area: 'vault', writes, then: [{ do: 'sign', body, as: { how: 'batch' } satisfies CertifierContinuation }], as: { how: 'batch-log' } satisfies CertifierContinuation });
}

function logEntry({ record, signed: { b, s }, x }: Item): LogEntry {
  return { id: record.id, author: authorOf(record), b, s, ...(x === undefined ? {} : { x }) };
}

export interface Fresh extends Item {
  readonly certified: Certified;
  readonly assignment: Assignment | undefined;
}

/** The batch's signature is here: fold and save. @returns what is certified now, for `publish` once those concerned were told */
export function onBatchSigned(turn: Turn, signature: string): Fresh[] {
  const { witness } = turn;
  const { net } = witness.options.network;
  const batch = witness.batch ?? [];
  witness.batch = undefined;
  const { certificates } = certify(net, batch.map(({ record, x }) => ({ id: record.id, x })));
  const sigs = [{ by: witness.options.id, s: signature }];
  const fresh = batch.map((item, i): Fresh => ({
    ...item, certified: { ...item.signed, c: { ...certificates[i]!, sigs } }, assignment: item.x === undefined ? undefined : parseAssignment(item.x),
  }));
  for (const item of fresh) {
    witness.log.set(item.key, remembered(logEntry(item)));
    witness.missing.delete(item.record.id);
    witness.ledger.add(item.record, item.certified, item.assignment);
    witness.busyKeys.delete(item.key);
    const author = authorOf(item.record);
    if (author !== '') witness.busyAuthors.delete(author);
  }
  turn.emit({
    do: 'save', area: 'store', writes: fresh.map((item): [string, string] => [paths.record(item.record.id), JSON.stringify(item.certified)]), then: [],
  });
  pump(turn);
  return fresh;
}

/** Comes last: the graph takes its time with each record, and a worker waits for its assignment meanwhile. */
export function publish(turn: Turn, fresh: readonly Fresh[]): void {
  for (const { certified } of fresh) turn.emit({ do: 'publish', value: { topic: 'ledger', record: certified } });
}

/** The log could not be written. Nothing of the batch was signed; nothing more will be. */
export function onLogFailed(turn: Turn, code: EdgeNetErrorCode, message: string): void {
  const { witness } = turn;
  for (const { key } of witness.batch ?? []) witness.busyKeys.delete(key);
  witness.busyAuthors.clear();
  witness.batch = undefined;
  halt(turn, code, message);
}

/** Whoever cannot tell what it signed, or cannot note what it signs, signs nothing. */
function halt(turn: Turn, code: EdgeNetErrorCode, message: string): void {
  turn.witness.halted = true;
  turn.emit({ do: 'notify', notice: { note: 'trouble', code, message: `The signing log cannot be used, so nothing is signed until the witness is restarted: ${message}` } });
}

/**
 * Loads the signing log. What only the witness wrote is certified again at once; an author's record may still come back
 * from the peers, with the certificate that they know, for one epoch. Until it is back its account does not move.
 */
export function restoreLog(turn: Turn, vault: readonly (readonly [string, string | Uint8Array])[]): void {
  const { witness } = turn;
  for (const [path, value] of vault) {
    if (!path.startsWith('log/') || typeof value !== 'string') continue;
    const entry = parseJson(value) as LogEntry;
    if (misfit(entry, LOG_ENTRY) !== undefined) {
      halt(turn, 'storage-corrupt', `its entry ${path} is damaged. Restore the keys folder from a backup.`);
      continue;
    }
    const known = witness.ledger.get(entry.id) !== undefined;
    witness.log.set(path.slice('log/'.length), known ? remembered(entry) : entry);
    if (!known) witness.missing.set(entry.id, entry.author);
  }
  if (witness.missing.size === 0) return;
  enqueueMissing(turn, (author) => author === '');
  turn.emit({ do: 'timer', name: RECERTIFY_TIMER, delayMs: witness.options.network.parameters.epochMs });
}

/** On `RECERTIFY_TIMER`: what nobody brought back is certified once more, as the log has it. */
export function recertify(turn: Turn): void {
  enqueueMissing(turn, () => true);
}

function enqueueMissing(turn: Turn, isWanted: (author: LogEntry['author']) => boolean): void {
  const { witness } = turn;
  for (const [key, { id, author, b, s, x }] of witness.log) {
    if (!witness.missing.has(id) || witness.busyKeys.has(key) || !isWanted(author) || b === undefined || sha256Id(b) !== id) continue;
    const signed: Signed = { b, s: s ?? '' };
    const parsed = parseRecord(signed, witness.options.network);
    if (parsed.ok) enqueue(turn, itemOf(parsed.record, signed, { x }));
  }
}

/** All that a record needs in memory once the ledger has it. */
function remembered({ id, author }: LogEntry): LogEntry {
  return { id, author };
}
