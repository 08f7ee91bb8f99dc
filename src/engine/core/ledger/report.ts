/**
 * What the certified records say of one site, or of the whole network, over a time: a pure fold, the same for everybody who
 * has the same records, in whatever order they came. Micro-credits and milliseconds.
 */
import { isKey } from '../texts.js';
import type { EscrowRecord, Id, Micro, Millis, NodeId, OpenRecord, Pay, RentRecord, SettleRecord, TransferRecord } from '../record.js';
import { type Entry, type ParsedRecord, recordKey } from './entry.js';
import type { Ledger } from './ledger.js';

/** Under what a settlement is counted while its escrow has not arrived. */
const UNKNOWN_KIND = 'unknown';
const PPM = 1_000_000;

export interface ReportTerms {
  /** Start of the first bucket. */
  readonly from: Millis;
  readonly bucketMs: number;
  readonly buckets: number;
  readonly epochMs: number;
  /** A site's key or name; empty for the whole network. */
  readonly site: string;
}

export interface ReportCounts {
  creditsIn: Micro;
  creditsOut: Micro;
  /** Of the replicas that the site's contributors were paid for. An integer, so that the order of a sum cannot matter. */
  fuel: number;
  tasksServed: number;
  tasksBought: number;
  /**
   * With nobody paid. Those that their submitter took back are among them: such a settlement refunds all and names no slot,
   * and so does one for which no worker came, or where no two agreed.
   */
  tasksFailed: number;
  tasksVerified: number;
  visitorsAllowed: number;
}

export interface ReportBucket extends ReportCounts {
  readonly at: Millis;
  /** Nodes that were paid for work. */
  readonly contributors: Set<NodeId>;
  /** Tasks served, by kind. */
  readonly tasks: Map<string, number>;
}

export interface LedgerReport {
  /** Key of the account; as it was given where nobody has registered that name. */
  readonly site: string;
  readonly totals: ReportCounts;
  readonly series: readonly ReportBucket[];
  /** From certified order to settlement, of each task served or bought, least first. */
  readonly latenciesMs: readonly number[];
}

export function siteReport(ledger: Ledger, terms: ReportTerms): LedgerReport {
  const fold = new Fold(ledger, terms);
  for (const entry of ledger.entries()) fold.add(entry);
  return fold.report();
}

class Fold {
  readonly #site: string;
  readonly #series: readonly ReportBucket[];
  readonly #latenciesMs: number[] = [];

  constructor(private readonly ledger: Ledger, private readonly terms: ReportTerms) {
    this.#site = accountOf(ledger, terms.site);
    this.#series = Array.from({ length: terms.buckets }, (_, index) => newBucket(terms.from + index * terms.bucketMs));
  }

  add({ record, assignment }: Entry): void {
    const bucket = this.#bucketAt(assignment?.at ?? this.#timeOf(record));
    // Of two records for one slot only one counts, here as for balances.
    if (!bucket || this.ledger.bySlot(recordKey(record))?.record.id !== record.id) return;
    switch (record.kind) {
      case 'open':
        return this.#open(bucket, record);
      case 'escrow':
        return this.#escrow(bucket, record);
      case 'transfer':
        return this.#transfer(bucket, record);
      case 'settle':
        return this.#settle(bucket, record);
      case 'uptime':
        return this.#pay(bucket, record.mint);
      case 'rent':
        return this.#rent(bucket, record);
    }
  }

  report(): LedgerReport {
    const totals = newCounts();
    for (const bucket of this.#series) {
      for (const name of Object.keys(totals) as (keyof ReportCounts)[]) totals[name] += bucket[name];
    }
    return { site: this.#site, totals, series: this.#series, latenciesMs: this.#latenciesMs.sort((left, right) => left - right) };
  }

  /** The hour of a settlement that does not tell its time is its epoch's. */
  #timeOf(record: ParsedRecord): Millis {
    return (record.kind === 'settle' ? record.at : undefined) ?? record.epoch * this.terms.epochMs;
  }

  #bucketAt(at: Millis): ReportBucket | undefined {
    return this.#series[Math.floor((at - this.terms.from) / this.terms.bucketMs)];
  }

  #open(bucket: ReportBucket, { site }: OpenRecord): void {
    if (this.#isWhole || this.#isSite(site)) bucket.visitorsAllowed += 1;
  }

  #escrow(bucket: ReportBucket, { author }: EscrowRecord): void {
    if (this.#concerns(author)) bucket.tasksBought += 1;
  }

  /** Between any two accounts nothing comes into the network, and nothing leaves it. */
  #transfer(bucket: ReportBucket, { author, to, amount }: TransferRecord): void {
    if (this.#isWhole || author === to) return;
    if (to === this.#site) bucket.creditsIn += amount;
    if (author === this.#site) bucket.creditsOut += amount;
  }

  #rent(bucket: ReportBucket, { owner, amount, pay }: RentRecord): void {
    this.#pay(bucket, pay);
    if (this.#concerns(owner)) bucket.creditsOut += amount;
  }

  #settle(bucket: ReportBucket, record: SettleRecord): void {
    this.#pay(bucket, record.pay);
    this.#pay(bucket, record.mint);
    const isBought = this.#concerns(record.submitter);
    if (isBought) bucket.creditsOut += record.amount - record.refund;
    const paid = this.#paidWorkers(record);
    const served = [...paid].filter((worker) => this.#isContributor(worker));
    if (paid.size === 0 && (isBought || record.slots.some(({ who }) => this.#isContributor(who)))) bucket.tasksFailed += 1;
    if (paid.size > 0 && (isBought || served.length > 0)) this.#latency(record);
    if (served.length === 0) return;
    for (const worker of served) bucket.contributors.add(worker);
    bucket.tasksServed += 1;
    bucket.fuel += Math.round(record.fuel * (served.length / paid.size));
    if (record.slots.filter(({ ok }) => ok).length >= 2) bucket.tasksVerified += 1;
    const kind = this.#kindOf(record.escrow);
    bucket.tasks.set(kind, (bucket.tasks.get(kind) ?? 0) + 1);
  }

  /** Those whose work was bought, also where an account leaves all of its pay to its site and stands in no line. */
  #paidWorkers({ pay, slots }: SettleRecord): ReadonlySet<NodeId> {
    const giving = pay.length === 0 ? [] : slots.filter(({ who, ok }) => ok && this.ledger.opened(who)?.share === PPM);
    return new Set([...pay.filter(({ why }) => why === 'work').map(({ to }) => to), ...giving.map(({ who }) => who)]);
  }

  #latency({ escrow, at }: SettleRecord): void {
    const orderedAt = this.ledger.get(escrow)?.assignment?.at;
    if (at !== undefined && orderedAt !== undefined) this.#latenciesMs.push(Math.max(0, at - orderedAt));
  }

  #kindOf(escrow: Id): string {
    const record = this.ledger.get(escrow)?.record;
    return record?.kind === 'escrow' ? record.type : UNKNOWN_KIND;
  }

  #pay(bucket: ReportBucket, pays: readonly Pay[]): void {
    for (const { to, amount } of pays) if (this.#concerns(to)) bucket.creditsIn += amount;
  }

  get #isWhole(): boolean {
    return this.#site === '';
  }

  #concerns(account: NodeId): boolean {
    return this.#isWhole || account === this.#site;
  }

  #isSite(named: string): boolean {
    return named !== '' && accountOf(this.ledger, named) === this.#site;
  }

  /** Whose account names the site, and the site's own node. */
  #isContributor(node: NodeId): boolean {
    return this.#concerns(node) || this.#isSite(this.ledger.opened(node)?.site ?? '');
  }
}

/** The key behind a name; a name that nobody has stays what it is. */
function accountOf(ledger: Ledger, site: string): string {
  return site === '' || isKey(site) ? site : (ledger.nameOwner(site) ?? site);
}

function newCounts(): ReportCounts {
  return { creditsIn: 0, creditsOut: 0, fuel: 0, tasksServed: 0, tasksBought: 0, tasksFailed: 0, tasksVerified: 0, visitorsAllowed: 0 };
}

function newBucket(at: Millis): ReportBucket {
  return { at, ...newCounts(), contributors: new Set(), tasks: new Map() };
}
