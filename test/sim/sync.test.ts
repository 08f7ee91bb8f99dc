/** Two replicas that differ by a busy hour: the exchange must fit through a relay, frame by frame. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MESSAGE_LENGTH_MAX } from '../../src/engine/adapters/transport/frame.js';
import type { Effect } from '../../src/engine/core/effect.js';
import { Ledger } from '../../src/engine/core/ledger/ledger.js';
import { parseRecord } from '../../src/engine/core/ledger/parse.js';
import { isPeerMessage } from '../../src/engine/core/message-shape.js';
import type { SyncMessage } from '../../src/engine/core/message.js';
import { compareDigests, createSyncQueue, onSyncMessage, sendNextParts, type SyncTurn } from '../../src/engine/core/sync.js';
import { certified, common, key, network } from '../core/ledger-fixture.js';

const HOUR = 9_000;
const grants = certified(Array.from({ length: HOUR }, (_, n) => ({ kind: 'grant' as const, ...common, account: key(`account ${n}`), amount: 1 })));

class Replica {
  readonly ledger = new Ledger(network);
  readonly #sync = createSyncQueue();
  readonly #out: { readonly to: string; readonly message: SyncMessage }[] = [];
  isTicking = false;

  constructor(records: typeof grants) {
    this.fold(records);
  }

  fold(records: typeof grants): void {
    for (const record of records) {
      const parsed = parseRecord({ b: record.b, s: record.s }, network);
      assert.ok(parsed.ok);
      this.ledger.add(parsed.record, record);
    }
  }

  get turn(): SyncTurn {
    return { ledger: this.ledger, sync: this.#sync, emit: (effect) => this.#perform(effect) };
  }

  receive(from: string, message: SyncMessage): void {
    if (message.t === 'records') this.fold(message.records as typeof grants);
    else onSyncMessage(this.turn, from, message);
  }

  /** What was sent since, and what a tick of the timer sends. */
  take(): { readonly to: string; readonly message: SyncMessage }[] {
    if (this.#out.length === 0 && this.isTicking) {
      this.isTicking = false;
      sendNextParts(this.turn);
    }
    return this.#out.splice(0);
  }

  #perform(effect: Effect): void {
    if (effect.do === 'timer') this.isTicking = true;
    if (effect.do === 'send') this.#out.push({ to: effect.to, message: effect.message as SyncMessage });
  }
}

function level(one: Replica, others: ReadonlyMap<string, Replica>): number {
  const places = new Map([['one', one], ...others]);
  let rounds = 0;
  for (; ; rounds += 1) {
    const mail = [...places].flatMap(([from, replica]) => replica.take().map((letter) => ({ from, ...letter })));
    if (mail.length === 0) return rounds;
    for (const { from, to, message } of mail) {
      assert.ok(JSON.stringify(message).length <= MESSAGE_LENGTH_MAX, `a ${message.t} of ${JSON.stringify(message).length} characters`);
      assert.ok(isPeerMessage(message), message.t);
      places.get(to)!.receive(from, message);
    }
  }
}

test('a busy hour that one side lacks is levelled, and a single record either way', () => {
  const one = new Replica(grants.slice(0, HOUR - 1));
  const other = new Replica(grants.slice(1));
  compareDigests(one.turn, 'other', other.ledger.digest());
  level(one, new Map([['other', other]]));
  assert.equal(one.ledger.size, HOUR);
  assert.deepEqual(one.ledger.digestTotal(), other.ledger.digestTotal());

  const fresh = new Replica([]);
  compareDigests(fresh.turn, 'one', one.ledger.digest());
  level(one, new Map([['fresh', fresh]]));
  assert.deepEqual(fresh.ledger.digestTotal(), one.ledger.digestTotal());
});

test('those who catch up at the same time do not wait for each other', () => {
  const one = new Replica(grants.slice(0, 1_600));
  const alone = new Replica([]);
  compareDigests(alone.turn, 'one', one.ledger.digest());
  const roundsAlone = level(one, new Map([['alone', alone]]));
  const many = new Map(Array.from({ length: 10 }, (_, n) => [`fresh ${n}`, new Replica([])] as const));
  for (const fresh of many.values()) compareDigests(fresh.turn, 'one', one.ledger.digest());
  const rounds = level(one, many);
  for (const fresh of many.values()) assert.equal(fresh.ledger.size, 1_600);
  assert.ok(rounds <= roundsAlone + 3, `${rounds} rounds for ten, ${roundsAlone} for one`);
});
