/** Ends an escrow exactly once: pays the workers that agreed, or refunds all of it. */
import { refundAll, settlement, type Shares, type SettlementInput, type Split } from '../assignment/price.js';
import { isKey } from '../encoding.js';
import type { Ledger } from '../ledger/ledger.js';
import type { NodeId, SettleRecord } from '../record.js';
import { certifyOwn } from './certifier.js';
import { epochAt, type Task, type Turn } from './state.js';

export function settle(turn: Turn, task: Task, agreeing: readonly NodeId[]): void {
  const { witness } = turn;
  const { record } = task;
  const key = `settle:${record.id}`;
  if (witness.ledger.settlementOf(record.id) || witness.busyKeys.has(key) || witness.log.has(key)) return;
  const paid = agreeing.slice(0, task.assignment.k);
  const body = {
    kind: 'settle', net: witness.options.network.net, epoch: epochAt(turn, turn.now), at: turn.now, escrow: record.id, submitter: record.author, amount: record.amount,
    ...split(turn, task, paid), mint: [], slash: [], fuel: paid.length * fuelOf(task, paid), mPpm: witness.mPpm, slots: slotsOf(task, agreeing),
  } satisfies SettleRecord;
  certifyOwn(turn, body, { end: task.end });
}

function split(turn: Turn, task: Task, agreeing: readonly NodeId[]): Split {
  const { parameters } = turn.witness.options.network;
  const escrow = task.record;
  const input: SettlementInput = { escrow, assignment: task.assignment, okWorkers: agreeing, ...termsOf(turn) };
  if (agreeing.length === 0) return refundAll(input);
  if (agreeing.some((node) => task.slots.get(node)!.fuel > 0)) return settlement(input);
  // Nothing could be computed: the input itself is bad. Who found that out is paid the minimum.
  const least = Math.min(escrow.amount, parameters.payMin * (escrow.k || 2));
  const part = settlement({ ...input, escrow: { ...escrow, amount: least } });
  return { ...part, refund: part.refund + escrow.amount - least };
}

/** Work of one replica: the median of what agreeing workers claim, and no more than the payload was metered at. */
function fuelOf({ record, slots }: Task, agreeing: readonly NodeId[]): number {
  const claims = agreeing.map((node) => slots.get(node)!.fuel).filter((fuel) => fuel > 0).sort((left, right) => left - right);
  return Math.min(record.meter.fuel, claims[(claims.length - 1) >> 1] ?? 0);
}

/**
 * Who answered as the majority did, and who did not, or let go of a task that it had the key to. Left out are those who
 * were still at it, and those whom the submitter kept from working.
 */
function slotsOf({ slots, boxes, end }: Task, agreeing: readonly NodeId[]): SettleRecord['slots'] {
  if (end === 'aborted') return [];
  return [...slots].flatMap(([who, { state }]): SettleRecord['slots'] => {
    if (agreeing.includes(who)) return [{ who, ok: true }];
    const failed = state === 'answered' ? agreeing.length > 0 : (state === 'lapsed' || state === 'away') && boxes[who] !== undefined;
    return failed ? [{ who, ok: false }] : [];
  });
}

/** How anybody's pay is split. */
export function termsOf(turn: Turn): Pick<SettlementInput, 'feePpm' | 'shares' | 'stakeRoom'> {
  const { feePpm } = turn.witness.options.network.parameters;
  return { feePpm, shares: (worker) => sharesOf(turn, worker), stakeRoom: (worker) => stakeRoom(turn, worker) };
}

function sharesOf({ witness: { ledger } }: Turn, worker: NodeId): Shares {
  const opened = ledger.opened(worker);
  if (!opened) return { site: '', sharePpm: 0, referrer: '' };
  return { site: accountNamed(ledger, opened.site), sharePpm: opened.share, referrer: referrerOf(ledger, worker, opened) };
}


/** A site is an account's key, or a name registered to one; anything else is nobody yet. */
function accountNamed(ledger: Ledger, site: string): NodeId | '' {
  return isKey(site) ? site : (ledger.nameOwner(site) ?? '');
}

/** Whom the worker named at `open`, if that account is the older one. */
function referrerOf(ledger: Ledger, worker: NodeId, opened: { readonly ref?: string; readonly epoch: number }): NodeId | '' {
  const referrer = opened.ref === undefined ? '' : accountNamed(ledger, opened.ref);
  const referrerOpened = referrer === '' ? undefined : ledger.opened(referrer);
  return referrer !== worker && referrerOpened && referrerOpened.epoch < opened.epoch ? referrer : '';
}

function stakeRoom({ witness }: Turn, worker: NodeId): number {
  return Math.max(0, witness.options.network.parameters.stake - witness.ledger.balances(worker, witness.epoch).staked);
}
