/**
 * One task in the witness's mailbox (PROTOCOL section 1): hand out ciphertext and keys, take in receipts and results,
 * let reserves step in, and decide when the escrow is over. What is decided here is paid in `settlement.ts`.
 */
import { toBase64url, hmac, sha256Id, utf8 } from '../encoding.js';
import { rank } from '../assignment/ranking.js';
import type { EndCode, Receipt, Reject } from '../message.js';
import type { Assignment, EscrowRecord, Id, NodeId, Signed } from '../record.js';
import { bench, praise } from './assembly.js';
import { replicasOf } from './policy.js';
import { settle } from './settlement.js';
import type { Fresh } from './certifier.js';
import type { Slot, Task, Turn } from './state.js';

const BEATS_MISSED_MAX = 3;

export const taskTimers = {
  grace: (escrow: Id) => `grace/${escrow}`,
  deadline: (escrow: Id) => `deadline/${escrow}`,
  silence: (escrow: Id) => `silence/${escrow}`,
};

export type MailboxContinuation =
  | { readonly how: 'receipt'; readonly escrow: Id; readonly worker: NodeId; readonly sealed: string; readonly result: Uint8Array }
  | { readonly how: 'reject'; readonly reject: Reject };

/** Who works on an escrow, by the epoch's secret: nobody could choose the seed, everybody can check it later. */
export function draw({ witness, now }: Turn, record: EscrowRecord & { readonly id: Id }): Assignment {
  const { parameters } = witness.options.network;
  const seed = toBase64url(hmac(witness.secrets.get(witness.epoch)!, utf8(record.id)));
  const k = replicasOf(record);
  const ranks = rank(seed, witness.roster.members, { count: k + parameters.reserves, submitter: record.author, kind: record.type, version: record.version, k, oneWorkerPerSite: parameters.oneWorkerPerSite });
  return { epoch: witness.epoch, at: now, roster: witness.roster.hash, seed, k, ranks: ranks.map(({ node, box }) => ({ node, box })) };
}

export function openTask(turn: Turn, { record, assignment, ciphertext }: Fresh): void {
  if (record.kind !== 'escrow' || !assignment) return;
  const { parameters } = turn.witness.options.network;
  const task = newTask(record, assignment, ciphertext);
  turn.witness.tasks.set(record.id, task);
  if (ciphertext) turn.emit({ do: 'save', area: 'store', writes: [[`in/${record.id}`, ciphertext]], then: [] });
  armDeadline(turn, task);
  turn.emit({ do: 'timer', name: taskTimers.grace(record.id), delayMs: parameters.graceMs });
  turn.emit({ do: 'timer', name: taskTimers.silence(record.id), delayMs: parameters.heartbeatMs });
  for (const { node } of assignment.ranks.slice(0, assignment.k)) giveSlot(turn, task, node);
}

export function newTask(record: EscrowRecord & { readonly id: Id }, assignment: Assignment, ciphertext: Uint8Array | undefined): Task {
  return { record, assignment, ciphertext, boxes: {}, slots: new Map(), results: new Map(), end: undefined, endedAtMs: 0 };
}

export function armDeadline(turn: Turn, { record, assignment }: Task): void {
  turn.emit({ do: 'timer', name: taskTimers.deadline(record.id), delayMs: Math.max(0, assignment.at + record.deadline - turn.now) });
}

function giveSlot(turn: Turn, task: Task, node: NodeId): void {
  task.slots.set(node, { state: 'waiting', lastBeatMs: turn.now, digest: '', fuel: 0 });
  sendWork(turn, task, node);
}

/** Certificate and ciphertext, and the key once the submitter has boxed it. Safe to repeat. */
export function sendWork(turn: Turn, task: Task, node: NodeId): void {
  const entry = turn.witness.ledger.get(task.record.id);
  if (!entry || !task.ciphertext) return;
  turn.emit({ do: 'send', to: node, message: { t: 'assign', r: entry.certified }, attachment: task.ciphertext, ticket: { b: entry.certified.b, s: entry.certified.s } });
  sendKey(turn, task, node);
}

function sendKey(turn: Turn, task: Task, node: NodeId): void {
  const box = task.boxes[node];
  if (box !== undefined) turn.emit({ do: 'send', to: node, message: { t: 'key', escrow: task.record.id, box } });
}

/** The ciphertext of a certified escrow came again: after the loss of the store it is needed. */
export function onCiphertext(turn: Turn, task: Task, ciphertext: Uint8Array): void {
  if (task.ciphertext || task.end || sha256Id(ciphertext) !== task.record.inC) return;
  task.ciphertext = ciphertext;
  turn.emit({ do: 'save', area: 'store', writes: [[`in/${task.record.id}`, ciphertext]], then: [] });
  turn.emit({ do: 'timer', name: taskTimers.silence(task.record.id), delayMs: turn.witness.options.network.parameters.heartbeatMs });
  for (const { node } of task.assignment.ranks.slice(0, task.assignment.k)) giveSlot(turn, task, node);
}

export function onBoxes(turn: Turn, from: NodeId, escrow: Id, boxes: Readonly<Record<NodeId, string>>): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.record.author !== from || task.end) return;
  const ranked = new Set(task.assignment.ranks.map(({ node }) => node));
  const sound = Object.entries(boxes).filter(([node, box]) => ranked.has(node) && typeof box === 'string' && box.length < 256);
  if (sound.length < Math.min(ranked.size, task.assignment.k)) return;
  const first = Object.keys(task.boxes).length === 0;
  task.boxes = Object.fromEntries(sound);
  if (first) for (const slot of task.slots.values()) slot.lastBeatMs = turn.now;
  turn.emit({ do: 'clear', name: taskTimers.grace(escrow) });
  turn.emit({ do: 'save', area: 'store', writes: [[`boxes/${escrow}`, JSON.stringify(task.boxes)]], then: [] });
  for (const [node, slot] of task.slots) if (slot.state === 'waiting') sendKey(turn, task, node);
}

/** The submitter handed out no keys in time: its redraw would be free otherwise, but until forfeits ship it is refunded. */
export function onGraceOver(turn: Turn, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (task && !task.end && Object.keys(task.boxes).length === 0 && task.ciphertext) conclude(turn, task, 'timeout');
}

export function onSealedReceipt(turn: Turn, worker: NodeId, escrow: Id, sealed: string, result: Uint8Array): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.end === undefined && !task.slots.has(worker)) return;
  if (task.end) return turn.emit({ do: 'send', to: worker, message: { t: 'ended', escrow, code: task.end } });
  if (task.slots.get(worker)?.state === 'answered' || result.length > turn.witness.options.network.parameters.resultBytesMax) return;
  turn.emit({ do: 'read-receipt', sealed, by: worker, as: { how: 'receipt', escrow, worker, sealed, result } satisfies MailboxContinuation });
}

/** A receipt counts with its result, and a result is delivered with its receipt: never one without the other. */
export function onReceipt(turn: Turn, as: Extract<MailboxContinuation, { how: 'receipt' }>, receipt: Receipt | undefined): void {
  const task = turn.witness.tasks.get(as.escrow);
  const slot = task?.slots.get(as.worker);
  if (!task || task.end || !slot || slot.state === 'answered') return;
  if (!receipt || receipt.escrow !== as.escrow || receipt.out !== sha256Id(as.result)) return lapse(turn, task, as.worker);
  record(task, as.worker, slot, receipt, as.result);
  praise(turn, as.worker);
  const message = { t: 'result', escrow: as.escrow, worker: as.worker } as const;
  turn.emit({
    do: 'save', area: 'store', as: { how: 'task' },
    writes: [[`receipt/${as.escrow}/${as.worker}`, JSON.stringify(receipt)], [`out/${as.escrow}/${as.worker}`, as.result]],
    then: [{ do: 'send', to: task.record.author, message, attachment: as.result, ticket: ticketOf(turn, task) }],
  });
  tally(turn, task);
}

export function record(task: Task, worker: NodeId, slot: Slot, receipt: Receipt, result: Uint8Array): void {
  Object.assign(slot, { state: 'answered', digest: receipt.digest, fuel: receipt.fuel });
  task.results.set(worker, result);
}

function ticketOf({ witness }: Turn, { record: { id } }: Task): Signed | undefined {
  const entry = witness.ledger.get(id);
  return entry && { b: entry.certified.b, s: entry.certified.s };
}

export function onBeat(turn: Turn, worker: NodeId, escrow: Id, ratio: number): void {
  const task = turn.witness.tasks.get(escrow);
  const slot = task?.slots.get(worker);
  if (!task || slot?.state !== 'waiting') return;
  slot.lastBeatMs = turn.now;
  turn.emit({ do: 'send', to: task.record.author, message: { t: 'beat', escrow, worker, ratio: Math.min(1, Math.max(0, Number(ratio) || 0)) } });
}

export function onReject(turn: Turn, { escrow, worker }: Reject): void {
  const task = turn.witness.tasks.get(escrow);
  if (task && !task.end) lapse(turn, task, worker);
}

/** The node's last socket closed: whatever it held goes to reserves. */
export function onGone(turn: Turn, node: NodeId): void {
  for (const task of turn.witness.tasks.values()) {
    if (!task.end && task.slots.get(node)?.state === 'waiting') lapse(turn, task, node);
  }
}

/** Every heartbeat: slots that missed three are free. */
export function onSilenceCheck(turn: Turn, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.end) return;
  const { heartbeatMs } = turn.witness.options.network.parameters;
  turn.emit({ do: 'timer', name: taskTimers.silence(escrow), delayMs: heartbeatMs });
  for (const [node, slot] of task.slots) {
    if (task.end) return;
    if (slot.state === 'waiting' && turn.now - slot.lastBeatMs > BEATS_MISSED_MAX * heartbeatMs) {
      bench(turn, node);
      lapse(turn, task, node);
    } else if (slot.state === 'waiting' && turn.now - slot.lastBeatMs >= heartbeatMs) {
      sendWork(turn, task, node); // it may never have arrived
    }
  }
}

function lapse(turn: Turn, task: Task, node: NodeId): void {
  const slot = task.slots.get(node);
  if (slot?.state !== 'waiting') return;
  slot.state = 'lapsed';
  tally(turn, task);
}

/** Settles when enough agree and nobody is awaited; otherwise lets a reserve step in, or gives up. */
export function tally(turn: Turn, task: Task): void {
  if (task.end) return;
  const { k } = task.assignment;
  const slots = [...task.slots.values()];
  const waiting = slots.filter(({ state }) => state === 'waiting').length;
  const agreeing = agreement(task).length;
  if (agreeing >= k || (agreeing > k / 2 && waiting === 0)) return conclude(turn, task, 'settled');
  if (waiting > 0 && agreeing + waiting > k / 2) return;
  const reserve = task.assignment.ranks.find(({ node }) => !task.slots.has(node) && turn.witness.seats.has(node));
  if (reserve) return giveSlot(turn, task, reserve.node);
  if (waiting > 0) return;
  conclude(turn, task, slots.filter(({ state }) => state === 'answered').length > 1 ? 'no-consensus' : 'no-workers');
}

/** The largest set of workers with one digest. */
export function agreement({ slots }: Task): NodeId[] {
  const groups = new Map<string, NodeId[]>();
  for (const [node, { state, digest }] of slots) {
    if (state === 'answered') groups.set(digest, [...(groups.get(digest) ?? []), node]);
  }
  return [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
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

function conclude(turn: Turn, task: Task, end: EndCode): void {
  task.end = end;
  task.endedAtMs = turn.now;
  for (const name of Object.values(taskTimers)) turn.emit({ do: 'clear', name: name(task.record.id) });
  settle(turn, task, end === 'settled' ? agreement(task) : []);
}

/** What is known of a task, to its submitter: results that came, or the certificate if keys are still due. */
export function onFetch(turn: Turn, from: NodeId, escrow: Id): void {
  const { tasks, ledger } = turn.witness;
  const task = tasks.get(escrow);
  const entry = ledger.get(escrow);
  if (entry?.record.kind !== 'escrow' || entry.record.author !== from) return;
  if (task) {
    for (const [worker, result] of task.results) {
      turn.emit({ do: 'send', to: from, message: { t: 'result', escrow, worker }, attachment: result, ticket: ticketOf(turn, task) });
    }
    if (task.end) turn.emit({ do: 'send', to: from, message: { t: 'ended', escrow, code: task.end } });
    else if (!task.ciphertext) turn.emit({ do: 'send', to: from, message: { t: 'ended', escrow, code: 'unknown' } });
    else if (Object.keys(task.boxes).length === 0) turn.emit({ do: 'send', to: from, message: { t: 'certified', r: entry.certified } });
    return;
  }
  const settled = ledger.settlementOf(escrow);
  if (settled) turn.emit({ do: 'send', to: from, message: { t: 'ended', escrow, code: settled.record.pay.length > 0 ? 'settled' : 'timeout' } });
}
