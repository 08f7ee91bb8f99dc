/** The witness's machine: hands each event to the part of the witness it concerns. */
import type { Machine } from '../../ports/machine.js';
import type { Effect } from '../effect.js';
import type { Event } from '../event.js';
import type { Message } from '../message.js';
import { isPeerMessage, parseReject } from '../message-shape.js';
import type { NodeId } from '../record.js';
import { compareDigests, isSyncMessage, onSyncMessage, sendNextParts, SYNC_TIMER } from '../sync.js';
import * as archive from './archive.js';
import * as assembly from './assembly.js';
import * as certifier from './certifier.js';
import * as checkpoints from './checkpoints.js';
import * as desk from './desk.js';
import * as mailbox from './mailbox.js';
import { paths, PREFIXES_AT_START } from './paths.js';
import { shardNamed } from '../shard.js';
import { forgetAnnounced } from './holdings.js';
import * as rent from './rent.js';
import * as repair from './repair.js';
import * as slots from './slots.js';
import { createWitnessState, type Turn, type WitnessOptions, type WitnessState } from './state.js';
import * as storeroom from './storeroom.js';
import * as supply from './supply.js';

export { createWitnessState, PREFIXES_AT_START, type WitnessOptions, type WitnessState };

type Continuation =
  | assembly.AssemblyContinuation
  | certifier.CertifierContinuation
  | checkpoints.CheckpointContinuation
  | desk.DeskContinuation
  | mailbox.MailboxContinuation
  | rent.RentContinuation
  | storeroom.StoreroomContinuation
  | { readonly how: 'returned' };

export const witnessMachine: Machine<WitnessState> = {
  step(witness, event) {
    const effects: Effect[] = [];
    handle({ witness, now: event.now, emit: (effect) => effects.push(effect) }, event);
    return { state: witness, effects };
  },
};

function handle(turn: Turn, event: Event): void {
  switch (event.on) {
    case 'start':
      return start(turn, event);
    case 'link-up':
      // The header of before went nowhere, and peers learn from it that there is a witness again.
      return assembly.scheduleRoster(turn);
    case 'message':
      return onMessage(turn, event.from, event.message, event.attachment);
    case 'gone':
      assembly.leave(turn, event.node);
      turn.witness.sync.delete(event.node);
      forgetAnnounced(turn, event.node);
      repair.tendUnsettled(turn);
      return slots.onGone(turn, event.node);
    case 'timer':
      return onTimer(turn, event.name);
    case 'random': {
      const as = event.as as Continuation;
      if (as.how === 'round') return rent.startRound(turn, as.name, as.period, event.bytes);
      return as.how === 'secret' ? assembly.onSecret(turn, as.epoch, event.bytes) : undefined;
    }
    case 'signed':
      return onSigned(turn, event.as as Continuation, event.signed);
    case 'verified':
      return onVerified(turn, event.as as Continuation, event.ok);
    case 'receipt-read': {
      const as = event.as as Continuation;
      return as.how === 'receipt' ? mailbox.onReceipt(turn, as, event.receipt) : undefined;
    }
    case 'proof-read': {
      const as = event.as as Continuation;
      return as.how === 'proof' ? rent.onProofRead(turn, as, event.proof) : undefined;
    }
    case 'crypto-failed': {
      const as = event.as as Continuation;
      return as.how === 'receipt' ? mailbox.onReceipt(turn, as, undefined) : undefined;
    }
    case 'guarded':
      return archive.foldReturned(turn, event.good);
    case 'graph':
      // A stock relay's graph may hold records that this witness certified in an earlier life.
      return event.value.topic === 'ledger' ? archive.foldReturned(turn, [event.value.record]) : undefined;
    case 'loaded':
      return onLoaded(turn, event.as as Continuation, event.values);
    case 'save-failed': {
      const as = event.as as Continuation | undefined;
      if (as?.how === 'batch-log') return certifier.onLogFailed(turn, event.code, event.message);
      return turn.emit({ do: 'notify', notice: { note: 'trouble', code: event.code, message: event.message } });
    }
    default: // a peer's
  }
}

function start(turn: Turn, { store, vault }: Event & { on: 'start' }): void {
  const checkpoint = store.find(([key]) => key === paths.checkpoint)?.[1];
  if (typeof checkpoint === 'string') checkpoints.restoreCheckpoint(turn, checkpoint);
  archive.restore(turn, store, vault);
  turn.witness.started = true;
  assembly.startEpoch(turn);
  checkpoints.startCheckpoints(turn);
  archive.grantOutstanding(turn);
  repair.tendAll(turn);
  rent.collectRents(turn);
  certifier.pump(turn);
}

function onMessage(turn: Turn, from: NodeId, message: Message, attachment: Uint8Array | undefined): void {
  const { witness } = turn;
  if (!isPeerMessage(message)) return;
  const seat = witness.seats.get(from);
  if (seat) seat.lastSeenMs = turn.now;
  if (isSyncMessage(message)) {
    if (message.t === 'records') return turn.emit({ do: 'guard', records: message.records, as: { how: 'returned' } satisfies Continuation });
    return onSyncMessage(archive.syncTurn(turn), from, message);
  }
  switch (message.t) {
    case 'hello':
      return onHello(turn, from, message);
    case 'present':
      return assembly.checkPresence(turn, from, message.p);
    case 'record':
      return desk.onRecord(turn, from, message.r, undefined);
    case 'escrow':
      return desk.onRecord(turn, from, message.r, attachment);
    case 'boxes':
      return mailbox.onBoxes(turn, from, message.escrow, message.boxes);
    case 'result':
      if (attachment) mailbox.onSealedReceipt(turn, from, message.escrow, message.receipt, attachment);
      return;
    case 'beat':
      return mailbox.onBeat(turn, from, message.escrow, message.ratio);
    case 'reject': {
      const reject = parseReject(message.p.b);
      if (reject?.worker !== from) return;
      return turn.emit({ do: 'verify', checks: [{ by: from, body: message.p.b, s: message.p.s }], as: { how: 'reject', reject } satisfies Continuation });
    }
    case 'cancel':
      return mailbox.onCancel(turn, from, message.escrow);
    case 'fetch':
      return mailbox.onFetch(turn, from, message.escrow);
    case 'roster-want':
      return storeroom.sendRoster(turn, from, message.hash);
    case 'alive':
      if ((seat?.presence.at ?? 0) !== message.at) turn.emit({ do: 'send', to: from, message: { t: 'present-wanted' } });
      return;
    case 'shard-keys':
      return supply.onShardKeys(turn, from, message);
    case 'kept':
      return supply.onKept(turn, from, message);
    case 'shard':
      return supply.onShard(turn, from, message, attachment);
    case 'proof':
      return rent.onProof(turn, from, message);
    case 'shard-want':
      return supply.onShardWanted(turn, from, message);
    default:
      message satisfies never;
  }
}

function onHello(turn: Turn, from: NodeId, hello: Extract<Message, { t: 'hello' }>): void {
  const { witness } = turn;
  const other = assembly.enterSession(turn, from, hello.session);
  if (other !== undefined) {
    turn.emit({ do: 'send', to: from, message: { t: 'superseded', session: other } });
    assembly.leave(turn, from);
    forgetAnnounced(turn, from);
    slots.onReplaced(turn, from);
  }
  turn.emit({
    do: 'send', to: from,
    message: { t: 'welcome', now: turn.now, session: witness.options.session, head: witness.ledger.head(from), digest: witness.ledger.digest() },
  });
  if (witness.missing.size > 0) compareDigests(archive.syncTurn(turn), from, hello.digest);
  if (witness.ledger.opened(from)) desk.grantFaucet(turn, from);
  slots.onBack(turn, from);
  supply.onOwnerBack(turn, from);
}

function onTimer(turn: Turn, name: string): void {
  const slash = name.indexOf('/');
  const kind = slash < 0 ? name : name.slice(0, slash);
  const key = name.slice(slash + 1);
  switch (kind) {
    case assembly.EPOCH_TIMER: return assembly.startEpoch(turn);
    case assembly.ENTER_TIMER:
      assembly.enterEpoch(turn, Number(key));
      return repair.tendUnsettled(turn);
    case assembly.ROSTER_TIMER:
    case 'bench':
      assembly.issueRoster(turn);
      return repair.tendUnsettled(turn);
    case repair.TEND_TIMER: return repair.tend(turn, shardNamed(key));
    case rent.RENT_TIMER: return rent.collectRents(turn);
    case rent.PROOF_TIMER: return rent.onProofsDue(turn, key);
    case certifier.SETTLE_TIMER: return certifier.flushSettlements(turn);
    case checkpoints.CHECKPOINT_TIMER: return checkpoints.signCheckpoint(turn);
    case storeroom.SWEEP_TIMER: return storeroom.sweep(turn);
    case certifier.RECERTIFY_TIMER: return certifier.recertify(turn);
    case SYNC_TIMER: return sendNextParts(archive.syncTurn(turn));
    case 'grace': return mailbox.onGraceOver(turn, key);
    case 'deadline': return mailbox.onDeadline(turn, key);
    case 'silence': return slots.onSilenceCheck(turn, key);
  }
}

function onSigned(turn: Turn, as: Continuation, signed: { readonly b: string; readonly s: string }): void {
  switch (as.how) {
    case 'batch': {
      const fresh = certifier.onBatchSigned(turn, signed.s);
      for (const item of fresh) desk.onCertified(turn, item);
      return certifier.publish(turn, fresh);
    }
    case 'header': return assembly.onHeaderSigned(turn, signed);
    case 'checkpoint': return checkpoints.onCheckpointSigned(turn, as, signed);
    case 'refusal': return turn.emit({ do: 'send', to: as.to, message: { t: 'refused', p: signed } });
  }
}

function onVerified(turn: Turn, as: Continuation, ok: boolean): void {
  if (as.how === 'authored') return desk.onAuthored(turn, as, ok);
  if (!ok) return;
  if (as.how === 'presence') return assembly.onPresence(turn, as.presence);
  if (as.how === 'reject') return mailbox.onReject(turn, as.reject);
}

function onLoaded(turn: Turn, as: Continuation, values: (Event & { on: 'loaded' })['values']): void {
  switch (as.how) {
    case 'adopt': return storeroom.onAdopted(turn, as.escrow, values);
    case 'results': return storeroom.onKeptLoaded(turn, as, values);
    case 'roster': return storeroom.onRosterLoaded(turn, as, values);
  }
}
