/**
 * The peer as a replica: the link to the witness, and the ledger as it arrives by graph, by message and from the
 * store. Everything here has been through the guard; folding it cannot go wrong, only be new or known.
 */
import { guardChecks, parseCheckpoint, parseHeader } from '../ledger/parse.js';
import type { Member, RosterHeader, WitnessMessage } from '../message.js';
import { verifyRoster } from '../assignment/roster.js';
import type { Certified, Id, Rec, Signed } from '../record.js';
import { compareDigests, type SyncTurn } from '../sync.js';
import type { PeerState, Turn } from './state.js';

/** A header tells that we differ; records in flight get this long before we ask. */
const DIFFERENCE_PATIENCE_MS = 2_000;
const HELLO_RETRY_MS = 2_000;
const ALIVE_EVERY_EPOCHS = 1;
const ROSTERS_KEPT = 32;
/** Beyond this GUN itself would misbehave (facts: a clock minutes ahead makes values invisible). */
const SKEW_MAX_MS = 120_000;

export const replicaTimers = { hello: 'hello', differs: 'differs', alive: 'alive' } as const;

export type ReplicaContinuation = { readonly how: 'synced' };

export function syncTurn({ peer, emit }: Turn): SyncTurn {
  return { ledger: peer.ledger, sync: peer.sync, emit };
}

/** Said on every link, and again until it is answered. */
export function sayHello(turn: Turn): void {
  const { peer } = turn;
  if (!peer.link.up || peer.superseded) return;
  turn.emit({
    do: 'send', to: peer.witness.node,
    message: { t: 'hello', session: peer.options.session, head: peer.ledger.head(peer.options.id), digest: peer.ledger.digest() },
  });
  turn.emit({ do: 'timer', name: replicaTimers.hello, delayMs: HELLO_RETRY_MS });
}

export function onWelcome(turn: Turn, message: Extract<WitnessMessage, { t: 'welcome' }>): void {
  const { peer } = turn;
  peer.offsetMs = message.now - turn.now;
  // In another life the witness knows neither our seat nor what we have under way: behind a stock relay no link breaks to tell.
  if (message.session !== peer.link.witnessSession) peer.link.ready = false;
  peer.link.witnessSession = message.session;
  peer.link.headSeq = message.head?.seq ?? -1;
  peer.link.records = message.digest.reduce((sum, { count }) => sum + count, 0);
  awaitRecords(turn);
  turn.emit({ do: 'timer', name: replicaTimers.alive, delayMs: peer.options.network.parameters.epochMs * ALIVE_EVERY_EPOCHS });
  if (Math.abs(peer.offsetMs) > SKEW_MAX_MS) {
    turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'clock-skew', message: `This machine's clock is ${Math.round(peer.offsetMs / 1000)} s off the network's. Set it right; records may arrive late.` } });
  }
  compareDigests(syncTurn(turn), peer.witness.node, message.digest);
}

/** Until we are caught up, records are due; when none comes for a while, the answer was lost. */
export function awaitRecords(turn: Turn): void {
  if (!turn.peer.link.ready) turn.emit({ do: 'timer', name: replicaTimers.hello, delayMs: HELLO_RETRY_MS });
}

/** Signing may start once our replica holds at least what the witness holds of our own chain. */
export function isCaughtUp({ peer }: Turn): boolean {
  return (peer.ledger.head(peer.options.id)?.seq ?? -1) >= peer.link.headSeq;
}

/**
 * Folds guarded records and saves the new ones.
 * @returns the records that were new
 */
export function fold(turn: Turn, records: readonly Certified[]): (Rec & { readonly id: Id })[] {
  const { peer } = turn;
  const added: (Rec & { readonly id: Id })[] = [];
  const writes: [string, string][] = [];
  for (const certified of records) {
    const guarded = guardChecks(peer.options.network, certified);
    if (!guarded.ok || peer.ledger.get(guarded.record.id)) continue;
    const outcome = peer.ledger.add(guarded.record, certified, guarded.assignment);
    if (outcome === 'broken') {
      turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'account-frozen', message: 'Two certified records contradict each other: more witnesses are faulty than the network allows.' } });
    }
    added.push(guarded.record);
    writes.push([`rec/${guarded.record.id}`, JSON.stringify(certified)]);
  }
  if (writes.length > 0) turn.emit({ do: 'save', area: 'store', writes, then: [], as: { how: 'records' } });
  return added;
}

/** @throws Error for a record that is none; only for what was stored or guarded before. */
export function parseStored(peer: PeerState, certified: Certified) {
  const guarded = guardChecks(peer.options.network, certified);
  if (!guarded.ok) throw new Error(guarded.message);
  return guarded;
}

export function onHeader(turn: Turn, signed: Signed): void {
  const { peer } = turn;
  const parsed = parseHeader(signed, peer.options.network);
  if (!parsed.ok) return;
  const header: RosterHeader = parsed.header;
  if (peer.header && (header.at < peer.header.at)) return;
  peer.header = header;
  turn.emit({ do: 'notify', notice: { note: 'changed' } });
  if (peer.link.up && peer.link.witnessSession !== '' && header.session !== peer.link.witnessSession) sayHello(turn);
  // Headers come faster than patience runs out: a timer that each of them moved would never ring.
  if (peer.levelling || !differs(turn)) return;
  peer.levelling = true;
  turn.emit({ do: 'timer', name: replicaTimers.differs, delayMs: DIFFERENCE_PATIENCE_MS });
}

function differs({ peer }: Turn): boolean {
  return peer.header !== undefined && peer.header.ledger.hash !== peer.ledger.digestTotal().hash;
}

/** The replica has caught up with what the witness held at its welcome, and at its newest header: what came since is on its way. */
export function isLevel({ link, header, ledger }: PeerState): boolean {
  return link.ready && ledger.digestTotal().count >= Math.max(link.records, header?.ledger.count ?? 0);
}

/** On the timer: still different, so level with the witness. */
export function levelWithWitness(turn: Turn): void {
  const { peer } = turn;
  peer.levelling = false;
  if (!peer.link.ready || !differs(turn)) return;
  turn.emit({ do: 'send', to: peer.witness.node, message: { t: 'digest', digest: peer.ledger.digest() } });
}

export function onCheckpoint(turn: Turn, signed: Signed): void {
  const { peer } = turn;
  const parsed = parseCheckpoint(signed, peer.options.network);
  if (!parsed.ok || (peer.checkpoint && parsed.checkpoint.hour <= peer.checkpoint.hour)) return;
  const { hour, mPpm, top, heads } = parsed.checkpoint;
  peer.checkpoint = { hour, mPpm, top, accounts: heads };
  turn.emit({ do: 'notify', notice: { note: 'changed' } });
}

/** @returns whether these members are the roster of that hash */
export function keepRoster({ peer }: Turn, hash: Id, members: readonly Member[]): boolean {
  if (!Array.isArray(members) || !verifyRoster(members, { roster: hash, size: members.length })) return false;
  peer.rosters.set(hash, members);
  for (const oldest of peer.rosters.keys()) {
    if (peer.rosters.size <= ROSTERS_KEPT) break;
    peer.rosters.delete(oldest);
  }
  return true;
}
