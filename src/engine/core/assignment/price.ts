/** What an escrow costs, and how a settled one is split (PROTOCOL 3). Micro-credits, integers throughout. */
import type { Assignment, EscrowRecord, Micro, NodeId, Pay, SettleRecord } from '../record.js';

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

export interface SettlementInput {
  readonly escrow: Escrow;
  readonly assignment: Pick<Assignment, 'k' | 'ranks'>;
  /** Workers that agreed. The first k of them by rank are paid. */
  readonly okWorkers: readonly NodeId[];
  readonly feePpm: number;
  readonly shares: (worker: NodeId) => Shares;
  /** How much the worker's stake still takes before it is full. */
  readonly stakeRoom: (worker: NodeId) => Micro;
}

const PPM = 1_000_000;
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
  const pay: Pay[] = [];
  for (const worker of workers) {
    const { site, sharePpm, referrer } = shares(worker);
    const toSite = site === '' ? 0 : millionths(net, sharePpm);
    const toStake = Math.min(net - toSite, Math.max(0, stakeRoom(worker)));
    pay.push(
      { to: worker, amount: net - toSite - toStake, stake: false, why: 'work' },
      { to: worker, amount: toStake, stake: true, why: 'work' },
      { to: site, amount: toSite, stake: false, why: 'site' },
      { to: referrer, amount: referrer === '' ? 0 : gross - net, stake: false, why: 'referral' },
    );
  }
  const due = pay.filter(({ amount }) => amount > 0);
  const refund = gross * (replicas - workers.length);
  const burn = escrow.amount - refund - due.reduce((sum, { amount }) => sum + amount, 0);
  return { pay: due, refund, burn };
}

/** Nobody is paid: the whole amount goes back. */
export function refundAll({ escrow }: Pick<SettlementInput, 'escrow'>): Split {
  return { pay: [], refund: escrow.amount, burn: 0 };
}

/** floor(amount x ppm / 10^6) without leaving the safe integers. */
function millionths(amount: Micro, ppm: number): Micro {
  return Math.floor(amount / PPM) * ppm + Math.floor(((amount % PPM) * ppm) / PPM);
}
