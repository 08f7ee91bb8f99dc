/** Where authors' records come in: known ones are answered again, new ones verified, judged, and queued or refused. */
import { sha256Id } from '../encoding.js';
import { type ParsedRecord, recordKey } from '../ledger/entry.js';
import { parseRecord, recordChecks } from '../ledger/parse.js';
import type { Refusal } from '../message.js';
import type { AuthoredRecord, NodeId, Signed } from '../record.js';
import { enqueue, type Fresh, itemOf } from './certifier.js';
import { draw, onCiphertext, openTask } from './mailbox.js';
import { countTask, object, type Objection } from './policy.js';
import { epochAt, type Turn } from './state.js';

export type DeskContinuation =
  | { readonly how: 'authored'; readonly record: ParsedRecord; readonly signed: Signed; readonly from: NodeId; readonly ciphertext: Uint8Array | undefined }
  | { readonly how: 'refusal'; readonly to: NodeId };

export function onRecord(turn: Turn, from: NodeId, signed: Signed, ciphertext: Uint8Array | undefined): void {
  const { witness } = turn;
  const parsed = parseRecord(signed, witness.options.network);
  if (!parsed.ok) {
    if (typeof signed?.b === 'string') refuse(turn, from, sha256Id(signed.b), { code: 'bad-input', message: parsed.message });
    return;
  }
  const { record } = parsed;
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
  if (!isAuthored(record)) return refuse(turn, from, record.id, { code: 'bad-input', message: 'Only a witness writes records of this kind.' });
  if (!ok) return refuse(turn, from, record.id, { code: 'bad-input', message: 'The signature is wrong.' });
  if (witness.ledger.get(record.id) || witness.busyKeys.has(recordKey(record))) return;
  const logged = witness.log.get(recordKey(record));
  if (logged) {
    if (logged.id !== record.id) return refuse(turn, from, record.id, { code: 'bad-input', message: 'Another record was certified in this place of the chain.', head: witness.ledger.head(record.author) });
    // Signed before and lost since: the same certificate again, drawn as it was then.
    return enqueue(turn, itemOf(record, signed, { x: logged.x, ciphertext }));
  }
  const objection = object(turn, record) ?? objectToCiphertext(record, ciphertext);
  if (objection) return refuse(turn, from, record.id, objection);
  if (record.kind !== 'escrow') return enqueue(turn, itemOf(record, signed));
  countTask(turn, record);
  enqueue(turn, itemOf(record, signed, { x: JSON.stringify(draw(turn, record)), ciphertext }));
}

function objectToCiphertext(record: ParsedRecord, ciphertext: Uint8Array | undefined): Objection | undefined {
  if (record.kind !== 'escrow') return undefined;
  if (ciphertext && ciphertext.length === record.inSize && sha256Id(ciphertext) === record.inC) return undefined;
  return { code: 'bad-input', message: 'The ciphertext is missing or is not the one that the escrow commits to.' };
}

/** Signed, so that the author may prove that its place in the chain is free again. */
function refuse(turn: Turn, to: NodeId, record: string, objection: Objection): void {
  const body: Refusal = { kind: 'refusal', net: turn.witness.options.network.net, record, ...objection };
  turn.emit({ do: 'sign', body: JSON.stringify(body), as: { how: 'refusal', to } satisfies DeskContinuation });
}

/** Certified: tell the author, and do what follows from the record. */
export function onCertified(turn: Turn, item: Fresh): void {
  const { record, certified } = item;
  if (isAuthored(record)) turn.emit({ do: 'send', to: record.author, message: { t: 'certified', r: certified } });
  switch (record.kind) {
    case 'open':
      return grantFaucet(turn, record.author);
    case 'grant':
      return turn.emit({ do: 'send', to: record.account, message: { t: 'certified', r: certified } });
    case 'escrow':
      return openTask(turn, item);
    case 'settle': {
      const task = turn.witness.tasks.get(record.escrow);
      const code = item.end ?? task?.end ?? (record.pay.length > 0 ? 'settled' : 'timeout');
      for (const node of new Set([record.submitter, ...(task?.slots.keys() ?? [])])) {
        turn.emit({ do: 'send', to: node, message: { t: 'certified', r: certified } });
        turn.emit({ do: 'send', to: node, message: { t: 'ended', escrow: record.escrow, code } });
      }
    }
  }
}

/** A development network gives every new account something to try it with, once. */
export function grantFaucet(turn: Turn, account: NodeId): void {
  const { witness } = turn;
  const { faucet } = witness.options.network.parameters;
  const key = `grant:${account}`;
  if (faucet === 0 || witness.ledger.granted(account) || witness.busyKeys.has(key) || witness.log.has(key)) return;
  const body = { kind: 'grant', net: witness.options.network.net, epoch: epochAt(turn, turn.now), account, amount: faucet } as const;
  const b = JSON.stringify(body);
  enqueue(turn, itemOf({ ...body, id: sha256Id(b) }, { b, s: '' }));
}

function isAuthored(record: ParsedRecord): record is ParsedRecord & AuthoredRecord {
  return 'author' in record;
}
