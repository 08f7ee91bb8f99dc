/** The witness as a replica, and what it restores of itself after a stop: records, log and secrets. */
import { guardChecks } from '../ledger/parse.js';
import type { ParsedRecord } from '../ledger/entry.js';
import type { Certified } from '../record.js';
import type { SyncTurn } from '../sync.js';
import { scheduleRoster } from './assembly.js';
import { grantFaucet, onCollectionsGrew } from './desk.js';
import { restoreLog } from './certifier.js';
import { paths } from './paths.js';
import { adopt, putAway, restoreKept } from './storeroom.js';
import type { Turn } from './state.js';

type Stored = readonly (readonly [string, string | Uint8Array])[];

export function syncTurn({ witness, emit }: Turn): SyncTurn {
  return { ledger: witness.ledger, sync: witness.sync, emit };
}

export function restore(turn: Turn, store: Stored, vault: Stored): void {
  const { witness } = turn;
  const broken = store.filter(([key, value]) => key.startsWith('rec/') && !restoreRecord(turn, value)).length;
  if (broken > 0) turn.emit({ do: 'notify', notice: { note: 'trouble', code: 'storage-corrupt', message: `${broken} stored records could not be read; they will be asked back from the peers.` } });
  for (const [path, value] of vault) {
    const epoch = path.startsWith('secret/') ? Number(path.slice('secret/'.length)) : NaN;
    if (Number.isSafeInteger(epoch) && typeof value !== 'string') witness.secrets.set(epoch, value);
  }
  restoreLog(turn, vault);
  restoreKept(turn, store);
}

function restoreRecord({ witness }: Turn, value: string | Uint8Array): boolean {
  try {
    const certified = JSON.parse(value as string) as Certified;
    const guarded = guardChecks(witness.options.network, certified);
    if (guarded.ok) witness.ledger.add(guarded.record, certified, guarded.assignment);
    return guarded.ok;
  } catch {
    return false;
  }
}

/** Guarded records from a peer: what the store lost comes back this way. */
export function foldReturned(turn: Turn, records: readonly Certified[]): void {
  const { witness } = turn;
  const writes: [string, string][] = [];
  const grown: ParsedRecord[] = [];
  for (const certified of records) {
    const guarded = guardChecks(witness.options.network, certified);
    if (!guarded.ok || witness.ledger.get(guarded.record.id)) continue;
    const { record } = guarded;
    witness.ledger.add(record, certified, guarded.assignment);
    witness.missing.delete(record.id);
    if (record.kind === 'settle') putAway(turn, record.escrow);
    grown.push(record);
    writes.push([paths.record(record.id), JSON.stringify(certified)]);
  }
  if (writes.length === 0) return;
  turn.emit({ do: 'save', area: 'store', writes, then: [] });
  // Its header tells the peers, some of whom may lack what one of them returned.
  scheduleRoster(turn);
  for (const { record } of witness.ledger.openEscrows()) adopt(turn, record.id);
  onCollectionsGrew(turn, grown);
}

/** Accounts that were opened while the witness was down before it could grant. */
export function grantOutstanding(turn: Turn): void {
  for (const [account] of turn.witness.ledger.heads()) grantFaucet(turn, account);
}
