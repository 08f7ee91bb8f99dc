/** A life begins with what the last one stored: the ledger, the record that was under way, and secrets of tasks. */
import type { StoredValue } from '../effect.js';
import type { Certified } from '../record.js';
import { restoreInFlight } from './account.js';
import { parseStored } from './replica.js';
import type { Turn } from './state.js';
import { restoreSubmission } from './submission.js';

type Stored = readonly (readonly [string, StoredValue])[];

/** Names the network that all else in the store belongs to. */
const NET_KEY = 'net';
const OURS = /^(?:rec|task)\/|^chain$/;

export function restore(turn: Turn, stored: Stored): void {
  const { peer } = turn;
  const { net } = peer.options.network;
  const before = new Map(stored).get(NET_KEY);
  const known = before === undefined || before === net ? stored : forgetOther(turn, stored);
  if (before !== net) turn.emit({ do: 'save', area: 'store', writes: [[NET_KEY, net]], then: [] });
  const broken = known.filter((entry) => !restoreEntry(turn, entry)).length;
  if (broken > 0) {
    turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'storage-corrupt', message: `${broken} stored entries could not be read and were left out; the network will send them again.` } });
  }
  const balances = peer.ledger.balances(peer.options.id, 0);
  peer.lastBalance = balances.spendable + balances.pending;
}

/** The relay was founded anew, say: what its old network knew is of no use in this one. */
function forgetOther({ emit }: Turn, stored: Stored): Stored {
  const writes = stored.filter(([key]) => OURS.test(key)).map(([key]) => [key, null] as const);
  if (writes.length > 0) emit({ do: 'save', area: 'store', writes, then: [] });
  return [];
}

/** @returns false for an entry that is damaged */
function restoreEntry(turn: Turn, [key, value]: Stored[number]): boolean {
  if (typeof value !== 'string') return true;
  try {
    if (key.startsWith('rec/')) restoreRecord(turn, JSON.parse(value) as Certified);
    else if (key.startsWith('task/')) restoreSubmission(turn, value);
    else if (key === 'chain') restoreInFlight(turn, value);
    return true;
  } catch {
    return false;
  }
}

function restoreRecord({ peer }: Turn, certified: Certified): void {
  const guarded = parseStored(peer, certified);
  peer.ledger.add(guarded.record, certified, guarded.assignment);
}
