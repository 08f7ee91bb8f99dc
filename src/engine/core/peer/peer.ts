/** The peer's machine: hands each event to the part of the peer it concerns. */
import type { Effect } from '../effect.js';
import type { Event } from '../event.js';
import { sha256Id } from '../encoding.js';
import type { Message, Refusal } from '../message.js';
import { isWitnessMessage, parseRefusal } from '../message-shape.js';
import type { Certified, Id, Rec } from '../record.js';
import { isSyncMessage, onSyncMessage, sendNextParts, SYNC_TIMER } from '../sync.js';
import type { Machine } from '../../ports/machine.js';
import * as account from './account.js';
import * as holder from './holder.js';
import * as keys from './keys.js';
import * as owner from './owner.js';
import * as replica from './replica.js';
import { restore } from './restore.js';
import * as results from './results.js';
import { createPeerState, type PeerOptions, type PeerState, type Signal, type Turn } from './state.js';
import * as submitter from './submitter.js';
import * as worker from './worker.js';

export { createPeerState, type PeerOptions, type PeerState };

type Continuation =
  | account.AccountContinuation
  | submitter.SubmitterContinuation
  | keys.KeysContinuation
  | results.ResultsContinuation
  | worker.WorkerContinuation
  | replica.ReplicaContinuation
  | { readonly how: 'chain'; readonly id: Id }
  | { readonly how: 'refused'; readonly refusal: Refusal };

export const peerMachine: Machine<PeerState> = {
  step(peer, event) {
    const effects: Effect[] = [];
    const signals: Signal[] = [];
    const turn: Turn = { peer, now: event.now, emit: (effect) => effects.push(effect), signal: (signal) => signals.push(signal) };
    handle(turn, event);
    for (let signal = signals.shift(); signal; signal = signals.shift()) {
      if (signal.is === 'certified') submitter.onEscrowCertified(turn, signal.task);
      else if (signal.is === 'refused') submitter.onEscrowRefused(turn, signal.task, signal.failure);
      else submitter.resumeSubmissions(turn);
    }
    return { state: peer, effects };
  },
};

function handle(turn: Turn, event: Event): void {
  const { peer } = turn;
  switch (event.on) {
    case 'start':
      holder.restoreHeld(turn, event.held ?? []);
      restore(turn, event.store);
      return holder.dropOver(turn);
    case 'link-up':
      peer.link.up = true;
      peer.link.mode = event.mode;
      peer.link.down = undefined;
      turn.emit({ do: 'notify', notice: { note: 'changed' } });
      return replica.sayHello(turn);
    case 'link-down':
      peer.sync.clear();
      Object.assign(peer.link, { up: false, ready: false, mode: undefined, witnessSession: '', down: { code: event.code, message: event.message } });
      return turn.emit({ do: 'notify', notice: { note: 'changed' } });
    case 'message':
      if (event.from === peer.witness.node) onMessage(turn, event.message, event.attachment);
      return;
    case 'graph':
      if (event.value.topic === 'ledger') return grow(turn, [event.value.record]);
      return event.value.topic === 'roster' ? replica.onHeader(turn, event.value.signed) : replica.onCheckpoint(turn, event.value.signed);
    case 'guarded': {
      const as = event.as as Continuation;
      grow(turn, event.good);
      if (as.how === 'assigned' && event.good[0]) worker.onAssignmentGuarded(turn, idOf(turn, event.good[0]), as.ciphertext);
      return;
    }
    case 'timer':
      return onTimer(turn, event.name);
    case 'submit':
      return submitter.submit(turn, event.request);
    case 'abort':
      return submitter.abort(turn, event.task, event.code);
    case 'recall':
      return results.recall(turn, event.task);
    case 'contribute':
      peer.capacity = event.capacity;
      peer.kinds = event.kinds;
      peer.wantsAccount ||= event.capacity > 0;
      account.pumpChain(turn);
      if (event.capacity === 0 && !event.finishes) worker.layDown(turn);
      return worker.announce(turn);
    case 'ask':
      return account.ask(turn, event.request);
    case 'signed':
      return onSigned(turn, event.as as Continuation, event.signed);
    case 'verified': {
      const as = event.as as Continuation;
      if (as.how === 'refused' && event.ok) account.onRefused(turn, as.refusal);
      return;
    }
    case 'proved':
      return account.onProved(turn, event.body);
    case 'locked': {
      const as = event.as as Continuation;
      return as.how === 'locked' ? submitter.onLocked(turn, as.task, event.locked) : undefined;
    }
    case 'boxed': {
      const as = event.as as Continuation;
      return as.how === 'boxed' ? keys.onBoxed(turn, as.task, event.boxes) : undefined;
    }
    case 'result-read': {
      const as = event.as as Continuation;
      return as.how === 'result' ? results.onResultRead(turn, as, event) : undefined;
    }
    case 'unlocked': {
      const as = event.as as Continuation;
      return as.how === 'unlocked' ? worker.onUnlocked(turn, as.escrow, event.payload, event.contentKey, event.fault) : undefined;
    }
    case 'answered': {
      const as = event.as as Continuation;
      return as.how === 'answered' ? worker.onAnswered(turn, as.escrow, { receipt: event.receipt, digest: event.digest, result: event.result, ticket: event.ticket }) : undefined;
    }
    case 'crypto-failed':
      return onCryptoFailed(turn, event.as as Continuation, event.message);
    case 'ran':
      return worker.onRan(turn, event.run, event);
    case 'run-progress':
      return worker.onJobProgress(turn, event.run, event.loaded, event.total);
    case 'save-failed': {
      const as = event.as as Continuation | undefined;
      turn.emit({ do: 'notify', notice: { note: 'trouble', code: event.code, message: event.message } });
      if (as?.how === 'chain') account.onChainSaveFailed(turn, as.id, { code: event.code, message: event.message });
      return;
    }
    case 'gone':
    case 'loaded':
    case 'random':
    case 'receipt-read':
    case 'proof-read':
      return; // the witness's
    case 'shelf-kept':
      return event.ok ? holder.onShelfKept(turn, event.shard, event.turn) : undefined;
    case 'shelf-lost':
      return holder.onShelfLost(turn, event.shard);
    case 'shelf-boxed':
      return owner.onShelfBoxed(turn, event.shard, event.boxes);
    case 'shelf-read':
      return holder.onShelfRead(turn, event.shard, event.to, event.box, event.ciphertext);
    case 'shelf-proved':
      return holder.onShelfProved(turn, event.shard, event.period, event.sealed);
    case 'fetch-shard':
      return owner.fetchShard(turn, event.shard);
    default:
      event satisfies never;
  }
}

function onMessage(turn: Turn, message: Message, attachment: Uint8Array | undefined): void {
  const { peer } = turn;
  if (!isWitnessMessage(message)) return;
  if (isSyncMessage(message)) {
    if (message.t === 'records') {
      replica.awaitRecords(turn);
      return turn.emit({ do: 'guard', records: message.records, as: { how: 'synced' } satisfies Continuation });
    }
    return onSyncMessage(replica.syncTurn(turn), peer.witness.node, message);
  }
  switch (message.t) {
    case 'welcome':
      replica.onWelcome(turn, message);
      return becomeReady(turn);
    case 'superseded':
      if (message.session !== peer.options.session) return;
      peer.superseded = true;
      return turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'identity-busy', message: 'This identity is in use elsewhere, which took over. Close the other one and reload, or use an identity of its own.' } });
    case 'present-wanted':
      return worker.announce(turn);
    case 'certified':
      if (typeof message.r.b === 'string') keys.onKeysDue(turn, sha256Id(message.r.b));
      return turn.emit({ do: 'guard', records: [message.r], as: { how: 'synced' } satisfies Continuation });
    case 'refused': {
      const refusal = parseRefusal(message.p.b);
      if (refusal?.net !== peer.options.network.net) return;
      return turn.emit({ do: 'verify', checks: [{ by: peer.witness.node, body: message.p.b, s: message.p.s }], as: { how: 'refused', refusal } satisfies Continuation });
    }
    case 'assign':
      return attachment ? worker.onAssign(turn, message.r, attachment) : undefined;
    case 'key':
      return worker.onKey(turn, message.escrow, message.box);
    case 'result':
      if (attachment) results.onSealedResult(turn, message.escrow, message.worker, attachment);
      return;
    case 'beat': {
      const task = peer.escrows.get(message.escrow);
      if (task !== undefined) turn.emit({ do: 'notify', notice: { note: 'progress', task, phase: 'running', loaded: Math.round(message.ratio * 100), total: 100 } });
      return;
    }
    case 'ended':
      worker.onJobEnded(turn, message.escrow, message.code);
      return results.onEnded(turn, message.escrow, message.code);
    case 'roster':
      if (!replica.keepRoster(turn, message.hash, message.members)) return;
      for (const job of peer.jobs.values()) if (job.phase === 'checking') worker.checkDraw(turn, job);
      return keys.onRoster(turn);
    case 'keys-wanted':
      return owner.onKeysWanted(turn, message);
    case 'keep':
      return holder.onKeep(turn, message, attachment);
    case 'supply':
      return holder.onSupply(turn, message);
    case 'prove':
      return holder.onProve(turn, message);
    case 'shard':
      return attachment ? owner.onShard(turn, message, attachment) : undefined;
    default:
      message satisfies never;
  }
}

function onCryptoFailed(turn: Turn, as: Continuation, message: string): void {
  switch (as.how) {
    case 'locked':
    case 'boxed': return submitter.onEncryptionFailed(turn, as.task, message);
    case 'result': return results.onResultRead(turn, as, {});
    case 'unlocked':
    case 'answered': return worker.onUnfitKeys(turn, as.escrow);
  }
}

/** Folds records and lets every part look at what is new. */
function grow(turn: Turn, records: readonly Certified[]): void {
  const added = replica.fold(turn, records);
  if (added.length === 0) return;
  turn.emit({ do: 'notify', notice: { note: 'changed' } });
  for (const record of added) {
    if (record.kind === 'settle') onSettlement(turn, record);
  }
  holder.onCollectionsGrew(turn, added);
  owner.onCollectionsGrew(turn, added);
  account.onLedgerGrew(turn);
  submitter.resumeSubmissions(turn);
  becomeReady(turn);
}

function onSettlement(turn: Turn, settle: Extract<Rec, { kind: 'settle' }>): void {
  worker.onSettled(turn, settle);
  if (settle.submitter === turn.peer.options.id && settle.pay.length > 0) results.onEnded(turn, settle.escrow, 'settled');
}

function becomeReady(turn: Turn): void {
  const { peer } = turn;
  if (peer.link.ready || !peer.link.up || peer.link.witnessSession === '' || !replica.isCaughtUp(turn)) return;
  peer.link.ready = true;
  turn.emit({ do: 'clear', name: replica.replicaTimers.hello });
  turn.emit({ do: 'notify', notice: { note: 'changed' } });
  if (takesPart(peer)) worker.announce(turn);
  holder.announceHeld(turn);
  account.resendInFlight(turn);
  keys.resendSubmissions(turn);
  for (const job of peer.jobs.values()) worker.sendAnswer(turn, job);
  submitter.resumeSubmissions(turn);
  account.pumpChain(turn);
}

/** Whoever holds shards is supplied with the next content while it takes no work, too. */
function takesPart({ capacity, held }: PeerState): boolean {
  return capacity > 0 || held.size > 0;
}

function onTimer(turn: Turn, name: string): void {
  const { peer } = turn;
  const [kind, key = ''] = split(name);
  const submission = peer.submissions.get(key);
  switch (kind) {
    case account.accountTimers.chain: return account.onChainSilence(turn);
    case account.accountTimers.open: return account.openAgain(turn);
    case SYNC_TIMER: return sendNextParts(replica.syncTurn(turn));
    case replica.replicaTimers.hello: return replica.sayHello(turn);
    case replica.replicaTimers.differs: return replica.levelWithWitness(turn);
    case replica.replicaTimers.alive:
      if (peer.link.up && !peer.superseded) turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'alive', at: takesPart(peer) ? peer.presentAt : 0 } });
      return turn.emit({ do: 'timer', name, delayMs: peer.options.network.parameters.epochMs });
    case 'timeout': return submitter.abort(turn, key, 'timeout');
    case 'link': return submitter.onLinkPatienceOver(turn, key);
    case 'retry': return submission && submitter.offerAgain(turn, submission);
    case 'cancel': return submission && submitter.takeBack(turn, submission);
    case 'fetch': return submission && keys.fetchAgain(turn, submission);
    case 'straggler': return submission && results.conclude(turn, submission);
    case owner.EXPORT_TIMER: return owner.onExportDue(turn, key);
    case 'beat': return worker.beat(turn, key);
    case 'answer': {
      const job = peer.jobs.get(key);
      return job && worker.sendAnswer(turn, job);
    }
  }
}

function onSigned(turn: Turn, as: Continuation, signed: { readonly b: string; readonly s: string }): void {
  switch (as.how) {
    case 'drafted': return account.onDraftSigned(turn, as.draft, signed);
    case 'present': return worker.sendSigned(turn, 'present', signed);
    case 'rejected': return worker.sendSigned(turn, 'reject', signed);
  }
}

function idOf({ peer }: Turn, certified: Certified): Id {
  return replica.parseStored(peer, certified).record.id;
}

function split(name: string): [string, string?] {
  const slash = name.indexOf('/');
  return slash < 0 ? [name] : [name.slice(0, slash), name.slice(slash + 1)];
}
