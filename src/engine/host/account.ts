/** The engine's own account as its host uses it: orders in credits, each until its record is certified or refused. */
import { toBase64url } from '../core/encoding.js';
import type { AccountRequest } from '../core/event.js';
import type { Notice } from '../core/notice.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Id, NodeId } from '../core/record.js';
import { NAME_WANTED, nameTaken, SITE_NAME } from '../core/texts.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError } from '../error.js';
import type { Clock, Random } from '../ports/clock.js';
import type { AccountOrder } from './collection-world.js';
import { PendingAsks } from './pending-asks.js';

const MICRO = 1_000_000;
/** How long an order waits to be certified, the first sight of the network included. */
const PATIENCE_MS = 60_000;
const ASK_BYTES = 12;

export interface AccountWorld {
  readonly clock: Clock;
  readonly random: Random;
  readonly nodeId: NodeId;
  /** @throws EdgeNetError when the engine is closed, or finds no network in that time */
  reach(patienceMs: number): Promise<Driver<PeerState>>;
}

/** Every order resolves with the id of its certified record. */
export class Account {
  readonly #asks: PendingAsks;

  constructor(private readonly world: AccountWorld) {
    this.#asks = new PendingAsks(world.clock, PATIENCE_MS);
  }

  async transfer(to: string, credits: number, memo?: string): Promise<Id> {
    return this.ask({ kind: 'transfer', to, amount: microOf(credits), ...(memo === undefined ? {} : { memo }) });
  }

  async stake(kind: 'bond' | 'unbond', credits: number): Promise<Id> {
    return this.ask({ kind, amount: microOf(credits) });
  }

  /** A name that the account is called by already costs no second record. */
  async registerName(name: string): Promise<Id> {
    if (typeof name !== 'string' || !SITE_NAME.test(name)) throw new EdgeNetError('bad-input', NAME_WANTED);
    const { nodeId, reach } = this.world;
    const { ledger } = (await reach(PATIENCE_MS)).state;
    const current = ledger.nameOf(nodeId);
    if (current?.name === name) return current.id;
    const record = await this.ask({ kind: 'name', name });
    // Two who ask at the same time may both be certified, and the older record has the name.
    if (ledger.nameOwner(name) !== nodeId) throw new EdgeNetError('bad-input', nameTaken(name));
    return record;
  }

  async ask(order: AccountOrder): Promise<Id> {
    const driver = await this.world.reach(PATIENCE_MS);
    const ask = toBase64url(this.world.random.bytes(ASK_BYTES));
    const certified = this.#asks.wait(ask);
    driver.feed({ on: 'ask', request: { ...order, ask } as AccountRequest });
    return certified;
  }

  onNotice(notice: Extract<Notice, { note: 'asked' | 'ask-failed' }>): void {
    if (notice.note === 'asked') this.#asks.resolve(notice.ask, notice.record);
    else this.#asks.reject(notice.ask, new EdgeNetError(notice.code, notice.message));
  }

  close(): void {
    this.#asks.rejectAll(new EdgeNetError('closed', 'The engine was closed.'));
  }
}

/** @throws EdgeNetError `bad-input` */
function microOf(credits: number): number {
  const micro = Math.round(credits * MICRO);
  if (!(micro > 0) || !Number.isSafeInteger(micro)) throw new EdgeNetError('bad-input', 'An amount is a number of credits above 0.');
  return micro;
}
