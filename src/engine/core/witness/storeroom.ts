/** What outlives the memory of a witness: tasks under way are taken up again, results of those that are over handed out. */
import { fits, integer, isObject, list, parseJson, shape } from '../ledger/shape.js';
import { isKey } from '../encoding.js';
import type { EndCode, Member } from '../message.js';
import { parseReceipt } from '../message-shape.js';
import type { Id, NodeId } from '../record.js';
import type { StoredValue } from '../effect.js';
import { paths } from './paths.js';
import { armDeadline, clearTimers, newSlot, newTask, recordReceipt, sendWork, tally, ticketOf, watch } from './slots.js';
import type { Kept, Task, Turn } from './state.js';

/** Results are kept for a submitter that went away. */
const RESULT_KEPT_MS = 24 * 3_600_000;
/** Longer than a task drawn from it may last. */
const ROSTER_KEPT_MS = 2 * 3_600_000;
const SWEEP_MS = 600_000;
/** After a restart the submitter has to find its way back before its keys are due. */
const RETURN_PATIENCE_MS = 15_000;

export const SWEEP_TIMER = 'sweep';

const KEPT = fits(shape({ at: integer(0), workers: list(isKey, 16) }));

export type StoreroomContinuation =
  | { readonly how: 'adopt'; readonly escrow: Id }
  | { readonly how: 'results'; readonly to: NodeId; readonly escrow: Id; readonly workers: readonly NodeId[]; readonly code: EndCode }
  | { readonly how: 'roster'; readonly to: NodeId; readonly hash: Id };

type Values = readonly (StoredValue | undefined)[];

/** Those drawn for an escrow, in order of rank. */
function workersOf({ witness }: Turn, escrow: Id): NodeId[] {
  return witness.ledger.get(escrow)?.assignment?.ranks.map(({ node }) => node) ?? [];
}

/**
 * Takes up an open escrow that this process knows from the ledger only. What the store kept of it goes on where it
 * stopped; without a ciphertext the submitter is asked for it, and at the deadline it is refunded.
 */
export function adopt(turn: Turn, escrow: Id): void {
  const { ledger, tasks, log } = turn.witness;
  if (tasks.has(escrow) || ledger.settlementOf(escrow) || log.has(`settle:${escrow}`)) return;
  const workers = workersOf(turn, escrow);
  turn.emit({
    do: 'load', as: { how: 'adopt', escrow } satisfies StoreroomContinuation,
    keys: [paths.ciphertext(escrow), paths.boxes(escrow), ...workers.map((node) => paths.receipt(escrow, node)), ...workers.map((node) => paths.result(escrow, node))],
  });
}

export function onAdopted(turn: Turn, escrow: Id, [ciphertext, boxes, ...answers]: Values): void {
  const { witness } = turn;
  const entry = witness.ledger.get(escrow);
  if (entry?.record.kind !== 'escrow' || !entry.assignment || witness.tasks.has(escrow) || witness.ledger.settlementOf(escrow)) return;
  const task = newTask(entry.record, entry.assignment, ciphertext instanceof Uint8Array ? ciphertext : undefined);
  witness.tasks.set(escrow, task);
  armDeadline(turn, task);
  if (!task.ciphertext) return;
  const parsed = typeof boxes === 'string' ? parseJson(boxes) : undefined;
  if (isObject(parsed)) task.boxes = parsed as Task['boxes'];
  const { ranks, k } = task.assignment;
  ranks.forEach(({ node }, place) => {
    const [kept, result] = [answers[place], answers[ranks.length + place]];
    const receipt = typeof kept === 'string' ? parseReceipt(kept) : undefined;
    const answered = receipt !== undefined && result instanceof Uint8Array;
    if (!answered && place >= k) return;
    const slot = newSlot(turn);
    task.slots.set(node, slot);
    if (answered) recordReceipt(task, node, slot, receipt, result);
    else sendWork(turn, task, node);
  });
  watch(turn, task, RETURN_PATIENCE_MS);
  tally(turn, task);
}

/** The escrow is settled: of all that was kept for it, its submitter may still want the results. */
export function putAway(turn: Turn, escrow: Id): void {
  const { witness, now } = turn;
  const task = witness.tasks.get(escrow);
  if (task) {
    if (!task.end) clearTimers(turn, task);
    task.end ??= endOf(turn, escrow);
    task.ciphertext = undefined;
    task.results.clear();
  }
  const workers = workersOf(turn, escrow);
  if (workers.length === 0) return;
  const kept: Kept = { at: now, workers };
  witness.kept.set(escrow, kept);
  const gone = [paths.ciphertext(escrow), paths.boxes(escrow), ...workers.map((node) => paths.receipt(escrow, node))];
  turn.emit({ do: 'save', area: 'store', writes: [...gone.map((path) => [path, null] as const), [paths.kept(escrow), JSON.stringify(kept)]], then: [] });
}

/** Why a settled escrow ended, as far as its settlement tells; undefined while there is none. */
export function endOf({ witness }: Turn, escrow: Id): EndCode | undefined {
  const settled = witness.ledger.settlementOf(escrow);
  return settled && (settled.record.pay.length > 0 ? 'settled' : 'timeout');
}

/** To a submitter that asks after its task is over. */
export function fetchKept(turn: Turn, to: NodeId, escrow: Id, code: EndCode): void {
  const workers = workersOf(turn, escrow);
  turn.emit({ do: 'load', keys: workers.map((node) => paths.result(escrow, node)), as: { how: 'results', to, escrow, workers, code } satisfies StoreroomContinuation });
}

export function onKeptLoaded(turn: Turn, { to, escrow, workers, code }: Extract<StoreroomContinuation, { how: 'results' }>, results: Values): void {
  const ticket = ticketOf(turn, escrow);
  workers.forEach((worker, at) => {
    const result = results[at];
    if (result instanceof Uint8Array) turn.emit({ do: 'send', to, message: { t: 'result', escrow, worker }, attachment: result, ticket });
  });
  turn.emit({ do: 'send', to, message: { t: 'ended', escrow, code } });
}

/** Whoever checks a draw needs the roster it was made from, and may ask when many others were issued since. */
export function saveRoster({ witness, now, emit }: Turn): void {
  const { hash, members } = witness.roster;
  if (!witness.rostersSaved.has(hash)) emit({ do: 'save', area: 'store', writes: [[paths.roster(hash), JSON.stringify(members)]], then: [] });
  witness.rostersSaved.set(hash, now);
}

export function sendRoster(turn: Turn, to: NodeId, hash: Id): void {
  const { rosters, rostersSaved } = turn.witness;
  const members = rosters.get(hash);
  if (members) return turn.emit({ do: 'send', to, message: { t: 'roster', hash, members } });
  if (rostersSaved.has(hash)) turn.emit({ do: 'load', keys: [paths.roster(hash)], as: { how: 'roster', to, hash } satisfies StoreroomContinuation });
}

export function onRosterLoaded(turn: Turn, { to, hash }: Extract<StoreroomContinuation, { how: 'roster' }>, [text]: Values): void {
  const members = typeof text === 'string' ? parseJson(text) : undefined;
  if (Array.isArray(members)) turn.emit({ do: 'send', to, message: { t: 'roster', hash, members: members as Member[] } });
}

/** What an earlier life kept, and what it had no time to put away. Call once the ledger is restored. */
export function restoreKept(turn: Turn, store: readonly (readonly [string, StoredValue])[]): void {
  const { witness, now } = turn;
  const left = new Set<Id>();
  for (const [path, value] of store) {
    const [kind, key = ''] = path.split('/');
    if (kind === 'kept') {
      const kept = typeof value === 'string' ? parseJson(value) : undefined;
      if (KEPT(kept)) witness.kept.set(key, kept as Kept);
    }
    if (kind === 'roster') witness.rostersSaved.set(key, now);
    if ((kind === 'boxes' || kind === 'receipt') && witness.ledger.settlementOf(key)) left.add(key);
  }
  for (const escrow of left) putAway(turn, escrow);
  for (const { record } of witness.ledger.openEscrows()) adopt(turn, record.id);
  turn.emit({ do: 'timer', name: SWEEP_TIMER, delayMs: SWEEP_MS });
}

/** Tasks over for a day are forgotten, results and all, and so are rosters that no open task can name. */
export function sweep(turn: Turn): void {
  const { witness, now } = turn;
  turn.emit({ do: 'timer', name: SWEEP_TIMER, delayMs: SWEEP_MS });
  const gone: string[] = [];
  for (const [escrow, { at, workers }] of witness.kept) {
    if (now - at < RESULT_KEPT_MS) continue;
    witness.kept.delete(escrow);
    witness.tasks.delete(escrow);
    gone.push(paths.kept(escrow), ...workers.map((node) => paths.result(escrow, node)));
  }
  for (const [hash, at] of witness.rostersSaved) {
    if (now - at < ROSTER_KEPT_MS) continue;
    witness.rostersSaved.delete(hash);
    gone.push(paths.roster(hash));
  }
  if (gone.length > 0) turn.emit({ do: 'save', area: 'store', writes: gone.map((path) => [path, null] as const), then: [] });
}
