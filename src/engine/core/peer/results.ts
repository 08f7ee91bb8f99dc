/** The submitter's end of a task: results are opened, compared by their digests, and one of them becomes the answer. */
import type { EndCode } from '../message.js';
import { decodeOutcome } from '../outcome.js';
import type { Id, NodeId } from '../record.js';
import { fetchAgain, resendEscrow } from './keys.js';
import type { Failure, Submission, Turn } from './state.js';
import { end, finish, submissionOf, taskTimers } from './submission.js';

/** Least patience with a straggler once a majority has answered. */
const STRAGGLER_MS = 250;

export type ResultsContinuation = { readonly how: 'result'; readonly task: string; readonly worker: NodeId; readonly size: number };

interface Verdict {
  readonly workers: readonly NodeId[];
  readonly output: Uint8Array;
  readonly digest: string;
}

export function onSealedResult(turn: Turn, escrow: Id, worker: NodeId, sealed: Uint8Array): void {
  const submission = submissionOf(turn, escrow);
  const ranked = submission?.assignment?.ranks.some(({ node }) => node === worker);
  if (!submission?.locked || !ranked || submission.phase === 'over' || submission.results.has(worker)) return;
  const { resultSecret, contentKey } = submission.locked;
  turn.emit({ do: 'read-result', sealed, resultSecret, contentKey, as: { how: 'result', task: submission.request.task, worker, size: sealed.length } satisfies ResultsContinuation });
}

export function onResultRead(turn: Turn, { task, worker, size }: ResultsContinuation, { output, digest }: { readonly output?: Uint8Array; readonly digest?: string }): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission?.assignment || submission.phase === 'over') return;
  if (!output || !digest) {
    submission.unreadable.add(worker);
    return conclude(turn, submission);
  }
  submission.unreadable.delete(worker);
  submission.results.set(worker, { output, digest, size });
  const { k } = submission.assignment;
  turn.emit({ do: 'notify', notice: { note: 'progress', task, phase: 'results', loaded: submission.results.size, total: k } });
  if (submission.results.size < k && largestAgreement(submission).length > k / 2) {
    const patience = Math.max(STRAGGLER_MS, turn.now - submission.assignedAt);
    return turn.emit({ do: 'timer', name: taskTimers.straggler(task), delayMs: patience });
  }
  conclude(turn, submission);
}

function largestAgreement({ results }: Submission): NodeId[] {
  const groups = new Map<string, NodeId[]>();
  for (const [worker, { digest }] of results) groups.set(digest, [...(groups.get(digest) ?? []), worker]);
  return [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
}

/** Once the rest has answered or had its time, and there is a verdict. */
export function conclude(turn: Turn, submission: Submission): void {
  if (submission.phase === 'over') return;
  const { request, amount } = submission;
  const verdict = majority(submission) ?? settledVerdict(turn, submission);
  if (!verdict) return;
  const outcome = decodeOutcome(verdict.output);
  if (!outcome) return finish(turn, submission, { code: 'kernel-failed', message: 'The workers agreed on bytes that are no result.' });
  if (!outcome.ok) return finish(turn, submission, { code: outcome.code, message: outcome.message });
  const { workers, digest } = verdict;
  const { task, kind } = request;
  turn.emit({ do: 'notify', notice: { note: 'resolved', task, escrow: submission.escrow ?? '', kind, output: outcome.output, amount, workers, verified: workers.length >= 2, size: trafficOf(turn, submission), digest } });
  end(turn, submission);
}

/** Bytes of the payload, and of every result that came. */
function trafficOf({ peer }: Turn, { escrow = '', results }: Submission): number {
  const record = peer.ledger.get(escrow)?.record;
  return [...results.values()].reduce((sum, { size }) => sum + size, record?.kind === 'escrow' ? record.inSize : 0);
}

function majority(submission: Submission): Verdict | undefined {
  const workers = largestAgreement(submission);
  const result = workers[0] === undefined ? undefined : submission.results.get(workers[0]);
  return submission.assignment && result && workers.length > submission.assignment.k / 2 ? { workers, output: result.output, digest: result.digest } : undefined;
}

/**
 * A worker may get paid for the right digest and seal a result that nobody can open. When all results are here, the
 * certified settlement says that their receipts agreed, and what can be opened is one and the same, that is the answer:
 * to make it a wrong one takes as many liars as it takes for a majority.
 */
function settledVerdict({ peer }: Turn, { escrow, results, unreadable }: Submission): Verdict | undefined {
  const slots = escrow === undefined ? [] : (peer.ledger.settlementOf(escrow)?.record.slots ?? []);
  const workers = slots.filter(({ ok }) => ok).map(({ who }) => who);
  if (workers.length < 2 || !workers.every((who) => results.has(who) || unreadable.has(who))) return undefined;
  const readable = workers.flatMap((who) => results.get(who) ?? []);
  const [first] = readable;
  return first && readable.every(({ digest }) => digest === first.digest) ? { workers, output: first.output, digest: first.digest } : undefined;
}

/** The witness says that the escrow is over; with `settled` a result may still be on its way. */
export function onEnded(turn: Turn, escrow: Id, code: EndCode): void {
  const submission = submissionOf(turn, escrow);
  if (!submission || submission.phase === 'over') return;
  if (code === 'unknown') return resendEscrow(turn, submission);
  // A result that is still missing may be on its way, or lost for ever: the fetch timer asks, at its own pace.
  if (code === 'settled') return conclude(turn, submission);
  finish(turn, submission, ENDINGS[code]);
}

const ENDINGS: Readonly<Record<Exclude<EndCode, 'settled' | 'unknown'>, Failure>> = {
  'aborted': { code: 'aborted', message: 'The task was cancelled; its credits were refunded.' },
  'timeout': { code: 'timeout', message: 'The workers did not answer before the deadline; the credits were refunded.' },
  'no-consensus': { code: 'no-consensus', message: 'The workers disagreed and no reserve was left to decide; the credits were refunded. Submit again.' },
  'no-workers': { code: 'no-workers', message: 'Too few of the drawn workers stayed to finish the task; the credits were refunded. Submit again.' },
};

/** Asks again for a result that was paid for; one that is under way already will tell by itself. */
export function recall(turn: Turn, task: string): void {
  const { peer } = turn;
  const submission = peer.submissions.get(task);
  if (submission && submission.phase !== 'over') return;
  if (!submission?.escrow || !submission.locked) {
    return turn.emit({ do: 'notify', notice: { note: 'failed', task, code: 'bad-input', message: 'This identity never submitted a task with that id, or it is more than a day old.' } });
  }
  submission.phase = 'running';
  submission.assignment ??= peer.ledger.get(submission.escrow)?.assignment;
  submission.assignedAt = turn.now;
  submission.results.clear();
  submission.unreadable.clear();
  turn.emit({ do: 'timer', name: taskTimers.timeout(task), delayMs: submission.request.timeoutMs });
  fetchAgain(turn, submission);
}
