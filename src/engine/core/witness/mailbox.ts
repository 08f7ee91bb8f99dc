/**
 * One task in the witness's mailbox (PROTOCOL section 1): hand out ciphertext and keys, take in receipts and results.
 * Who works and when it is over is decided in `slots.ts`.
 */
import { sha256Id } from '../encoding.js';
import type { Receipt, Reject } from '../message.js';
import type { Id, NodeId } from '../record.js';
import { praise } from './assembly.js';
import type { Fresh } from './certifier.js';
import { disbelieve } from './holdings.js';
import { paths } from './paths.js';
import { tend } from './repair.js';
import { agreement, armDeadline, conclude, hasBoxes, newTask, recordReceipt, seatFirst, sendKey, taskTimers, tally, ticketOf, vacate } from './slots.js';
import { endOf, fetchKept } from './storeroom.js';
import type { Task, Turn } from './state.js';

const BOX_LENGTH_MAX = 256;
const FETCH_INTERVAL_MS = 1_000;

export type MailboxContinuation =
  | { readonly how: 'receipt'; readonly escrow: Id; readonly worker: NodeId; readonly sealed: string; readonly result: Uint8Array }
  | { readonly how: 'reject'; readonly reject: Reject };

export function openTask(turn: Turn, { record, assignment, ciphertext }: Fresh): void {
  if (record.kind !== 'escrow' || !assignment) return;
  const task = newTask(record, assignment, ciphertext);
  turn.witness.tasks.set(record.id, task);
  armDeadline(turn, task);
  seatFirst(turn, task, turn.witness.options.network.parameters.graceMs);
}

/** The ciphertext of a certified escrow came again: after the loss of the store it is needed. */
export function onCiphertext(turn: Turn, task: Task, ciphertext: Uint8Array): void {
  if (task.ciphertext || task.end || sha256Id(ciphertext) !== task.record.inC) return;
  task.ciphertext = ciphertext;
  seatFirst(turn, task, turn.witness.options.network.parameters.graceMs);
}

/** Keys for k ranks at least. The first box for a rank stays: what was handed out is not taken back. */
export function onBoxes(turn: Turn, from: NodeId, escrow: Id, boxes: Readonly<Record<NodeId, string>>): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.record.author !== from || task.end) return;
  const ranked = new Set(task.assignment.ranks.map(({ node }) => node));
  const sound = Object.entries(boxes).filter(([node, box]) => ranked.has(node) && box.length < BOX_LENGTH_MAX);
  if (sound.length < Math.min(ranked.size, task.assignment.k)) return;
  const isFirst = !hasBoxes(task);
  task.boxes = { ...Object.fromEntries(sound), ...task.boxes };
  turn.emit({ do: 'clear', name: taskTimers.grace(escrow) });
  turn.emit({ do: 'save', area: 'store', writes: [[paths.boxes(escrow), JSON.stringify(task.boxes)]], then: [] });
  for (const [node, slot] of task.slots) {
    if (isFirst) slot.lastBeatMs = turn.now;
    if (task.boxes[node] === undefined) vacate(turn, task, node, 'excused');
    else if (slot.state === 'waiting') sendKey(turn, task, node);
  }
}

/** The submitter handed out no keys in time: its redraw would be free otherwise, but until forfeits ship it is refunded. */
export function onGraceOver(turn: Turn, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (task && !task.end && !hasBoxes(task) && task.ciphertext) conclude(turn, task, 'timeout');
}

export function onSealedReceipt(turn: Turn, worker: NodeId, escrow: Id, sealed: string, result: Uint8Array): void {
  const task = turn.witness.tasks.get(escrow);
  const code = task?.end ?? endOf(turn, escrow);
  if (code) return turn.emit({ do: 'send', to: worker, message: { t: 'ended', escrow, code } });
  if (!task?.slots.has(worker)) return;
  if (task.slots.get(worker)?.state === 'answered' || result.length > turn.witness.options.network.parameters.resultBytesMax) return;
  turn.emit({ do: 'read-receipt', sealed, by: worker, as: { how: 'receipt', escrow, worker, sealed, result } satisfies MailboxContinuation });
}

/** A receipt counts with its result, and a result is delivered with its receipt: never one without the other. */
export function onReceipt(turn: Turn, as: Extract<MailboxContinuation, { how: 'receipt' }>, receipt: Receipt | undefined): void {
  const task = turn.witness.tasks.get(as.escrow);
  const slot = task?.slots.get(as.worker);
  if (!task || task.end || !slot || slot.state === 'answered') return;
  if (!receipt || receipt.escrow !== as.escrow || receipt.out !== sha256Id(as.result)) return vacate(turn, task, as.worker, 'lapsed');
  recordReceipt(task, as.worker, slot, receipt, as.result);
  praise(turn, as.worker);
  const message = { t: 'result', escrow: as.escrow, worker: as.worker } as const;
  turn.emit({
    do: 'save', area: 'store', as: { how: 'task' },
    writes: [[paths.receipt(as.escrow, as.worker), JSON.stringify(receipt)], [paths.result(as.escrow, as.worker), as.result]],
    then: [{ do: 'send', to: task.record.author, message, attachment: as.result, ticket: ticketOf(turn, as.escrow) }],
  });
  tally(turn, task);
}

export function onBeat(turn: Turn, worker: NodeId, escrow: Id, ratio: number): void {
  const task = turn.witness.tasks.get(escrow);
  const slot = task?.slots.get(worker);
  if (!task || slot?.state !== 'waiting') return;
  slot.lastBeatMs = turn.now;
  turn.emit({ do: 'send', to: task.record.author, message: { t: 'beat', escrow, worker, ratio: Math.min(1, Math.max(0, ratio)) } });
}

/** Only `failed` is the worker's own doing; whatever else it says in time harms nobody. */
export function onReject(turn: Turn, { escrow, worker, why }: Reject): void {
  const task = turn.witness.tasks.get(escrow);
  if (task?.record.on && why === 'unsupported') {
    disbelieve(turn, worker, task.record.on);
    tend(turn, task.record.on);
  }
  if (task && !task.end) vacate(turn, task, worker, why === 'failed' ? 'lapsed' : 'excused');
}

export function onDeadline(turn: Turn, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.end) return;
  conclude(turn, task, agreement(task).length > task.assignment.k / 2 ? 'settled' : 'timeout');
}

/** Refunded unless a receipt is logged: then somebody has worked, and the escrow runs its course. */
export function onCancel(turn: Turn, from: NodeId, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.record.author !== from || task.end) return;
  if ([...task.slots.values()].some(({ state }) => state === 'answered')) return;
  conclude(turn, task, 'aborted');
}

/** What is known of a task, to its submitter: results that came, or the certificate if keys are still due. */
export function onFetch(turn: Turn, from: NodeId, escrow: Id): void {
  const { tasks, ledger } = turn.witness;
  const task = tasks.get(escrow);
  const entry = ledger.get(escrow);
  if (entry?.record.kind !== 'escrow' || entry.record.author !== from) return;
  const code = task?.end ?? endOf(turn, escrow);
  if (code && !task?.results.size && isDue(turn, escrow)) return fetchKept(turn, from, escrow, code);
  if (task && task.results.size > 0 && isDue(turn, escrow)) sendResults(turn, task);
  if (code) turn.emit({ do: 'send', to: from, message: { t: 'ended', escrow, code } });
  else if (!task) return;
  else if (!task.ciphertext) turn.emit({ do: 'send', to: from, message: { t: 'ended', escrow, code: 'unknown' } });
  else if (!hasBoxes(task)) turn.emit({ do: 'send', to: from, message: { t: 'certified', r: entry.certified } });
}

function sendResults(turn: Turn, { record: { id: escrow, author: to }, results }: Task): void {
  const ticket = ticketOf(turn, escrow);
  for (const [worker, result] of results) turn.emit({ do: 'send', to, message: { t: 'result', escrow, worker }, attachment: result, ticket });
}

/** Results asked for again within a second are on their way already. */
function isDue({ witness: { fetchedAt }, now }: Turn, escrow: Id): boolean {
  for (const [id, at] of fetchedAt) if (now - at >= FETCH_INTERVAL_MS) fetchedAt.delete(id);
  if (fetchedAt.has(escrow)) return false;
  fetchedAt.set(escrow, now);
  return true;
}
