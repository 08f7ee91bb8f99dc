/**
 * The own account's chain. One record is under way at a time; it is persisted before it is sent and sent again,
 * bytes unchanged, until the witness certifies or refuses it. So a crash at any point forks nothing.
 */
import { sha256Id } from '../encoding.js';
import type { AccountRequest } from '../event.js';
import type { Refusal } from '../message.js';
import type { AuthoredRecord, Signed } from '../record.js';
import { type Draft, type Failure, type InFlight, networkEpoch, type Purpose, type Turn } from './state.js';
import { secretsOf } from './submission.js';

export const accountTimers = { chain: 'chain', open: 'open' } as const;
const CHAIN_KEY = 'chain';
const RESEND_MS = 2_000;
/** Between two sendings of an escrow, which may be large: its grace time runs, so whether it was certified is asked sooner. */
const ASKS_PER_SENDING = 2;
const REOPEN_MS = 2_000;
const REOPEN_MS_MAX = 300_000;

export type AccountContinuation = { readonly how: 'opened' } | { readonly how: 'drafted'; readonly draft: Draft };

/** Makes sure that the account exists, and sends the next record if none is under way. */
export function pumpChain(turn: Turn): void {
  const { peer } = turn;
  const { chain } = peer;
  if (!peer.link.ready || peer.superseded || chain.inFlight || chain.preparing) return;
  if (!peer.ledger.opened(peer.options.id)) {
    if (peer.wantsAccount && !chain.opening.failure) proveOpening(turn);
    return;
  }
  const draft = chain.drafts.shift();
  if (!draft) return;
  chain.preparing = true;
  const head = peer.ledger.head(peer.options.id);
  const body = { ...draft.fields, net: peer.options.network.net, epoch: networkEpoch(turn), author: peer.options.id, seq: (head?.seq ?? -1) + 1, prev: head?.id ?? '' };
  turn.emit({ do: 'sign', body: JSON.stringify(body), as: { how: 'drafted', draft } satisfies AccountContinuation });
}

function proveOpening(turn: Turn): void {
  const { options, chain } = turn.peer;
  chain.preparing = true;
  const fields = {
    kind: 'open', net: options.network.net, epoch: networkEpoch(turn), author: options.id, seq: 0, prev: '',
    site: options.site, share: options.sharePpm, ...(options.ref === '' ? {} : { ref: options.ref }),
  };
  turn.emit({ do: 'prove', fields, bits: options.network.parameters.openBits, as: { how: 'opened' } satisfies AccountContinuation });
}

export function onProved(turn: Turn, body: string): void {
  turn.emit({ do: 'sign', body, as: { how: 'drafted', draft: { purpose: { for: 'open' }, fields: {} } } satisfies AccountContinuation });
}

export function onDraftSigned(turn: Turn, draft: Draft, signed: Signed): void {
  const { peer } = turn;
  const inFlight: InFlight = { purpose: draft.purpose, signed, id: sha256Id(signed.b) };
  peer.chain.preparing = false;
  peer.chain.inFlight = inFlight;
  const secrets: (readonly [string, string])[] = [];
  if (draft.purpose.for === 'task') {
    const submission = peer.submissions.get(draft.purpose.task);
    if (submission?.phase !== 'escrowing') {
      peer.chain.inFlight = undefined;
      return pumpChain(turn);
    }
    submission.escrow = inFlight.id;
    peer.escrows.set(inFlight.id, draft.purpose.task);
    secrets.push(...secretsOf(submission, inFlight.id));
  }
  turn.emit({ do: 'save', area: 'store', sync: true, writes: [[CHAIN_KEY, JSON.stringify(inFlight)], ...secrets], then: [sendInFlight(turn, inFlight)], as: { how: 'chain', id: inFlight.id } });
  awaitCertificate(turn, inFlight);
}

function awaitCertificate({ peer, emit }: Turn, { purpose }: InFlight): void {
  peer.chain.asked = 0;
  emit({ do: 'timer', name: accountTimers.chain, delayMs: silenceMs(purpose) });
}

function silenceMs(purpose: Purpose): number {
  return purpose.for === 'task' ? RESEND_MS / (ASKS_PER_SENDING + 1) : RESEND_MS;
}

function sendInFlight({ peer }: Turn, { purpose, signed }: InFlight) {
  const ciphertext = purpose.for === 'task' ? peer.submissions.get(purpose.task)?.locked?.ciphertext : undefined;
  return purpose.for === 'task'
    ? { do: 'send', to: peer.witness.node, message: { t: 'escrow', r: signed }, attachment: ciphertext, ticket: signed } as const
    : { do: 'send', to: peer.witness.node, message: { t: 'record', r: signed } } as const;
}

/** On every new link, and on the timer when asking brought nothing. */
export function resendInFlight(turn: Turn): void {
  const { chain, link, ledger } = turn.peer;
  if (!chain.inFlight || !link.up) return;
  // Certified before a crash, and not crossed out before it.
  if (ledger.get(chain.inFlight.id)) return onLedgerGrew(turn);
  turn.emit(sendInFlight(turn, chain.inFlight));
  awaitCertificate(turn, chain.inFlight);
}

/** On the timer: an escrow's certificate may have been lost, and is fetched without sending the payload again. */
export function onChainSilence(turn: Turn): void {
  const { chain, link, witness } = turn.peer;
  if (!chain.inFlight || !link.up) return;
  const { id, purpose } = chain.inFlight;
  if (purpose.for !== 'task' || chain.asked === ASKS_PER_SENDING) return resendInFlight(turn);
  chain.asked += 1;
  turn.emit({ do: 'send', to: witness.node, message: { t: 'fetch', escrow: id } });
  turn.emit({ do: 'timer', name: accountTimers.chain, delayMs: silenceMs(purpose) });
}

/** The ledger gained records: one may be ours. */
export function onLedgerGrew(turn: Turn): void {
  const { peer } = turn;
  const { inFlight } = peer.chain;
  if (inFlight && peer.ledger.get(inFlight.id)) {
    clearInFlight(turn);
    if (inFlight.purpose.for === 'task') turn.signal({ is: 'certified', task: inFlight.purpose.task });
    if (inFlight.purpose.for === 'ask') {
      peer.asks.delete(inFlight.purpose.ask);
      turn.emit({ do: 'notify', notice: { note: 'asked', ask: inFlight.purpose.ask, record: inFlight.id } });
    }
  }
  const { spendable, pending } = peer.ledger.balances(peer.options.id, networkEpoch(turn));
  const total = spendable + pending;
  if (total !== peer.lastBalance) {
    turn.emit({ do: 'notify', notice: { note: 'credit', gained: total - peer.lastBalance, spendable, pending } });
    peer.lastBalance = total;
  }
  pumpChain(turn);
}

export function onRefused(turn: Turn, refusal: Refusal): void {
  const { inFlight } = turn.peer.chain;
  if (!inFlight || inFlight.id !== refusal.record) return;
  // The record may already be certified, and this refusal an old one: the ledger has the last word.
  if (turn.peer.ledger.get(inFlight.id)) return onLedgerGrew(turn);
  if (refusal.code === 'relay-rejected') return; // not now: the resend timer asks again
  clearInFlight(turn);
  const { epoch } = JSON.parse(inFlight.signed.b) as AuthoredRecord;
  if (refusal.code === 'clock-skew' && epoch !== networkEpoch(turn)) wishAgain(turn, inFlight.purpose, refusal);
  else fail(turn, inFlight.purpose, refusal);
  pumpChain(turn);
}

/** An outage made the record too old: the same wish is dated anew. */
function wishAgain(turn: Turn, purpose: Purpose, refusal: Refusal): void {
  if (purpose.for === 'open') return; // as long as there is no account, one is opened
  if (purpose.for === 'task') return turn.signal({ is: 'refused', task: purpose.task, failure: { ...refusal, retryAfterMs: 0 } });
  const request = turn.peer.asks.get(purpose.ask);
  if (request) ask(turn, request);
  else fail(turn, purpose, refusal); // of an earlier life, and nobody waits for it any more
}

export function onChainSaveFailed(turn: Turn, id: string, failure: Failure): void {
  const { inFlight } = turn.peer.chain;
  if (inFlight?.id !== id) return;
  clearInFlight(turn);
  fail(turn, inFlight.purpose, failure);
  pumpChain(turn);
}

function fail(turn: Turn, purpose: Purpose, failure: Failure): void {
  if (purpose.for === 'task') return turn.signal({ is: 'refused', task: purpose.task, failure });
  if (purpose.for === 'ask') {
    turn.peer.asks.delete(purpose.ask);
    return turn.emit({ do: 'notify', notice: { note: 'ask-failed', ask: purpose.ask, code: failure.code, message: failure.message } });
  }
  restOpening(turn, failure);
}

/** Without an account nothing goes on: what waits for it fails now, and it is tried again ever later. */
function restOpening(turn: Turn, failure: Failure): void {
  const { opening, drafts } = turn.peer.chain;
  const delayMs = Math.max(failure.retryAfterMs ?? 0, Math.min(REOPEN_MS_MAX, REOPEN_MS * 2 ** opening.refusals));
  Object.assign(opening, { refusals: opening.refusals + 1, failure });
  turn.emit({ do: 'notify', notice: { note: 'trouble', code: failure.code, message: `The account could not be opened: ${failure.message}` } });
  turn.emit({ do: 'timer', name: accountTimers.open, delayMs });
  for (const { purpose } of drafts.splice(0)) fail(turn, purpose, failure);
  turn.signal({ is: 'unopened' });
}

/** On the timer. */
export function openAgain(turn: Turn): void {
  turn.peer.chain.opening.failure = undefined;
  pumpChain(turn);
}

export function ask(turn: Turn, { ask: name, ...fields }: AccountRequest): void {
  const { asks, chain } = turn.peer;
  const purpose = { for: 'ask', ask: name } as const;
  if (chain.opening.failure) return fail(turn, purpose, chain.opening.failure);
  asks.set(name, { ask: name, ...fields } as AccountRequest);
  turn.peer.wantsAccount = true;
  chain.drafts.push({ purpose, fields });
  pumpChain(turn);
}

function clearInFlight(turn: Turn): void {
  turn.peer.chain.inFlight = undefined;
  turn.emit({ do: 'clear', name: accountTimers.chain });
  turn.emit({ do: 'save', area: 'store', writes: [[CHAIN_KEY, null]], then: [] });
}

/** What a crash left: the same bytes go out again. */
export function restoreInFlight(turn: Turn, text: string): void {
  turn.peer.chain.inFlight = JSON.parse(text) as InFlight;
}
