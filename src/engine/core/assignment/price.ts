/** What an escrow costs, and how a settled one is split (PROTOCOL 3). Micro-credits, integers throughout. */
import type { Assignment, EscrowRecord, Micro, NodeId, Pay, RentRecord, SettleRecord } from '../record.js';

type Escrow = Pick<EscrowRecord, 'amount' | 'k'>;
/** The part of a settlement's record that money decides. */
export type Split = Pick<SettleRecord, 'pay' | 'refund' | 'burn'>;

export interface Shares {
  /** The worker's site account, or empty: then all is the worker's. */
  readonly site: NodeId | '';
  /** The site's part of the worker's pay, in millionths. */
  readonly sharePpm: number;
  /** Who gets the fee; empty where nobody is eligible, and it burns. */
  readonly referrer: NodeId | '';
}

interface Terms {
  readonly shares: (worker: NodeId) => Shares;
  /** How much the worker's stake still takes before it is full. */
  readonly stakeRoom: (worker: NodeId) => Micro;
}

export interface RentInput extends Terms {
  /** Bytes. */
  readonly size: number;
  /** Of 10^6 bytes a day. */
  readonly price: Micro;
  /** Those that proved possession. */
  readonly holders: readonly NodeId[];
  readonly feePpm: number;
}

export interface SettlementInput extends Terms {
  readonly escrow: Escrow;
  readonly assignment: Pick<Assignment, 'k' | 'ranks'>;
  /** Workers that agreed. The first k of them by rank are paid. */
  readonly okWorkers: readonly NodeId[];
  readonly feePpm: number;
}

const PPM = 1_000_000;
const BYTES_PER_MEGABYTE = 1_000_000;
/** A k of 0 leaves the choice to the witness, and reserves for two. */
const REPLICAS_RESERVED = 2;

/** k x price x priority, rounded up, and never less than the minimum pay for each replica. */
export function escrowAmount(price: Micro, k: number, priority: EscrowRecord['priority'], payMin: Micro): Micro {
  const replicas = k || REPLICAS_RESERVED;
  const whole = priority === 'high' ? replicas * price * 2 : replicas * price;
  return Math.max(priority === 'low' ? Math.ceil(whole / 2) : whole, replicas * payMin);
}

/**
 * Splits one escrow. Each agreeing worker gets floor(amount / replicas x (1 - fee)), shared with its site, its own part
 * filling its stake first; the fee goes to its referrer or burns; replicas nobody is paid for are refunded; what
 * division leaves over burns. refund + burn + sum(pay) = amount, exactly. Nobody agreed: everything is refunded.
 */
export function settlement(input: SettlementInput): Split {
  const { escrow, assignment, feePpm, shares, stakeRoom } = input;
  const agreed = new Set(input.okWorkers);
  const replicas = escrow.k || REPLICAS_RESERVED;
  const workers = assignment.ranks
    .map(({ node }) => node)
    .filter((node) => agreed.has(node))
    .slice(0, Math.min(assignment.k, replicas));
  if (workers.length === 0) return refundAll(input);
  const gross = Math.floor(escrow.amount / replicas);
  const net = Math.floor(millionths(escrow.amount, PPM - feePpm) / replicas);
  const pay = workers.flatMap((worker) => wages(worker, gross, net, 'work', { shares, stakeRoom }));
  const refund = gross * (replicas - workers.length);
  return { pay, refund, burn: escrow.amount - refund - sumOf(pay) };
}

/** A storage period of a shard of `size` bytes: each holder gets what a replica costs, split as pay for work is. */
export function rent({ size, price, holders, feePpm, ...terms }: RentInput): Pick<RentRecord, 'amount' | 'burn' | 'pay'> {
  const gross = storagePrice(size, price);
  const pay = holders.flatMap((holder) => wages(holder, gross, millionths(gross, PPM - feePpm), 'storage', terms));
  const amount = gross * holders.length;
  return { amount, burn: amount - sumOf(pay), pay };
}

/** Of one replica for a storage day, rounded up. */
export function storagePrice(size: number, perMegabyteDay: Micro): Micro {
  return Math.ceil((size * perMegabyteDay) / BYTES_PER_MEGABYTE);
}

/** What one of them gets of `gross`: `net` is shared with the site, its own part fills the stake first, the fee is the referrer's. */
function wages(worker: NodeId, gross: Micro, net: Micro, why: 'work' | 'storage', { shares, stakeRoom }: Terms): Pay[] {
  const { site, sharePpm, referrer } = shares(worker);
  const toSite = site === '' ? 0 : millionths(net, sharePpm);
  const toStake = Math.min(net - toSite, Math.max(0, stakeRoom(worker)));
  const pay: Pay[] = [
    { to: worker, amount: net - toSite - toStake, stake: false, why },
    { to: worker, amount: toStake, stake: true, why },
    { to: site, amount: toSite, stake: false, why: 'site' },
    { to: referrer, amount: referrer === '' ? 0 : gross - net, stake: false, why: 'referral' },
  ];
  return pay.filter(({ amount }) => amount > 0);
}

function sumOf(pay: readonly Pay[]): Micro {
  return pay.reduce((sum, { amount }) => sum + amount, 0);
}

/** Nobody is paid: the whole amount goes back. */
export function refundAll({ escrow }: Pick<SettlementInput, 'escrow'>): Split {
  return { pay: [], refund: escrow.amount, burn: 0 };
}

/** floor(amount x ppm / 10^6) without leaving the safe integers. */
function millionths(amount: Micro, ppm: number): Micro {
  return Math.floor(amount / PPM) * ppm + Math.floor(((amount % PPM) * ppm) / PPM);
}
