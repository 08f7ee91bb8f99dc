/**
 * Buying work: a submission from its payload to its certified escrow (PROTOCOL section 1, the submitter's legs).
 * The keys are handed out in `keys.ts`, the results compared in `results.ts`.
 *
 *     locking -> waiting -> escrowing -> assigned -> running -> over
 *
 * A submission that the network never took ends as `untaken`: the host may then run it on this machine.
 */
import { escrowAmount } from '../assignment/price.js';
import type { TaskRequest, Locked } from '../event.js';
import { pumpChain } from './account.js';
import { onAssigned } from './keys.js';
import { type Failure, networkEpoch, type Submission, type Turn } from './state.js';
import { finish, forgetEscrow, giveUpOnNetwork, newSubmission, taskTimers } from './submission.js';

/** How long a task that may not run here waits for a first link before it fails. */
const LINK_PATIENCE_MS = 8_000;
/** A cancel that was lost is repeated so often. */
const CANCEL_INTERVAL_MS = 2_000;

const DEADLINE_BASE_MS = 5_000;
const DEADLINE_MAX_MS = 3_600_000;
const DEADLINE_FACTOR = 3;
const FUEL_PER_MS = 1_000;
/** A k of 0 leaves the choice to the witness: two. */
const REPLICAS = 2;

export type SubmitterContinuation = { readonly how: 'locked'; readonly task: string };

export function submit(turn: Turn, request: TaskRequest): void {
  const { peer } = turn;
  const amount = escrowAmount(request.meter.price, request.k, request.priority, peer.options.network.parameters.payMin);
  const submission = newSubmission(request, amount, turn.now + request.timeoutMs);
  peer.submissions.set(request.task, submission);
  peer.tasksSubmitted += 1;
  turn.emit({ do: 'timer', name: taskTimers.timeout(request.task), delayMs: request.timeoutMs });
  if (amount > request.maxAmount) {
    return giveUpOnNetwork(turn, submission, { code: 'over-budget', message: `The task costs ${amount / 1e6} credits and maxCredits is ${request.maxAmount / 1e6}. Raise maxCredits or lower the redundancy.` });
  }
  peer.wantsAccount = true;
  if (!peer.link.ready) turn.emit({ do: 'timer', name: taskTimers.link(request.task), delayMs: LINK_PATIENCE_MS });
  turn.emit({ do: 'lock', payload: request.payload, as: { how: 'locked', task: request.task } satisfies SubmitterContinuation });
  pumpChain(turn);
}

export function onLocked(turn: Turn, task: string, locked: Locked): void {
  const submission = turn.peer.submissions.get(task);
  if (submission?.phase !== 'locking') return;
  submission.locked = locked;
  submission.phase = 'waiting';
  resumeSubmissions(turn);
}

export function onEncryptionFailed(turn: Turn, task: string, message: string): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission || submission.phase === 'over') return;
  const failure: Failure = { code: 'unsupported', message: `This machine could not encrypt the task: ${message}` };
  if (submission.phase === 'locking') giveUpOnNetwork(turn, submission, failure);
  else finish(turn, submission, failure);
}

/** Queues the escrow of every waiting submission that can be paid for now. */
export function resumeSubmissions(turn: Turn): void {
  const { peer } = turn;
  const unopened = peer.chain.opening.failure;
  if (!unopened && (!peer.link.ready || !peer.ledger.opened(peer.options.id))) return;
  for (const submission of peer.submissions.values()) {
    if (submission.phase !== 'waiting' || submission.refusal) continue;
    if (unopened) {
      giveUpOnNetwork(turn, submission, unopened);
      continue;
    }
    const faucetDue = peer.options.network.parameters.faucet > 0 && !peer.ledger.granted(peer.options.id);
    const { spendable } = peer.ledger.balances(peer.options.id, networkEpoch(turn));
    if (spendable < submission.amount) {
      if (faucetDue) continue;
      giveUpOnNetwork(turn, submission, { code: 'insufficient-credits', message: `The task costs ${submission.amount / 1e6} credits and the account has ${spendable / 1e6}.` });
    } else {
      submission.phase = 'escrowing';
      peer.chain.drafts.push({ purpose: { for: 'task', task: submission.request.task }, fields: escrowFields(submission) });
    }
  }
  pumpChain(turn);
}

function escrowFields({ request, amount, locked }: Submission): Record<string, unknown> {
  if (!locked) throw new Error('An escrow commits to a ciphertext.');
  return {
    kind: 'escrow', amount, task: request.task, type: request.kind, version: request.version, k: request.k, priority: request.priority,
    deadline: deadlineOf(request),
    inC: locked.inC, inSize: locked.ciphertext.length, keyC: locked.keyC, resultKey: locked.resultKey, meter: request.meter,
    ...(request.on ? { on: request.on } : {}),
  };
}

/** As long as the caller is patient, and never less than the rule's floor. */
function deadlineOf({ meter, timeoutMs }: TaskRequest): number {
  return Math.min(DEADLINE_MAX_MS, Math.max(Math.ceil(timeoutMs), DEADLINE_BASE_MS + DEADLINE_FACTOR * Math.ceil(meter.fuel / FUEL_PER_MS)));
}

export function onEscrowCertified(turn: Turn, task: string): void {
  const { peer } = turn;
  const submission = peer.submissions.get(task);
  const assignment = submission?.escrow === undefined ? undefined : peer.ledger.get(submission.escrow)?.assignment;
  if (!submission?.escrow || !assignment) return;
  if (submission.cancelled) return takeBack(turn, submission);
  if (submission.phase === 'over') return;
  turn.emit({ do: 'notify', notice: { note: 'submitted', task, escrow: submission.escrow, amount: submission.amount, size: submission.locked?.ciphertext.length ?? 0 } });
  onAssigned(turn, submission, assignment);
}

/** Refused for now: it goes on waiting, and is offered again, for as long as its caller waits. */
export function onEscrowRefused(turn: Turn, task: string, failure: Failure): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission) return;
  forgetEscrow(turn, submission);
  if (submission.phase !== 'escrowing' || !isForNow(turn, submission, failure)) return giveUpOnNetwork(turn, submission, failure);
  submission.phase = 'waiting';
  submission.refusal = failure;
  turn.emit({ do: 'timer', name: taskTimers.retry(task), delayMs: failure.retryAfterMs ?? 0 });
}

/** Too few workers in the roster are a reason to look elsewhere at once; busy ones will be free again, and a shard's holders be found. */
function isForNow({ peer, now }: Turn, { untilMs, request }: Submission, { code, retryAfterMs }: Failure): boolean {
  if (retryAfterMs === undefined || now + retryAfterMs >= untilMs) return false;
  const others = (peer.header?.size ?? 0) - (peer.capacity > 0 ? 1 : 0);
  return code !== 'no-workers' || request.on !== undefined || others >= (request.k || REPLICAS);
}

/** On the timer. */
export function offerAgain(turn: Turn, submission: Submission): void {
  submission.refusal = undefined;
  resumeSubmissions(turn);
}

export function abort(turn: Turn, task: string, code: 'aborted' | 'timeout'): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission || submission.phase === 'over') return;
  // A timeout leaves the escrow alone: the result can still be fetched. A cancel takes it back.
  submission.cancelled = code === 'aborted';
  finish(turn, submission, submission.cancelled ? { code, message: 'The task was cancelled.' } : lateness(submission));
  if (submission.cancelled) takeBack(turn, submission);
}

function lateness({ request, refusal }: Submission): Failure {
  if (refusal) return { ...refusal, message: `The network did not take the task within ${request.timeoutMs} ms: ${refusal.message}` };
  return { code: 'timeout', message: `No verified result came within ${request.timeoutMs} ms. The escrow runs its course; EdgeNet.result(taskId) fetches a late result.` };
}

/** Of a certified escrow, and again on the timer until it is settled: a cancel that is lost would be paid for. */
export function takeBack({ peer, emit }: Turn, { escrow, request }: Submission): void {
  if (!escrow || !peer.ledger.get(escrow) || peer.ledger.settlementOf(escrow)) return;
  if (peer.link.ready) emit({ do: 'send', to: peer.witness.node, message: { t: 'cancel', escrow } });
  emit({ do: 'timer', name: taskTimers.cancel(request.task), delayMs: CANCEL_INTERVAL_MS });
}

export function onLinkPatienceOver(turn: Turn, task: string): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission || turn.peer.link.ready || (submission.phase !== 'waiting' && submission.phase !== 'locking')) return;
  giveUpOnNetwork(turn, submission, turn.peer.link.down ?? { code: 'relay-unreachable', message: 'No relay answered. Check the relays attribute and the network connection.' });
}
