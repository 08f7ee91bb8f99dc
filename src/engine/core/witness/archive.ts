/** The witness as a replica, and what it restores of itself after a stop: records, log, secrets, tasks in flight. */
import { guardChecks } from '../ledger/parse.js';
import { isObject, parseJson } from '../ledger/shape.js';
import { parseReceipt } from '../message-shape.js';
import type { Certified, Id } from '../record.js';
import type { SyncTurn } from '../sync.js';
import { scheduleRoster } from './assembly.js';
import { grantFaucet } from './desk.js';
import { restoreLog } from './certifier.js';
import { armDeadline, newSlot, newTask, recordReceipt, tally, watch } from './slots.js';
import type { Task, Turn } from './state.js';

type Stored = readonly (readonly [string, string | Uint8Array])[];

/** Results are kept for a submitter that went away. */
const RESULT_KEPT_MS = 24 * 3_600_000;
const SWEEP_MS = 600_000;
/** After a restart the submitter has to find its way back before its keys are due. */
const RETURN_PATIENCE_MS = 15_000;

export const SWEEP_TIMER = 'sweep';

export function syncTurn({ witness, emit }: Turn): SyncTurn {
  return { ledger: witness.ledger, sync: witness.sync, emit };
}

export function restore(turn: Turn, store: Stored, vault: Stored): void {
  const { witness } = turn;
  const broken = store.filter(([key, value]) => key.startsWith('rec/') && !restoreRecord(turn, value)).length;
  if (broken > 0) turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'storage-corrupt', message: `${broken} stored records could not be read; they will be asked back from the peers.` } });
  for (const [path, value] of vault) {
    const epoch = path.startsWith('secret/') ? Number(path.slice('secret/'.length)) : NaN;
    if (Number.isSafeInteger(epoch) && typeof value !== 'string') witness.secrets.set(epoch, value);
  }
  restoreLog(turn, vault);
  const stored = new Map(store);
  for (const { record } of witness.ledger.openEscrows()) adoptTask(turn, record.id, stored);
  turn.emit({ do: 'timer', name: SWEEP_TIMER, delayMs: SWEEP_MS });
}

function restoreRecord({ witness }: Turn, value: string | Uint8Array): boolean {
  try {
    const certified = JSON.parse(value as string) as Certified;
    const guarded = guardChecks(witness.options.network, certified);
    if (guarded.ok) witness.ledger.add(guarded.record, certified, guarded.assignment);
    return guarded.ok;
  } catch {
    return false;
  }
}

/**
 * Takes up an open escrow that this process knows from the ledger only. What the store kept of it goes on where it
 * stopped; without a ciphertext the submitter is asked for it, and at the deadline it is refunded.
 */
function adoptTask(turn: Turn, escrow: Id, stored: ReadonlyMap<string, string | Uint8Array>): void {
  const { witness } = turn;
  const entry = witness.ledger.get(escrow);
  if (entry?.record.kind !== 'escrow' || !entry.assignment || witness.tasks.has(escrow)) return;
  const ciphertext = stored.get(`in/${escrow}`);
  const task = newTask(entry.record, entry.assignment, ciphertext instanceof Uint8Array ? ciphertext : undefined);
  witness.tasks.set(escrow, task);
  armDeadline(turn, task);
  if (!task.ciphertext) return;
  const boxes = parseStored(stored.get(`boxes/${escrow}`));
  if (isObject(boxes)) task.boxes = boxes as Task['boxes'];
  task.assignment.ranks.forEach(({ node }, place) => {
    const kept = stored.get(`receipt/${escrow}/${node}`);
    const receipt = typeof kept === 'string' ? parseReceipt(kept) : undefined;
    const result = stored.get(`out/${escrow}/${node}`);
    const answered = receipt !== undefined && result instanceof Uint8Array;
    if (!answered && place >= task.assignment.k) return;
    const slot = newSlot(turn);
    task.slots.set(node, slot);
    if (answered) recordReceipt(task, node, slot, receipt, result);
  });
  watch(turn, task, RETURN_PATIENCE_MS);
  tally(turn, task);
}

function parseStored(value: string | Uint8Array | undefined): unknown {
  return typeof value === 'string' ? parseJson(value) : undefined;
}

/** Guarded records from a peer: what the store lost comes back this way. */
export function foldReturned(turn: Turn, records: readonly Certified[]): void {
  const { witness } = turn;
  const writes: [string, string][] = [];
  for (const certified of records) {
    const guarded = guardChecks(witness.options.network, certified);
    if (!guarded.ok || witness.ledger.get(guarded.record.id)) continue;
    const { record } = guarded;
    witness.ledger.add(record, certified, guarded.assignment);
    witness.missing.delete(record.id);
    writes.push([`rec/${record.id}`, JSON.stringify(certified)]);
  }
  if (writes.length === 0) return;
  turn.emit({ do: 'save', area: 'store', writes, then: [] });
  // Its header tells the peers, some of whom may lack what one of them returned.
  scheduleRoster(turn);
  for (const { record } of witness.ledger.openEscrows()) adoptTask(turn, record.id, NOTHING);
}

const NOTHING: ReadonlyMap<string, string> = new Map();

/** Tasks over for a day are forgotten, results and all. */
export function sweep(turn: Turn): void {
  const { witness, now } = turn;
  turn.emit({ do: 'timer', name: SWEEP_TIMER, delayMs: SWEEP_MS });
  for (const [escrow, task] of witness.tasks) {
    if (!task.end || now - task.endedAtMs < RESULT_KEPT_MS) continue;
    witness.tasks.delete(escrow);
    const keys = [`in/${escrow}`, `boxes/${escrow}`, ...[...task.slots.keys()].flatMap((node) => [`receipt/${escrow}/${node}`, `out/${escrow}/${node}`])];
    turn.emit({ do: 'save', area: 'store', writes: keys.map((key) => [key, null] as const), then: [] });
  }
}

/** Accounts that were opened while the witness was down before it could grant. */
export function grantOutstanding(turn: Turn): void {
  for (const [account] of turn.witness.ledger.heads()) grantFaucet(turn, account);
}
