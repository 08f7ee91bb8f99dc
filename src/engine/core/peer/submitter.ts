/**
 * Buying work: a submission from its payload to its answer (PROTOCOL section 1, the submitter's legs).
 *
 *     locking -> waiting -> escrowing -> assigned -> running -> over
 *
 * A submission that the network never took ends as `untaken`: the host may then run it on this machine.
 */
import { escrowAmount } from '../assignment/price.js';
import { rank } from '../assignment/ranking.js';
import type { TaskRequest, Locked } from '../event.js';
import type { EndCode, Member } from '../message.js';
import { decodeOutcome } from '../outcome.js';
import type { Assignment, Id, NodeId } from '../record.js';
import { pumpChain } from './account.js';
import { type Failure, networkEpoch, type Submission, type Turn } from './state.js';

/** How long a task that may not run here waits for a first link before it fails. */
const LINK_PATIENCE_MS = 8_000;
/** Silence after which the witness is asked what it knows of a running task: more often while keys may still be handed out. */
const FETCH_INTERVAL_MS = 3_000;
const FETCHES_IN_GRACE = 3;
/** Least patience with a straggler once a majority has answered. */
const STRAGGLER_MS = 250;

const REMEMBERED_MAX = 1_000;
const NO_BYTES = new Uint8Array(0);

const DEADLINE_BASE_MS = 5_000;
const DEADLINE_MAX_MS = 3_600_000;
const DEADLINE_FACTOR = 3;
const FUEL_PER_MS = 1_000;

export type SubmitterContinuation =
  | { readonly how: 'locked'; readonly task: string }
  | { readonly how: 'boxed'; readonly task: string }
  | { readonly how: 'result'; readonly task: string; readonly worker: NodeId };

export const taskTimers = {
  timeout: (task: string) => `timeout/${task}`,
  link: (task: string) => `link/${task}`,
  fetch: (task: string) => `fetch/${task}`,
  straggler: (task: string) => `straggler/${task}`,
};

export function submit(turn: Turn, request: TaskRequest): void {
  const { peer } = turn;
  const amount = escrowAmount(request.meter.price, request.k, request.priority, peer.options.network.parameters.payMin);
  const submission: Submission = {
    request, amount, locked: undefined, escrow: undefined, assignment: undefined, assignedAt: 0, phase: 'locking', results: new Map(), cancelled: false,
  };
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

/** Queues the escrow of every waiting submission that can be paid for now. */
export function resumeSubmissions(turn: Turn): void {
  const { peer } = turn;
  if (!peer.link.ready || !peer.ledger.opened(peer.options.id)) return;
  for (const submission of peer.submissions.values()) {
    if (submission.phase !== 'waiting') continue;
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
  };
}

/** As long as the caller is patient, and never less than the rule's floor. */
function deadlineOf({ meter, timeoutMs }: TaskRequest): number {
  return Math.min(DEADLINE_MAX_MS, Math.max(Math.ceil(timeoutMs), DEADLINE_BASE_MS + DEADLINE_FACTOR * Math.ceil(meter.fuel / FUEL_PER_MS)));
}

export function onEscrowCertified(turn: Turn, task: string): void {
  const { peer } = turn;
  const submission = peer.submissions.get(task);
  if (!submission?.escrow) return;
  const entry = peer.ledger.get(submission.escrow);
  if (!entry?.assignment) return;
  if (submission.cancelled) {
    turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'cancel', escrow: submission.escrow } });
    return;
  }
  if (submission.phase === 'over') return;
  turn.emit({ do: 'notify', notice: { note: 'submitted', task, escrow: submission.escrow, amount: submission.amount } });
  submission.assignment = entry.assignment;
  submission.assignedAt = turn.now;
  submission.phase = 'assigned';
  turn.emit({ do: 'timer', name: taskTimers.fetch(task), delayMs: fetchDelay(turn, submission) });
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
export function handOutKeys(turn: Turn, submission: Submission): void {
  const { peer } = turn;
  const { assignment, locked, request } = submission;
  if (!assignment || !locked || submission.phase === 'over') return;
  const members = peer.rosters.get(assignment.roster);
  if (!members) {
    turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'roster-want', hash: assignment.roster } });
    return;
  }
  if (!drawIsHonest(turn, assignment, members, submission)) {
    turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'relay-rejected', message: 'The witness drew workers that do not follow from its seed and roster; the key was withheld.' } });
    return finish(turn, submission, { code: 'relay-rejected', message: 'The witness assigned workers that do not follow from its own seed. No key was handed out; the escrow is refunded at its deadline.' });
  }
  turn.emit({ do: 'box', contentKey: locked.contentKey, to: assignment.ranks, as: { how: 'boxed', task: request.task } satisfies SubmitterContinuation });
}

function drawIsHonest({ peer }: Turn, assignment: Assignment, members: readonly Member[], { request }: Submission): boolean {
  const { parameters } = peer.options.network;
  const expected = rank(assignment.seed, members, {
    count: assignment.k + parameters.reserves, k: assignment.k, submitter: peer.options.id, kind: request.kind, version: request.version, oneWorkerPerSite: parameters.oneWorkerPerSite,
  });
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

export function onSealedResult(turn: Turn, escrow: Id, worker: NodeId, sealed: Uint8Array): void {
  const submission = submissionOf(turn, escrow);
  const ranked = submission?.assignment?.ranks.some(({ node }) => node === worker);
  if (!submission?.locked || !ranked || submission.phase === 'over' || submission.results.has(worker)) return;
  const { resultSecret, contentKey } = submission.locked;
  turn.emit({ do: 'read-result', sealed, resultSecret, contentKey, as: { how: 'result', task: submission.request.task, worker } satisfies SubmitterContinuation });
}

export function onResultRead(turn: Turn, task: string, worker: NodeId, output: Uint8Array | undefined, digest: string | undefined): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission?.assignment || submission.phase === 'over' || !output || !digest) return;
  submission.results.set(worker, { output, digest });
  const { k } = submission.assignment;
  turn.emit({ do: 'notify', notice: { note: 'progress', task, phase: 'results', loaded: submission.results.size, total: k } });
  const best = largestAgreement(submission);
  if (best.length <= k / 2) return;
  if (submission.results.size >= k) return conclude(turn, submission);
  const patience = Math.max(STRAGGLER_MS, turn.now - submission.assignedAt);
  turn.emit({ do: 'timer', name: taskTimers.straggler(task), delayMs: patience });
}

function largestAgreement({ results }: Submission): NodeId[] {
  const groups = new Map<string, NodeId[]>();
  for (const [worker, { digest }] of results) groups.set(digest, [...(groups.get(digest) ?? []), worker]);
  return [...groups.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
}

/** A majority agrees, and the rest has answered or had its time. */
export function conclude(turn: Turn, submission: Submission): void {
  const { assignment, request, amount } = submission;
  const workers = largestAgreement(submission);
  const output = workers[0] === undefined ? undefined : submission.results.get(workers[0])?.output;
  if (!assignment || !output || submission.phase === 'over') return;
  const outcome = decodeOutcome(output);
  if (!outcome) return finish(turn, submission, { code: 'kernel-failed', message: 'The workers agreed on bytes that are no result.' });
  if (!outcome.ok) return finish(turn, submission, { code: outcome.code, message: outcome.message });
  turn.emit({ do: 'notify', notice: { note: 'resolved', task: request.task, kind: request.kind, output: outcome.output, amount, workers, verified: workers.length >= 2 } });
  end(turn, submission);
}

/** The witness says that the escrow is over; with `settled` a result may still be on its way. */
export function onEnded(turn: Turn, escrow: Id, code: EndCode): void {
  const submission = submissionOf(turn, escrow);
  if (!submission || submission.phase === 'over') return;
  if (code === 'unknown') return resendEscrow(turn, submission);
  if (code === 'settled') {
    // A result that is still missing may be on its way, or lost for ever: the fetch timer asks, at its own pace.
    if (submission.results.size > 0 && largestAgreement(submission).length > (submission.assignment?.k ?? 0) / 2) conclude(turn, submission);
    return;
  }
  finish(turn, submission, ENDINGS[code]);
}

const ENDINGS: Readonly<Record<Exclude<EndCode, 'settled' | 'unknown'>, Failure>> = {
  'aborted': { code: 'aborted', message: 'The task was cancelled; its credits were refunded.' },
  'timeout': { code: 'timeout', message: 'The workers did not answer before the deadline; the credits were refunded.' },
  'no-consensus': { code: 'no-consensus', message: 'The workers disagreed and no reserve was left to decide; the credits were refunded. Submit again.' },
  'no-workers': { code: 'no-workers', message: 'Too few of the drawn workers stayed to finish the task; the credits were refunded. Submit again.' },
};

export function onEscrowRefused(turn: Turn, task: string, failure: Failure): void {
  const submission = turn.peer.submissions.get(task);
  if (submission) giveUpOnNetwork(turn, submission, failure);
}

export function abort(turn: Turn, task: string, code: 'aborted' | 'timeout'): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission || submission.phase === 'over') return;
  const message = code === 'aborted' ? 'The task was cancelled.' : `No verified result came within ${submission.request.timeoutMs} ms. The escrow runs its course; EdgeNet.result(taskId) fetches a late result.`;
  // A timeout leaves the escrow alone: the result can still be fetched. A cancel takes it back.
  submission.cancelled = code === 'aborted';
  if (submission.cancelled && submission.assignment && submission.escrow) {
    turn.emit({ do: 'send', to: turn.peer.witness.node, message: { t: 'cancel', escrow: submission.escrow } });
  }
  finish(turn, submission, { code, message });
}

/** Asks again for a result that another life of this identity has paid for. */
export function recall(turn: Turn, task: string): void {
  const { peer } = turn;
  const submission = peer.submissions.get(task);
  if (!submission?.escrow || !submission.locked) {
    return turn.emit({ do: 'notify', notice: { note: 'failed', task, code: 'bad-input', message: 'This identity never submitted a task with that id, or it is more than a day old.' } });
  }
  submission.phase = 'running';
  submission.assignment ??= peer.ledger.get(submission.escrow)?.assignment;
  submission.assignedAt = turn.now;
  submission.results.clear();
  turn.emit({ do: 'timer', name: taskTimers.timeout(task), delayMs: submission.request.timeoutMs });
  fetchAgain(turn, submission);
}

/** A new link: whatever was under way is told again, since either side may have lost it. */
export function resendSubmissions(turn: Turn): void {
  for (const submission of turn.peer.submissions.values()) {
    if (submission.phase !== 'assigned' && submission.phase !== 'running') continue;
    if (submission.locked?.ciphertext.length) resendEscrow(turn, submission);
    fetchAgain(turn, submission);
  }
}

function resendEscrow(turn: Turn, submission: Submission): void {
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

export function onLinkPatienceOver(turn: Turn, task: string): void {
  const submission = turn.peer.submissions.get(task);
  if (!submission || turn.peer.link.ready || (submission.phase !== 'waiting' && submission.phase !== 'locking')) return;
  giveUpOnNetwork(turn, submission, turn.peer.link.down ?? { code: 'relay-unreachable', message: 'No relay answered. Check the relays attribute and the network connection.' });
}

function giveUpOnNetwork(turn: Turn, submission: Submission, failure: Failure): void {
  if (submission.phase === 'over') return;
  turn.emit({ do: 'notify', notice: { note: 'untaken', task: submission.request.task, ...failure } });
  end(turn, submission);
}

function submissionOf({ peer }: Turn, escrow: Id): Submission | undefined {
  const task = peer.escrows.get(escrow);
  return task === undefined ? undefined : peer.submissions.get(task);
}

function finish(turn: Turn, submission: Submission, { code, message, retryAfterMs }: Failure): void {
  turn.emit({ do: 'notify', notice: { note: 'failed', task: submission.request.task, code, message, retryAfterMs } });
  end(turn, submission);
}

function end(turn: Turn, submission: Submission): void {
  submission.phase = 'over';
  for (const name of Object.values(taskTimers)) turn.emit({ do: 'clear', name: name(submission.request.task) });
  // The secrets stay, so that `recall` works; the payload need not.
  if (submission.locked) submission.locked = { ...submission.locked, ciphertext: NO_BYTES };
  submission.request = { ...submission.request, payload: NO_BYTES };
  forgetOldest(turn);
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
