/** Where authors' records come in: known ones are answered again, new ones verified, judged, and queued or refused. */
import { sha256Id } from '../encoding.js';
import { type ParsedRecord, recordKey } from '../ledger/entry.js';
import { parseRecord, recordChecks } from '../ledger/parse.js';
import type { Refusal } from '../message.js';
import type { AuthoredRecord, Id, NodeId, Signed } from '../record.js';
import { scheduleRoster } from './assembly.js';
import { certifyOwn, enqueue, type Fresh, itemOf } from './certifier.js';
import { draw, objectToDraw } from './draw.js';
import { onCiphertext, openTask } from './mailbox.js';
import { release } from './rent.js';
import { tend, tendCollection } from './repair.js';
import { countRecord, object, type Objection } from './policy.js';
import { epochAt, type Turn } from './state.js';
import { adopt, putAway, saveRoster } from './storeroom.js';

const REFUSED_EPOCHS = 2;
const REFUSED_MAX = 10_000;

export type DeskContinuation =
  | { readonly how: 'authored'; readonly record: ParsedRecord & AuthoredRecord; readonly signed: Signed; readonly from: NodeId; readonly ciphertext: Uint8Array | undefined }
  | { readonly how: 'refusal'; readonly to: NodeId };

export function onRecord(turn: Turn, from: NodeId, signed: Signed, ciphertext: Uint8Array | undefined): void {
  const { witness } = turn;
  const parsed = parseRecord(signed, witness.options.network);
  if (!parsed.ok) {
    if (typeof signed?.b === 'string') refuse(turn, from, sha256Id(signed.b), { code: 'bad-input', message: parsed.message });
    return;
  }
  const { record } = parsed;
  if (!isAuthored(record)) return refuse(turn, from, record.id, { code: 'bad-input', message: 'Only a witness writes records of this kind.' });
  if (record.author !== from) return; // a stranger's copy, perhaps with another ciphertext, decides nothing
  const known = witness.ledger.get(record.id);
  if (known) {
    const task = witness.tasks.get(record.id);
    if (task && ciphertext) onCiphertext(turn, task, ciphertext);
    return turn.emit({ do: 'send', to: from, message: { t: 'certified', r: known.certified } });
  }
  if (witness.busyKeys.get(recordKey(record)) === record.id) return; // on its way
  turn.emit({ do: 'verify', checks: recordChecks(signed, record), as: { how: 'authored', record, signed, from, ciphertext } satisfies DeskContinuation });
}

export function onAuthored(turn: Turn, { record, signed, from, ciphertext }: Extract<DeskContinuation, { how: 'authored' }>, ok: boolean): void {
  const { witness } = turn;
  if (!ok) return refuse(turn, from, record.id, { code: 'bad-input', message: 'The signature is wrong.' });
  if (witness.ledger.get(record.id) || witness.busyKeys.has(recordKey(record))) return;
  const logged = witness.log.get(recordKey(record));
  if (logged) {
    if (logged.id !== record.id) return refuse(turn, from, record.id, { code: 'bad-input', message: 'Another record was certified in this place of the chain.', head: witness.ledger.head(record.author) });
    // Signed before and lost since: the same certificate again, drawn as it was then.
    return enqueue(turn, itemOf(record, signed, { x: logged.x, ciphertext: objectToCiphertext(record, ciphertext) ? undefined : ciphertext }));
  }
  const objection = objectionBefore(turn, record.id) ?? object(turn, record, signed) ?? objectToCiphertext(record, ciphertext);
  const assignment = record.kind === 'escrow' && !objection ? draw(turn, record) : undefined;
  const final = objection ?? (record.kind === 'escrow' && assignment ? objectToDraw(turn, record, assignment) : undefined);
  if (final) return refuseForGood(turn, from, record.id, final);
  countRecord(turn, record);
  if (assignment) saveRoster(turn);
  enqueue(turn, itemOf(record, signed, assignment && { x: JSON.stringify(assignment), ciphertext }));
}

function objectToCiphertext(record: ParsedRecord, ciphertext: Uint8Array | undefined): Objection | undefined {
  if (record.kind !== 'escrow') return undefined;
  if (ciphertext && ciphertext.length === record.inSize && sha256Id(ciphertext) === record.inC) return undefined;
  return { code: 'bad-input', message: 'The ciphertext is missing or is not the one that the escrow commits to.' };
}

/**
 * The author may use the place in its chain again after a refusal, so the answer stands: until a retry is welcome, or
 * until the record is too old to be certified. Only what may change at any moment is judged anew.
 */
function refuseForGood(turn: Turn, to: NodeId, record: Id, objection: Objection): void {
  const { refused, options } = turn.witness;
  const lastsMs = REFUSED_EPOCHS * options.network.parameters.epochMs;
  if (objection.code !== 'relay-rejected' && !refused.has(record)) refused.set(record, { objection, untilMs: turn.now + Math.min(lastsMs, objection.retryAfterMs ?? lastsMs) });
  for (const [id, { untilMs }] of refused) if (untilMs <= turn.now || refused.size > REFUSED_MAX) refused.delete(id);
  refuse(turn, to, record, objection);
}

function objectionBefore({ witness: { refused }, now }: Turn, record: Id): Objection | undefined {
  const before = refused.get(record);
  return before && before.untilMs > now ? before.objection : undefined;
}

/** Signed, so that the author may prove that its place in the chain is free again. */
function refuse(turn: Turn, to: NodeId, record: Id, objection: Objection): void {
  const body: Refusal = { kind: 'refusal', net: turn.witness.options.network.net, record, ...objection };
  turn.emit({ do: 'sign', body: JSON.stringify(body), as: { how: 'refusal', to } satisfies DeskContinuation });
}

/** Certified: tell the author, and do what follows from the record. */
export function onCertified(turn: Turn, item: Fresh): void {
  const { record, certified } = item;
  if (isAuthored(record)) turn.emit({ do: 'send', to: record.author, message: { t: 'certified', r: certified } });
  switch (record.kind) {
    case 'open':
      if (turn.witness.seats.has(record.author)) scheduleRoster(turn);
      return grantFaucet(turn, record.author);
    case 'grant':
      return turn.emit({ do: 'send', to: record.account, message: { t: 'certified', r: certified } });
    case 'escrow':
      return item.ciphertext ? openTask(turn, item) : adopt(turn, record.id);
    case 'settle': {
      const task = turn.witness.tasks.get(record.escrow);
      const code = item.end ?? task?.end ?? (record.pay.length > 0 ? 'settled' : 'timeout');
      for (const node of new Set([record.submitter, ...(task?.slots.keys() ?? [])])) {
        turn.emit({ do: 'send', to: node, message: { t: 'certified', r: certified } });
        turn.emit({ do: 'send', to: node, message: { t: 'ended', escrow: record.escrow, code } });
      }
      return putAway(turn, record.escrow);
    }
    default:
      return onCollectionsGrew(turn, [record]);
  }
}

/** Records of collections are certain now: what is due for their shards is done. */
export function onCollectionsGrew(turn: Turn, records: readonly ParsedRecord[]): void {
  for (const record of records) {
    const view = turn.witness.ledger.collection('collection' in record ? record.collection || record.id : '');
    if (!view) continue;
    if (view.record.closed && !view.released) release(turn, view, 'closed');
    if (record.kind === 'release') turn.emit({ do: 'send', to: view.owner, message: { t: 'certified', r: turn.witness.ledger.get(record.id)!.certified } });
    if (record.kind === 'hold') tend(turn, { collection: view.id, shard: record.shard });
    else if (record.kind !== 'rent') tendCollection(turn, view);
  }
}

/** A development network gives every new account something to try it with, once. */
export function grantFaucet(turn: Turn, account: NodeId): void {
  const { witness } = turn;
  const { faucet } = witness.options.network.parameters;
  const key = `grant:${account}`;
  if (faucet === 0 || witness.ledger.granted(account) || witness.busyKeys.has(key) || witness.log.has(key)) return;
  certifyOwn(turn, { kind: 'grant', net: witness.options.network.net, epoch: epochAt(turn, turn.now), account, amount: faucet });
}

function isAuthored(record: ParsedRecord): record is ParsedRecord & AuthoredRecord {
  return 'author' in record;
}
