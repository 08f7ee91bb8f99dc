/**
 * The certified records and everything that follows from them (PROTOCOL 2, `add` and `view`).
 *
 * A grow-only set: the same records give the same answers in whatever order they came. Whoever adds has verified
 * what `guardChecks` returns; policy (funds, rates, caps) was the witnesses' before they signed.
 */
import type { BucketDigest, Totals } from '../message.js';
import type { Network } from '../network.js';
import type { Assignment, Certified, Epoch, EscrowRecord, Id, Micro, NameRecord, NodeId, OpenRecord, Pay, SettleRecord } from '../record.js';
import { Chains, type Head } from './chains.js';
import { Collections, type CollectionView } from './collections.js';
import { bucketOf, Digest } from './digest.js';
import { authorOf, type Entry, type Parsed, type ParsedRecord, recordKey } from './entry.js';
import { Lookup } from './lookup.js';
import { type Line, lines } from './lines.js';
import { type Balances, Purse } from './purse.js';
import { type Reputation, Track } from './track.js';

/** `forked`: the author has two certified records at one place. `broken`: the witnesses have. Both are evidence. */
export type Added = 'added' | 'known' | 'forked' | 'broken';

export type LedgerNetwork = Pick<Network, 'grants' | 'parameters'>;

/** In `broken` when a sum left the safe integers, which no supply that was granted and minted by rule can do. */
export const OVERFLOW = 'overflow';

const FUEL_PER_SECOND = 1_000_000;

export class Ledger {
  /** Authors of two records at one place of their chain. */
  readonly forked = new Set<NodeId>();
  /** Keys with two certified records: more than f witnesses are faulty, so alarm and halt. */
  readonly broken = new Set<string>();

  readonly #network: LedgerNetwork;
  readonly #entries = new Map<Id, Entry>();
  readonly #slots = new Map<string, Entry>();
  readonly #purses = new Map<NodeId, Purse>();
  readonly #tracks = new Map<NodeId, Track>();
  readonly #everybody = new Purse();
  readonly #sums = { granted: 0, minted: 0, burned: 0 };
  readonly #work = { seconds: 0, rest: 0 };
  readonly #genesis = new Set<NodeId>();
  readonly #digest = new Digest();
  readonly #lookup = new Lookup();
  readonly #collections = new Collections();
  readonly #chains = new Chains((author, seq) => this.#slots.get(`${author}:${seq}`)?.record);

  constructor(network: LedgerNetwork) {
    this.#network = network;
    for (const { account, amount } of network.grants) {
      this.#genesis.add(account);
      this.#move({ pool: 'granted', amount }, 1);
      this.#move({ pool: 'free', account, amount, at: 0 }, 1);
    }
  }

  /** Number of certified records, those that lost their slot included. */
  get size(): number {
    return this.#entries.size;
  }

  /** Reference work settled so far, in whole reference seconds: in fuel it would leave the safe integers too soon. */
  get workSeconds(): number {
    return this.#work.seconds + Math.floor(this.#work.rest / FUEL_PER_SECOND);
  }

  add(record: ParsedRecord, certified: Certified, assignment?: Assignment): Added {
    if (this.#entries.has(record.id)) return 'known';
    const entry: Entry = { record, certified, ...(assignment ? { assignment } : {}) };
    this.#entries.set(record.id, entry);
    this.#digest.add(bucketOf(record, this.#network.parameters.epochMs), record.id);
    const key = recordKey(record);
    const author = authorOf(record);
    const rival = this.#slots.get(key);
    if (!rival) {
      this.#slots.set(key, entry);
      this.#fold(entry, 1);
      if (author) this.#chains.extend(author);
      return 'added';
    }
    this.broken.add(key);
    if (author) this.forked.add(author);
    if (record.id < rival.record.id) {
      this.#fold(rival, -1);
      this.#slots.set(key, entry);
      this.#fold(entry, 1);
      if (author) this.#chains.rewind(author);
    }
    return author ? 'forked' : 'broken';
  }

  get(id: Id): Entry | undefined {
    return this.#entries.get(id);
  }

  bySlot(key: string): Entry | undefined {
    return this.#slots.get(key);
  }

  entries(): Iterable<Entry> {
    return this.#entries.values();
  }

  balances(account: NodeId, epoch: Epoch): Balances {
    return (this.#purses.get(account) ?? NO_PURSE).balances(epoch);
  }

  totals(epoch: Epoch): Totals {
    const { granted, minted, burned } = this.#sums;
    return { granted, minted, ...this.#everybody.balances(epoch), burned };
  }

  head(author: NodeId): Head | null {
    return this.#chains.head(author);
  }

  heads(): Iterable<readonly [NodeId, Head]> {
    return this.#chains.all();
  }

  purses(): Iterable<readonly [NodeId, Purse]> {
    return this.#purses;
  }

  settlementOf(escrow: Id): Entry<Parsed<SettleRecord>> | undefined {
    return ofKind(this.#slots.get(`settle:${escrow}`), 'settle');
  }

  /** Escrows without a settlement, of one submitter or of all. */
  openEscrows(submitter?: NodeId): Entry<Parsed<EscrowRecord>>[] {
    return this.#lookup.openEscrows(submitter);
  }

  collection(id: Id): CollectionView | undefined {
    return this.#collections.get(id);
  }

  /** Of one owner or of all; those that are over included. */
  collections(owner?: NodeId): CollectionView[] {
    return [...this.#collections.all()].filter((view) => owner === undefined || view.owner === owner);
  }

  /** The account that registered a name first: by epoch, then by id. */
  nameOwner(name: string): NodeId | undefined {
    return this.#lookup.nameOwner(name);
  }

  /** What an account is called: the latest name that it registered and has. */
  nameOf(account: NodeId): Parsed<NameRecord> | undefined {
    return this.#lookup.nameOf(account);
  }

  /** The account's open record, once it is certified. */
  opened(account: NodeId): Parsed<OpenRecord> | undefined {
    return ofKind(this.#slots.get(`${account}:0`), 'open')?.record;
  }

  /** Whether the account had its grant, from the descriptor or from the faucet. */
  granted(account: NodeId): boolean {
    return this.#genesis.has(account) || this.#slots.has(`grant:${account}`);
  }

  reputation(account: NodeId): Reputation {
    return (this.#tracks.get(account) ?? NO_TRACK).reputation();
  }

  /** All pay and mints, whatever they were spent on since. */
  earned(account: NodeId): Micro {
    return this.#tracks.get(account)?.earned ?? 0;
  }

  tasksOf(account: NodeId): number {
    return this.#tracks.get(account)?.tasks ?? 0;
  }

  tracks(): Iterable<readonly [NodeId, Track]> {
    return this.#tracks;
  }

  digest(): readonly BucketDigest[] {
    return this.#digest.whole();
  }

  digestOf(span: Pick<BucketDigest, 'bucket' | 'span'>): BucketDigest {
    return this.#digest.of(span);
  }

  splitDigest(span: Pick<BucketDigest, 'bucket' | 'span'>): BucketDigest[] {
    return this.#digest.split(span);
  }

  digestTotal(): { readonly count: number; readonly hash: Id } {
    return this.#digest.total();
  }

  /** In order; of those from `from` up to, not including, `to` (empty: no bound). */
  idsIn(span: Pick<BucketDigest, 'bucket' | 'span'>, from: Id | '' = '', to: Id | '' = ''): Id[] {
    return this.#digest.idsIn(span, from, to);
  }

  /** Adds what a record moved and what it says about its accounts, or takes it all back. */
  #fold(entry: Entry, sign: 1 | -1): void {
    const { record } = entry;
    for (const line of lines(record, this.#network.parameters)) this.#move(line, sign);
    this.#lookup.update(entry, sign);
    this.#collections.update(record, sign);
    if (record.kind === 'settle') {
      this.#work.seconds += sign * Math.floor(record.fuel / FUEL_PER_SECOND);
      this.#work.rest += sign * (record.fuel % FUEL_PER_SECOND);
      this.#earn(record.pay, sign);
      this.#earn(record.mint, sign);
      for (const { who, ok } of record.slots) this.#track(who).slot(record.epoch, ok, sign);
    } else if (record.kind === 'uptime') {
      this.#earn(record.mint, sign);
    } else if (record.kind === 'rent') {
      this.#earn(record.pay, sign);
    }
  }

  #move(line: Line, sign: 1 | -1): void {
    let exact: boolean;
    if ('account' in line) {
      const own = of(this.#purses, line.account, newPurse).apply(line, sign);
      exact = this.#everybody.apply(line, sign) && own;
    } else {
      exact = Number.isSafeInteger((this.#sums[line.pool] += sign * line.amount));
    }
    if (!exact) this.broken.add(OVERFLOW);
  }

  #earn(pays: readonly Pay[], sign: 1 | -1): void {
    for (const { to, amount } of pays) this.#track(to).earned += sign * amount;
  }

  #track(account: NodeId): Track {
    return of(this.#tracks, account, newTrack);
  }
}

const newPurse = (): Purse => new Purse();
const newTrack = (): Track => new Track();
const NO_PURSE = newPurse();
const NO_TRACK = newTrack();

function of<V>(map: Map<string, V>, key: string, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) map.set(key, (value = make()));
  return value;
}

function ofKind<K extends ParsedRecord['kind']>(entry: Entry | undefined, kind: K): Entry<Extract<ParsedRecord, { kind: K }>> | undefined {
  return entry?.record.kind === kind ? (entry as Entry<Extract<ParsedRecord, { kind: K }>>) : undefined;
}
