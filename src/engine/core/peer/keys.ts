/** The submitter's second word: the content key for the workers that were drawn, again until it is known to have arrived. */
import { seats } from '../assignment/ranking.js';
import type { Member } from '../message.js';
import type { Ledger } from '../ledger/ledger.js';
import type { Assignment, EscrowRecord, Id, NodeId } from '../record.js';
import type { Submission, Turn } from './state.js';
import { finish, submissionOf, taskTimers } from './submission.js';

/** Silence after which the witness is asked what it knows of a running task: more often while keys may still be handed out. */
const FETCH_INTERVAL_MS = 3_000;
const FETCHES_IN_GRACE = 3;

export type KeysContinuation = { readonly how: 'boxed'; readonly task: string };

export function onAssigned(turn: Turn, submission: Submission, assignment: Assignment): void {
  submission.assignment = assignment;
  submission.assignedAt = turn.now;
  submission.phase = 'assigned';
  turn.emit({ do: 'timer', name: taskTimers.fetch(submission.request.task), delayMs: fetchDelay(turn, submission) });
  handOutKeys(turn, submission);
}

function fetchDelay(turn: Turn, { assignedAt }: Submission): number {
  return turn.now - assignedAt < turn.peer.options.network.parameters.graceMs ? firstFetchMs(turn) : FETCH_INTERVAL_MS;
}

function firstFetchMs({ peer }: Turn): number {
  return Math.min(FETCH_INTERVAL_MS, peer.options.network.parameters.graceMs / FETCHES_IN_GRACE);
}

/** Asked what it knows, the witness sends the certificate once more where it still waits for keys: they were lost. */
export function onKeysDue(turn: Turn, escrow: Id): void {
  const submission = submissionOf(turn, escrow);
  if (submission?.phase !== 'running' || submission.results.size > 0 || turn.now - submission.assignedAt < firstFetchMs(turn)) return;
  submission.phase = 'assigned';
  handOutKeys(turn, submission);
}

/** Boxes the content key to the drawn workers, once the draw has been recomputed from the roster it names. */
function handOutKeys(turn: Turn, submission: Submission): void {
  const { peer } = turn;
  const { assignment, locked, request } = submission;
  if (!assignment || !locked || submission.phase === 'over') return;
  const members = peer.rosters.get(assignment.roster);
  if (!members) {
    turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'roster-want', hash: assignment.roster } });
    return;
  }
  // Their list may be on its way; until it is here, the fetch timer comes back to it.
  if (!areHolders(peer.ledger, request.on, assignment)) return;
  if (!drawIsHonest(turn, assignment, members, submission)) {
    turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'relay-rejected', message: 'The witness drew workers that do not follow from its seed and roster; the key was withheld.' } });
    return finish(turn, submission, { code: 'relay-rejected', message: 'The witness assigned workers that do not follow from its own seed. No key was handed out; the escrow is refunded at its deadline.' });
  }
  turn.emit({ do: 'box', contentKey: locked.contentKey, to: assignment.ranks, as: { how: 'boxed', task: request.task } satisfies KeysContinuation });
}

/** Whether those that a task on a shard was drawn among were ever named as its holders. */
export function areHolders(ledger: Ledger, on: EscrowRecord['on'], { among }: Assignment): boolean {
  return !on || (among ?? []).every((node) => ledger.collection(on.collection)?.wasHolder(on.shard, node));
}

function drawIsHonest({ peer }: Turn, assignment: Assignment, members: readonly Member[], { request }: Submission): boolean {
  const expected = seats(assignment, { author: peer.options.id, type: request.kind, version: request.version }, members, peer.options.network.parameters);
  return expected.length === assignment.ranks.length
    && expected.every((member, i) => member.node === assignment.ranks[i]?.node && member.box === assignment.ranks[i]?.box);
}

export function onRoster(turn: Turn): void {
  for (const submission of turn.peer.submissions.values()) {
    if (submission.phase === 'assigned') handOutKeys(turn, submission);
  }
}

export function onBoxed(turn: Turn, task: string, boxes: Readonly<Record<NodeId, string>>): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission?.escrow || submission.phase === 'over') return;
  submission.phase = 'running';
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'boxes', escrow: submission.escrow, boxes } });
}

/** A new link: whatever was under way is told again, since either side may have lost it. */
export function resendSubmissions(turn: Turn): void {
  for (const submission of turn.peer.submissions.values()) {
    if (submission.phase !== 'assigned' && submission.phase !== 'running') continue;
    if (submission.locked?.ciphertext.length) resendEscrow(turn, submission);
    fetchAgain(turn, submission);
  }
}

export function resendEscrow(turn: Turn, submission: Submission): void {
  const entry = submission.escrow === undefined ? undefined : turn.peer.ledger.get(submission.escrow);
  if (!entry || !submission.locked?.ciphertext.length) return;
  const { b, s } = entry.certified;
  turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'escrow', r: { b, s } }, attachment: submission.locked.ciphertext, ticket: { b, s } });
  submission.phase = 'assigned';
  handOutKeys(turn, submission);
}

/** On the fetch timer: silence may be a lost message on either side. */
export function fetchAgain(turn: Turn, submission: Submission): void {
  if (submission.phase !== 'assigned' && submission.phase !== 'running') return;
  if (submission.escrow && turn.peer.link.ready) {
    submission.assignment ??= turn.peer.ledger.get(submission.escrow)?.assignment;
    turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'fetch', escrow: submission.escrow } });
    if (submission.phase === 'assigned') handOutKeys(turn, submission);
  }
  turn.emit({ do: 'timer', name: taskTimers.fetch(submission.request.task), delayMs: fetchDelay(turn, submission) });
}
