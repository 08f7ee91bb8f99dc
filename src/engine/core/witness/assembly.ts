/** Who is there: presence, the roster drawn from it, the epoch's secret, and the signed header that names both. */
import { rosterHash, sortMembers } from '../assignment/roster.js';
import { canSealTo } from '../box-key.js';
import { sha256Id, toBase64url } from '../encoding.js';
import type { Member, Presence, RosterHeader } from '../message.js';
import { parsePresence } from '../message-shape.js';
import type { NodeId, Signed } from '../record.js';
import { forgetAnnounced } from './holdings.js';
import { epochAt, type Seat, type Turn } from './state.js';

/** A join, a leave or a new session key is in the roster within 250 ms; several at once share one. */
const REISSUE_MS = 50;
/** A seat that said nothing for this long is empty. */
const SILENCE_EPOCHS_MAX = 3;
const SECRETS_KEPT = 240;
const ROSTERS_KEPT = 64;
/** One shard for now; past this many a roster would be split into shards of 64. */
const SEATS_MAX = 256;
/** Presences kept, those without an account included; the oldest of these gives way. */
const PRESENT_MAX = 1_024;
const SESSIONS_MAX = 4_096;
const SECRET_BYTES = 32;
const BACKOFF_MAX_MS = 3_600_000;

export const ROSTER_TIMER = 'roster';
export const EPOCH_TIMER = 'epoch';
export const ENTER_TIMER = 'enter';

export type AssemblyContinuation =
  | { readonly how: 'secret'; readonly epoch: number }
  | { readonly how: 'header' }
  | { readonly how: 'presence'; readonly presence: Presence };

/** At every epoch's start: a fresh secret, durable before anything is drawn with it. */
export function startEpoch(turn: Turn): void {
  const { witness, now } = turn;
  const { epochMs } = witness.options.network.parameters;
  const epoch = epochAt(turn, now);
  turn.emit({ do: 'timer', name: EPOCH_TIMER, delayMs: (epoch + 1) * epochMs - now });
  if (witness.secrets.has(epoch)) return enterEpoch(turn, epoch);
  turn.emit({ do: 'random', length: SECRET_BYTES, as: { how: 'secret', epoch } satisfies AssemblyContinuation });
}

export function onSecret(turn: Turn, epoch: number, secret: Uint8Array): void {
  const { witness } = turn;
  witness.secrets.set(epoch, secret);
  turn.emit({ do: 'save', area: 'vault', writes: [[`secret/${epoch}`, secret], [`secret/${epoch - SECRETS_KEPT}`, null]], then: [{ do: 'timer', name: `${ENTER_TIMER}/${epoch}`, delayMs: 0 }] });
  witness.secrets.delete(epoch - SECRETS_KEPT);
}

/** On `ENTER_TIMER`, once the epoch's secret is on disk. */
export function enterEpoch(turn: Turn, epoch: number): void {
  const { witness, now } = turn;
  const patienceMs = SILENCE_EPOCHS_MAX * witness.options.network.parameters.epochMs;
  witness.epoch = epoch;
  for (const [node, seat] of witness.seats) {
    if (now - seat.lastSeenMs <= patienceMs) continue;
    witness.seats.delete(node);
    forgetAnnounced(turn, node);
  }
  for (const node of witness.announced.keys()) if (!witness.seats.has(node)) forgetAnnounced(turn, node);
  issueRoster(turn);
}

export function checkPresence(turn: Turn, from: NodeId, signed: Signed): void {
  const presence = parsePresence(signed.b);
  if (!presence || presence.node !== from || presence.net !== turn.witness.options.network.net || !canSealTo(presence.box)) return;
  if (isReplaced(turn, presence)) return turn.emit({ do: 'send', to: from, message: { t: 'superseded', session: presence.session } });
  turn.emit({ do: 'verify', checks: [{ by: from, body: signed.b, s: signed.s }], as: { how: 'presence', presence } satisfies AssemblyContinuation });
}

/** Only the session that said hello last speaks for its node. */
function isReplaced({ witness: { sessions } }: Turn, { node, session }: Presence): boolean {
  const current = sessions.get(node);
  return current !== undefined && current !== session;
}

/** @returns the session that this one replaces */
export function enterSession({ witness: { sessions } }: Turn, node: NodeId, session: string): string | undefined {
  const before = sessions.get(node);
  sessions.delete(node);
  sessions.set(node, session);
  if (sessions.size > SESSIONS_MAX) sessions.delete(sessions.keys().next().value!);
  return before === session ? undefined : before;
}

export function onPresence(turn: Turn, { kernels, ...offer }: Presence): void {
  const { seats, options: { network } } = turn.witness;
  // A roster has no room for kernels that the network does not name.
  const presence: Presence = { ...offer, kernels: Object.fromEntries(Object.entries(kernels).filter(([kind]) => Object.hasOwn(network.kernels, kind))) };
  const seat = seats.get(presence.node);
  if (isReplaced(turn, presence) || (seat && seat.presence.at > presence.at)) return;
  // Whoever holds shards is needed while it takes no work, too.
  if (presence.capacity === 0 && !turn.witness.announced.has(presence.node)) seats.delete(presence.node);
  else if (seat || makeRoom(turn, presence.node)) seats.set(presence.node, { failures: 0, benchedUntilMs: 0, ...seat, presence, lastSeenMs: turn.now });
  if (!seat || seatText(seat.presence) !== seatText(presence)) scheduleRoster(turn);
}

/** Accounts cost work, so one without never keeps out one with. */
function makeRoom({ witness: { seats, ledger } }: Turn, node: NodeId): boolean {
  if (seats.size < PRESENT_MAX) return true;
  const unopened = [...seats.keys()].find((other) => !ledger.opened(other));
  return unopened !== undefined && ledger.opened(node) !== undefined && seats.delete(unopened);
}

/** What a roster says of a seat: most presences only repeat it. */
function seatText({ box, kernels, capacity }: Presence): string {
  return JSON.stringify([box, kernels, capacity]);
}

export function isAtWork({ witness: { seats } }: Turn, node: NodeId): boolean {
  return (seats.get(node)?.presence.capacity ?? 0) > 0;
}

/** A task this node dropped or let lapse: 2^n seconds on the bench, up to an hour. */
export function bench(turn: Turn, node: NodeId): void {
  const seat = turn.witness.seats.get(node);
  if (!seat) return;
  seat.failures += 1;
  seat.benchedUntilMs = turn.now + Math.min(BACKOFF_MAX_MS, 1_000 * 2 ** seat.failures);
  scheduleRoster(turn);
  turn.emit({ do: 'timer', name: `bench/${node}`, delayMs: seat.benchedUntilMs - turn.now });
}

export function praise(turn: Turn, node: NodeId): void {
  const seat = turn.witness.seats.get(node);
  if (seat) seat.failures = 0;
}

export function leave(turn: Turn, node: NodeId): void {
  if (turn.witness.seats.delete(node)) scheduleRoster(turn);
}

export function scheduleRoster(turn: Turn): void {
  if (turn.witness.rosterTimer || turn.witness.epoch < 0) return;
  turn.witness.rosterTimer = true;
  turn.emit({ do: 'timer', name: ROSTER_TIMER, delayMs: REISSUE_MS });
}

/** Draws up the roster of those present, the first to come first, and publishes its signed header. */
export function issueRoster(turn: Turn): void {
  const { witness, now } = turn;
  const { network, id, session } = witness.options;
  witness.rosterTimer = false;
  const seated = [...witness.seats.values()].filter(({ presence, benchedUntilMs }) => presence.capacity > 0 && benchedUntilMs <= now && witness.ledger.opened(presence.node));
  const members = sortMembers(seated.slice(0, SEATS_MAX).map((seat) => toMember(turn, seat)));
  const hash = rosterHash(members);
  witness.roster = { hash, members };
  witness.rosters.set(hash, members);
  for (const oldest of witness.rosters.keys()) {
    if (witness.rosters.size <= ROSTERS_KEPT) break;
    witness.rosters.delete(oldest);
  }
  const previous = witness.secrets.get(witness.epoch - 1);
  const header: RosterHeader = {
    kind: 'roster', net: network.net, witness: id, session, epoch: witness.epoch, at: now, roster: hash, size: members.length,
    secretHash: sha256Id(witness.secrets.get(witness.epoch)!),
    revealed: previous ? { epoch: witness.epoch - 1, secret: toBase64url(previous) } : null,
    ledger: witness.ledger.digestTotal(),
  };
  turn.emit({ do: 'sign', body: JSON.stringify(header), as: { how: 'header' } satisfies AssemblyContinuation });
}

export function onHeaderSigned(turn: Turn, signed: Signed): void {
  turn.emit({ do: 'publish', value: { topic: 'roster', signed } });
}

function toMember({ witness }: Turn, { presence }: Seat): Member {
  const { ledger } = witness;
  return {
    node: presence.node, box: presence.box, kernels: presence.kernels, capacity: presence.capacity,
    stake: ledger.balances(presence.node, witness.epoch).staked, site: ledger.opened(presence.node)?.site ?? '',
  };
}
