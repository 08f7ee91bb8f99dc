/**
 * Selling work: a job from its assignment to its pay (PROTOCOL section 1, the worker's legs).
 *
 *     checking -> ready -> unlocking -> running -> answering -> answered
 */
import { seats } from '../assignment/ranking.js';
import { BACKLOG_PER_SEAT } from '../assignment/roster.js';
import type { RunFailure } from '../event.js';
import type { EndCode, Presence, Reject } from '../message.js';
import { encodeOutcome, liesInTheInput, type Outcome } from '../outcome.js';
import type { Certified, Id, SettleRecord, Signed } from '../record.js';
import { isHeld } from './holder.js';
import { areHolders } from './keys.js';
import { type Job, networkNow, type Turn } from './state.js';

const ANSWER_RESEND_MS = 4_000;
const EARLY_KEYS_MAX = 256;
const PRIORITIES = { low: 0, normal: 1, high: 2 } as const;

export type WorkerContinuation =
  | { readonly how: 'assigned'; readonly record: Certified; readonly ciphertext: Uint8Array }
  | { readonly how: 'unlocked'; readonly escrow: Id }
  | { readonly how: 'answered'; readonly escrow: Id }
  | { readonly how: 'rejected' }
  | { readonly how: 'present' };

export const jobTimers = {
  beat: (escrow: Id) => `beat/${escrow}`,
  answer: (escrow: Id) => `answer/${escrow}`,
};

/** Tells the witness what this node works on; signed, since it binds the session's box key. */
export function announce(turn: Turn): void {
  const { peer } = turn;
  if (!peer.link.ready || peer.superseded) return;
  // Each is newer than the one before, so that its time names it.
  peer.presentAt = Math.max(networkNow(turn), peer.presentAt + 1);
  const presence: Presence = {
    kind: 'presence', net: peer.options.network.net, node: peer.options.id, session: peer.options.session, box: peer.options.boxKey,
    kernels: peer.kinds, capacity: peer.capacity, at: peer.presentAt,
  };
  turn.emit({ do: 'sign', body: JSON.stringify(presence), as: { how: 'present' } satisfies WorkerContinuation });
}

export function onAssign(turn: Turn, record: Certified, ciphertext: Uint8Array): void {
  turn.emit({ do: 'guard', records: [record], as: { how: 'assigned', record, ciphertext } satisfies WorkerContinuation });
}

/** The certificate holds and the record is in the ledger; now the draw itself is checked. */
export function onAssignmentGuarded(turn: Turn, id: Id, ciphertext: Uint8Array): void {
  const { peer } = turn;
  const known = peer.jobs.get(id);
  if (known?.answer) return sendAnswer(turn, known);
  if (known) return known.phase === 'checking' ? checkDraw(turn, known) : undefined; // the roster was lost, perhaps
  const entry = peer.ledger.get(id);
  if (entry?.record.kind !== 'escrow' || !entry.assignment || peer.ledger.settlementOf(id)) return;
  if (!entry.assignment.ranks.some(({ node, box }) => node === peer.options.id && box === peer.options.boxKey)) return;
  if (backlog(turn) >= peer.capacity * BACKLOG_PER_SEAT) return reject(turn, id, 'busy');
  if (entry.record.on && !isHeld(turn, entry.record.on)) return reject(turn, id, 'unsupported');
  const job: Job = {
    record: entry.record, certified: entry.certified, assignment: entry.assignment, ciphertext,
    phase: 'checking', box: peer.earlyKeys.get(id), contentKey: undefined, ratio: 0, busyMs: 0, items: 0, answer: undefined,
  };
  peer.jobs.set(id, job);
  peer.earlyKeys.delete(id);
  checkDraw(turn, job);
}

/** An answered job only waits for its settlement: it keeps nobody busy. */
function backlog({ peer }: Turn): number {
  return [...peer.jobs.values()].filter(({ phase }) => phase !== 'answered').length;
}

/** Recomputes the ranking; without the roster it names, asks for that first. */
export function checkDraw(turn: Turn, job: Job): void {
  const { peer } = turn;
  const { record, assignment } = job;
  const members = peer.rosters.get(assignment.roster);
  if (!members) {
    turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'roster-want', hash: assignment.roster } });
    return;
  }
  // The list of holders may be on its way; the assignment comes again.
  if (!areHolders(peer.ledger, record.on, assignment)) return;
  const expected = seats(assignment, record, members, peer.options.network.parameters);
  if (!expected.some(({ node }) => node === peer.options.id)) return drop(turn, record.id);
  job.phase = 'ready';
  startUnlocking(turn, job);
}

export function onKey(turn: Turn, escrow: Id, box: string): void {
  const { jobs, earlyKeys } = turn.peer;
  const job = jobs.get(escrow);
  if (!job) {
    // A large ciphertext takes its time, and its key overtakes it.
    earlyKeys.set(escrow, box);
    for (const oldest of earlyKeys.keys()) {
      if (earlyKeys.size <= EARLY_KEYS_MAX) break;
      earlyKeys.delete(oldest);
    }
    return;
  }
  if (job.box !== undefined) return;
  job.box = box;
  startUnlocking(turn, job);
}

function startUnlocking(turn: Turn, job: Job): void {
  if (job.phase !== 'ready' || job.box === undefined) return;
  job.phase = 'unlocking';
  const { inC, keyC, id } = job.record;
  turn.emit({ do: 'unlock', ciphertext: job.ciphertext, box: job.box, inC, keyC, as: { how: 'unlocked', escrow: id } satisfies WorkerContinuation });
}

export function onUnlocked(turn: Turn, escrow: Id, payload: Uint8Array | undefined, contentKey: string | undefined, fault: Reject['why'] | undefined): void {
  const job = turn.peer.jobs.get(escrow);
  if (job?.phase !== 'unlocking') return;
  if (!payload || !contentKey) {
    reject(turn, escrow, fault ?? 'wrong-key');
    return drop(turn, escrow);
  }
  job.contentKey = contentKey;
  job.phase = 'running';
  const { type: kind, version, priority, deadline, meter, on } = job.record;
  turn.emit({ do: 'run', run: escrow, kind, version, payload, wallMs: deadline, priority: PRIORITIES[priority], meter, ...(on ? { on: { collection: on.collection, shard: on.shard } } : {}) });
  turn.emit({ do: 'timer', name: jobTimers.beat(escrow), delayMs: turn.peer.options.network.parameters.heartbeatMs });
  note(turn, job, 'started', 0);
}

/** What the submitter's keys should open or seal, they do not: its fault, and nobody's work. */
export function onUnfitKeys(turn: Turn, escrow: Id): void {
  const job = turn.peer.jobs.get(escrow);
  if (job?.phase !== 'unlocking' && job?.phase !== 'answering') return;
  if (job.phase === 'answering') note(turn, job, 'failed', 0);
  reject(turn, escrow, 'wrong-key');
  drop(turn, escrow);
}

export function onJobProgress(turn: Turn, escrow: Id, loaded: number, total: number): void {
  const job = turn.peer.jobs.get(escrow);
  if (job && total > 0) job.ratio = loaded / total;
}

/** On the heartbeat timer: three that are missed free the slot. */
export function beat(turn: Turn, escrow: Id): void {
  const job = turn.peer.jobs.get(escrow);
  if (job?.phase !== 'running') return;
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'beat', escrow, ratio: job.ratio } });
  turn.emit({ do: 'timer', name: jobTimers.beat(escrow), delayMs: turn.peer.options.network.parameters.heartbeatMs });
}

export function onRan(turn: Turn, escrow: Id, end: { readonly output?: Uint8Array; readonly fuel: number; readonly items?: number; readonly busyMs: number; readonly failure?: RunFailure }): void {
  const { peer } = turn;
  const job = peer.jobs.get(escrow);
  if (job?.phase !== 'running' || !job.contentKey) return;
  turn.emit({ do: 'clear', name: jobTimers.beat(escrow) });
  job.busyMs = end.busyMs;
  job.items = end.items ?? 0;
  peer.cpuMs += end.busyMs;
  // Dropped while the task ran: the kernel's word on what was no longer there is worth nothing, and nobody's fault.
  const isGone = end.failure !== undefined && job.record.on !== undefined && !isHeld(turn, job.record.on);
  const outcome = isGone ? undefined : toOutcome(end);
  if (!outcome) {
    note(turn, job, 'failed', 0);
    reject(turn, escrow, isGone || end.failure?.code === 'unsupported' ? 'unsupported' : 'failed');
    return drop(turn, escrow);
  }
  job.phase = 'answering';
  turn.emit({
    do: 'answer', escrow, contentKey: job.contentKey, output: encodeOutcome(outcome), fuel: end.fuel, resultKey: job.record.resultKey,
    witnessBox: peer.witness.box, as: { how: 'answered', escrow } satisfies WorkerContinuation,
  });
}

/** Undefined when the failure is this machine's, so that somebody else should try. */
function toOutcome({ output, failure }: { readonly output?: Uint8Array; readonly failure?: RunFailure }): Outcome | undefined {
  if (output) return { ok: true, output };
  if (!failure || !liesInTheInput(failure.code)) return undefined;
  return { ok: false, code: failure.code as 'bad-input', message: failure.message };
}

export function onAnswered(turn: Turn, escrow: Id, answer: NonNullable<Job['answer']>): void {
  const job = turn.peer.jobs.get(escrow);
  if (job?.phase !== 'answering') return;
  job.phase = 'answered';
  job.answer = answer;
  turn.peer.tasksCompleted += 1;
  note(turn, job, 'answered', 0);
  sendAnswer(turn, job);
}

/** Paused: what is not finished goes to reserves at once, so that nothing runs on this machine and nobody waits for it. */
export function layDown(turn: Turn): void {
  for (const [escrow, job] of turn.peer.jobs) {
    if (job.phase === 'answering' || job.phase === 'answered') continue;
    if (job.phase === 'running') note(turn, job, 'unpaid', 0);
    reject(turn, escrow, 'busy');
    drop(turn, escrow);
  }
}

/** Receipt and result in one frame, again until a settlement or the deadline ends the job. */
export function sendAnswer(turn: Turn, job: Job): void {
  const { id } = job.record;
  if (!job.answer) return;
  if (networkNow(turn) > job.assignment.at + job.record.deadline + ANSWER_RESEND_MS) {
    note(turn, job, 'unpaid', 0);
    return drop(turn, id);
  }
  const { receipt, result, ticket } = job.answer;
  if (turn.peer.link.ready) turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'result', escrow: id, receipt }, attachment: result, ticket });
  turn.emit({ do: 'timer', name: jobTimers.answer(id), delayMs: ANSWER_RESEND_MS });
}

/** A settlement was folded: the job is paid, or is not. */
export function onSettled(turn: Turn, settle: SettleRecord): void {
  const job = turn.peer.jobs.get(settle.escrow);
  if (!job) return;
  const earned = settle.pay.reduce((sum, pay) => (pay.to === turn.peer.options.id ? sum + pay.amount : sum), 0);
  const served = settle.slots.some(({ who, ok }) => who === turn.peer.options.id && ok);
  note(turn, job, served ? 'paid' : 'unpaid', earned);
  drop(turn, settle.escrow);
}

export function onJobEnded(turn: Turn, escrow: Id, code: EndCode): void {
  const job = turn.peer.jobs.get(escrow);
  // A settled job waits for its settlement record, which says what was paid.
  if (!job || code === 'settled') return;
  note(turn, job, 'unpaid', 0);
  drop(turn, escrow);
}

function reject(turn: Turn, escrow: Id, why: Reject['why']): void {
  const body: Reject = { kind: 'reject', escrow, worker: turn.peer.options.id, why };
  turn.emit({ do: 'sign', body: JSON.stringify(body), as: { how: 'rejected' } satisfies WorkerContinuation });
}

export function sendSigned(turn: Turn, t: 'present' | 'reject', signed: Signed): void {
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t, p: signed } });
}

function drop(turn: Turn, escrow: Id): void {
  const job = turn.peer.jobs.get(escrow);
  if (!job) return;
  if (job.phase === 'running') turn.emit({ do: 'stop', run: escrow });
  turn.peer.jobs.delete(escrow);
  turn.emit({ do: 'clear', name: jobTimers.beat(escrow) });
  turn.emit({ do: 'clear', name: jobTimers.answer(escrow) });
}

function note(turn: Turn, job: Job, phase: 'started' | 'answered' | 'paid' | 'unpaid' | 'failed', amount: number): void {
  const { record: { id: escrow, type: kind, author: submitter }, ciphertext, answer, busyMs, items } = job;
  const size = ciphertext.length + (answer?.result.length ?? 0);
  turn.emit({ do: 'notify', notice: { note: 'work', escrow, kind, submitter, phase, amount, busyMs, items, size, digest: answer?.digest ?? '' } });
}
