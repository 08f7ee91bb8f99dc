/**
 * The seats at one task: who has one, who left it, when a reserve steps in, and when the escrow is over. What is decided
 * here is paid in `settlement.ts`.
 */
import type { EndCode, Receipt } from '../message.js';
import type { Assignment, EscrowRecord, Id, NodeId, Signed } from '../record.js';
import { bench, isAtWork } from './assembly.js';
import { paths } from './paths.js';
import { settle } from './settlement.js';
import type { Slot, Task, Turn } from './state.js';

const BEATS_MISSED_MAX = 3;

export const taskTimers = {
  grace: (escrow: Id) => `grace/${escrow}`,
  deadline: (escrow: Id) => `deadline/${escrow}`,
  silence: (escrow: Id) => `silence/${escrow}`,
};

export function newTask(record: EscrowRecord & { readonly id: Id }, assignment: Assignment, ciphertext: Uint8Array | undefined): Task {
  return { record, assignment, ciphertext, boxes: {}, slots: new Map(), results: new Map(), end: undefined, endedAtMs: 0 };
}

/** Tasks that are not over. */
export function openTasks({ witness: { ledger, tasks } }: Turn): Task[] {
  return ledger.openEscrows().map(({ record }) => tasks.get(record.id)).filter((task): task is Task => task !== undefined && !task.end);
}

export function hasBoxes({ boxes }: Task): boolean {
  return Object.keys(boxes).length > 0;
}

export function armDeadline(turn: Turn, { record, assignment }: Task): void {
  turn.emit({ do: 'timer', name: taskTimers.deadline(record.id), delayMs: Math.max(0, assignment.at + record.deadline - turn.now) });
}

/** The ciphertext is here: the first k are at work, as soon as they have keys, which are awaited for `graceMs`. */
export function seatFirst(turn: Turn, task: Task, graceMs: number): void {
  const { record: { id }, assignment } = task;
  watch(turn, task, graceMs);
  turn.emit({ do: 'save', area: 'store', writes: [[paths.ciphertext(id), task.ciphertext ?? null]], then: [] });
  for (const { node } of assignment.ranks.slice(0, assignment.k)) giveSlot(turn, task, node);
}

/** Looks after silent workers every heartbeat, and after a submitter that hands out no keys. */
export function watch(turn: Turn, task: Task, graceMs: number): void {
  turn.emit({ do: 'timer', name: taskTimers.silence(task.record.id), delayMs: turn.witness.options.network.parameters.heartbeatMs });
  if (!hasBoxes(task)) turn.emit({ do: 'timer', name: taskTimers.grace(task.record.id), delayMs: graceMs });
}

export function newSlot({ now }: Turn): Slot {
  return { state: 'waiting', lastBeatMs: now, digest: '', fuel: 0 };
}

function giveSlot(turn: Turn, task: Task, node: NodeId): void {
  task.slots.set(node, newSlot(turn));
  sendWork(turn, task, node);
}

/** Certificate and ciphertext, and the key once the submitter has boxed it. Safe to repeat. */
export function sendWork(turn: Turn, task: Task, node: NodeId): void {
  const entry = turn.witness.ledger.get(task.record.id);
  if (!entry || !task.ciphertext) return;
  turn.emit({ do: 'send', to: node, message: { t: 'assign', r: entry.certified }, attachment: task.ciphertext, ticket: ticketOf(turn, task.record.id) });
  sendKey(turn, task, node);
}

/** The escrow as its author signed it: what the relay lets a large attachment pass for. */
export function ticketOf({ witness }: Turn, escrow: Id): Signed | undefined {
  const entry = witness.ledger.get(escrow);
  return entry && { b: entry.certified.b, s: entry.certified.s };
}

export function sendKey(turn: Turn, task: Task, node: NodeId): void {
  const box = task.boxes[node];
  if (box !== undefined) turn.emit({ do: 'send', to: node, message: { t: 'key', escrow: task.record.id, box } });
}

export function recordReceipt(task: Task, worker: NodeId, slot: Slot, receipt: Receipt, result: Uint8Array): void {
  Object.assign(slot, { state: 'answered', digest: receipt.digest, fuel: receipt.fuel });
  task.results.set(worker, result);
}

/** The node's last socket closed: reserves step in, and where there is none, the node may come back. */
export function onGone(turn: Turn, node: NodeId): void {
  for (const task of openTasks(turn)) {
    const slot = task.slots.get(node);
    if (slot?.state !== 'waiting') continue;
    slot.lastBeatMs = turn.now;
    vacate(turn, task, node, 'away');
  }
}

/** The same session is back, and may have lost anything. */
export function onBack(turn: Turn, node: NodeId): void {
  for (const task of openTasks(turn)) {
    const slot = task.slots.get(node);
    if (slot?.state === 'away') Object.assign(slot, { state: 'waiting', lastBeatMs: turn.now });
    if (slot?.state === 'waiting') sendWork(turn, task, node);
  }
}

/** Another session of the node took over, and cannot open what was boxed for this one. */
export function onReplaced(turn: Turn, node: NodeId): void {
  for (const task of openTasks(turn)) vacate(turn, task, node, 'lapsed');
}

/** Every heartbeat: slots that missed three are free. */
export function onSilenceCheck(turn: Turn, escrow: Id): void {
  const task = turn.witness.tasks.get(escrow);
  if (!task || task.end) return;
  const { heartbeatMs } = turn.witness.options.network.parameters;
  turn.emit({ do: 'timer', name: taskTimers.silence(escrow), delayMs: heartbeatMs });
  for (const [node, slot] of task.slots) {
    if (task.end) return;
    const silentMs = turn.now - slot.lastBeatMs;
    if (silentMs > BEATS_MISSED_MAX * heartbeatMs) {
      // Without a key there was nothing it could have done.
      if (slot.state === 'waiting' && task.boxes[node] !== undefined) bench(turn, node);
      vacate(turn, task, node, 'lapsed');
    } else if (slot.state === 'waiting' && silentMs >= heartbeatMs) {
      sendWork(turn, task, node); // it may never have arrived
    }
  }
  tally(turn, task);
}

export function vacate(turn: Turn, task: Task, node: NodeId, state: 'lapsed' | 'excused' | 'away'): void {
  const slot = task.slots.get(node);
  if (slot?.state !== 'waiting' && slot?.state !== 'away') return;
  slot.state = state;
  tally(turn, task);
}

/** Settles when enough agree and nobody is awaited; otherwise lets a reserve step in, or gives up. */
export function tally(turn: Turn, task: Task): void {
  if (task.end) return;
  const { k } = task.assignment;
  const states = [...task.slots.values()].map(({ state }) => state);
  const waiting = states.filter((state) => state === 'waiting').length;
  const agreeing = agreement(task).length;
  if (agreeing >= k || (agreeing > k / 2 && waiting === 0)) return conclude(turn, task, 'settled');
  if (waiting > 0 && agreeing + waiting > k / 2) return;
  const reserve = task.assignment.ranks.find(({ node }) => !task.slots.has(node) && isAtWork(turn, node) && (!hasBoxes(task) || task.boxes[node] !== undefined));
  if (reserve) return giveSlot(turn, task, reserve.node);
  if (waiting > 0 || states.includes('away')) return;
  conclude(turn, task, states.filter((state) => state === 'answered').length > 1 ? 'no-consensus' : 'no-workers');
}

/** The largest set of workers with one digest. */
export function agreement({ slots }: Task): NodeId[] {
  const groups = new Map<string, NodeId[]>();
  for (const [node, { state, digest }] of slots) {
    if (state === 'answered') groups.set(digest, [...(groups.get(digest) ?? []), node]);
  }
  return [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
}

export function clearTimers(turn: Turn, { record }: Task): void {
  for (const name of Object.values(taskTimers)) turn.emit({ do: 'clear', name: name(record.id) });
}

export function conclude(turn: Turn, task: Task, end: EndCode): void {
  task.end = end;
  task.endedAtMs = turn.now;
  clearTimers(turn, task);
  settle(turn, task, end === 'settled' ? agreement(task) : []);
}
