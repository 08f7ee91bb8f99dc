/** One submission's life, whatever happens in it: how it begins, how it ends, and what is kept of it. */
import { utf8 } from '../encoding.js';
import type { Locked, TaskRequest } from '../event.js';
import type { Id } from '../record.js';
import type { Failure, Submission, Turn } from './state.js';

const REMEMBERED_MAX = 1_000;
const NO_BYTES = utf8('');

/** By task id. */
export const taskTimers = {
  timeout: (task: string) => `timeout/${task}`,
  link: (task: string) => `link/${task}`,
  retry: (task: string) => `retry/${task}`,
  fetch: (task: string) => `fetch/${task}`,
  straggler: (task: string) => `straggler/${task}`,
  cancel: (task: string) => `cancel/${task}`,
};

export function newSubmission(request: TaskRequest, amount: number, untilMs: number): Submission {
  return {
    request, amount, untilMs, locked: undefined, escrow: undefined, assignment: undefined, assignedAt: 0, phase: 'locking', refusal: undefined,
    results: new Map(), unreadable: new Set(), cancelled: false,
  };
}

/** What opens the results later, and names the task; the payload is nobody's business any more. */
interface Kept {
  readonly escrow: Id;
  readonly amount: number;
  readonly request: Omit<TaskRequest, 'payload'>;
  readonly locked: Omit<Locked, 'ciphertext'>;
}

/** To be written in the batch that also holds the escrow. */
export function secretsOf({ request, locked, amount }: Submission, escrow: Id): readonly (readonly [string, string])[] {
  if (!locked) return [];
  const { ciphertext: _, ...secrets } = locked;
  const { payload: __, ...rest } = request;
  return [[`task/${request.task}`, JSON.stringify({ escrow, amount, request: rest, locked: secrets } satisfies Kept)]];
}

export function restoreSubmission({ peer }: Turn, text: string): void {
  const { escrow, amount, request, locked } = JSON.parse(text) as Kept;
  peer.submissions.set(request.task, { ...newSubmission({ ...request, payload: NO_BYTES }, amount, 0), locked: { ...locked, ciphertext: NO_BYTES }, escrow, phase: 'over' });
  peer.escrows.set(escrow, request.task);
}

export function submissionOf({ peer }: Turn, escrow: Id): Submission | undefined {
  const task = peer.escrows.get(escrow);
  return task === undefined ? undefined : peer.submissions.get(task);
}

/** Refused, hence nothing that a result could be fetched for. */
export function forgetEscrow({ peer, emit }: Turn, submission: Submission): void {
  if (submission.escrow === undefined) return;
  peer.escrows.delete(submission.escrow);
  submission.escrow = undefined;
  emit({ do: 'save', area: 'store', writes: [[`task/${submission.request.task}`, null]], then: [] });
}

/** The network never took it: nothing was paid, and the host may run it on this machine. */
export function giveUpOnNetwork(turn: Turn, submission: Submission, { code, message, retryAfterMs }: Failure): void {
  if (submission.phase === 'over') return;
  turn.emit({ do: 'notify', notice: { note: 'untaken', task: submission.request.task, code, message, retryAfterMs } });
  end(turn, submission);
}

export function finish(turn: Turn, submission: Submission, { code, message, retryAfterMs }: Failure): void {
  turn.emit({ do: 'notify', notice: { note: 'failed', task: submission.request.task, code, message, retryAfterMs } });
  end(turn, submission);
}

export function end(turn: Turn, submission: Submission): void {
  const { task } = submission.request;
  submission.phase = 'over';
  for (const name of Object.values(taskTimers)) turn.emit({ do: 'clear', name: name(task) });
  withdrawDraft(turn, task);
  // The secrets stay, so that `recall` works; the payload need not.
  if (submission.locked) submission.locked = { ...submission.locked, ciphertext: NO_BYTES };
  submission.request = { ...submission.request, payload: NO_BYTES };
  forgetOldest(turn);
}

/** Else the same task, submitted again, would be escrowed twice. */
function withdrawDraft({ peer: { chain } }: Turn, task: string): void {
  const at = chain.drafts.findIndex(({ purpose }) => purpose.for === 'task' && purpose.task === task);
  if (at >= 0) chain.drafts.splice(at, 1);
}

/** A page may submit for days: only the newest finished tasks can be recalled from memory. */
function forgetOldest({ peer, emit }: Turn): void {
  if (peer.submissions.size <= REMEMBERED_MAX) return;
  for (const [task, { phase, escrow }] of peer.submissions) {
    if (phase !== 'over') continue;
    peer.submissions.delete(task);
    if (escrow) peer.escrows.delete(escrow);
    emit({ do: 'save', area: 'store', writes: [[`task/${task}`, null]], then: [] });
    return;
  }
}
