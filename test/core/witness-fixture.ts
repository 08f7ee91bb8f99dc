/** A witness on its own: its machine, with every port answered at once and every signature believed. */
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Effect } from '../../src/engine/core/effect.js';
import type { Happening } from '../../src/engine/core/event.js';
import type { Message, Presence, Receipt, Refusal, StorageProof } from '../../src/engine/core/message.js';
import type { Network, Parameters } from '../../src/engine/core/network.js';
import type { Certified, EscrowRecord, Id, NodeId, OpenRecord, Rec, SettleRecord } from '../../src/engine/core/record.js';
import { createWitnessState, witnessMachine, type WitnessState } from '../../src/engine/core/witness/witness.js';
import type { StoredValue } from '../../src/engine/ports/storage.js';
import { idOf, key, network as fixture, sign, SIGNATURE, witness as id } from './ledger-fixture.js';

export const START_MS = 1_700_000_000_000;
export const CIPHERTEXT = Uint8Array.of(1, 2, 3);
/** Long enough for every timer of a moment: batches and rosters. */
const MOMENT_MS = 500;

type Area = Map<string, StoredValue>;

export interface Bench {
  readonly state: WitnessState;
  readonly store: Area;
  readonly vault: Area;
  readonly sent: { readonly to: NodeId; readonly message: Message; readonly attachment?: Uint8Array }[];
  readonly published: Certified[];
  readonly now: number;
  readonly epoch: number;
  feed(event: Happening): void;
  say(from: NodeId, message: Message, attachment?: Uint8Array): void;
  pass(ms: number): void;
  /** Opens an account, says hello, and offers work. */
  join(node: NodeId, offer?: Partial<Presence>): void;
  opens(author: NodeId, fields?: Partial<OpenRecord>): void;
  /** The next record of an account, not yet sent. */
  next(author: NodeId, fields: object): Rec & { readonly kind: string };
  /** Has a task certified. */
  escrow(author: NodeId, fields?: Partial<EscrowRecord>): Id;
  answer(worker: NodeId, escrow: Id, fields?: { readonly digest?: string; readonly fuel?: number }): void;
  settlement(escrow: Id): SettleRecord | undefined;
  refusals(): Refusal[];
}

export interface BenchOptions {
  readonly parameters?: Partial<Parameters>;
  readonly kernels?: Network['kernels'];
  /** What an earlier life left. */
  readonly store?: Area;
  readonly vault?: Area;
  readonly at?: number;
}

export function createBench({ parameters = {}, kernels = fixture.kernels, store = new Map(), vault = new Map(), at = START_MS }: BenchOptions = {}): Bench {
  const network = { ...fixture, kernels, parameters: { ...fixture.parameters, ...parameters } };
  const state = createWitnessState({ network, id, session: 'session' });
  const timers = new Map<string, number>();
  const sent: Bench['sent'] = [];
  const published: Certified[] = [];
  let now = at;
  let randoms = 0;

  function feed(event: Happening): void {
    for (const effect of witnessMachine.step(state, { ...event, now }).effects) perform(effect);
  }

  function perform(effect: Effect): void {
    switch (effect.do) {
      case 'send': return void sent.push(effect);
      case 'publish': return void (effect.value.topic === 'ledger' && published.push(effect.value.record));
      case 'timer': return void timers.set(effect.name, now + effect.delayMs);
      case 'clear': return void timers.delete(effect.name);
      case 'save': {
        const area = effect.area === 'vault' ? vault : store;
        for (const [name, value] of effect.writes) {
          if (value === null) area.delete(name);
          else area.set(name, value);
        }
        return effect.then.forEach(perform);
      }
      case 'load': return feed({ on: 'loaded', as: effect.as, values: effect.keys.map((name) => store.get(name)) });
      case 'sign': return feed({ on: 'signed', as: effect.as, signed: { b: effect.body, s: SIGNATURE } });
      case 'verify': return feed({ on: 'verified', as: effect.as, ok: effect.checks.every(({ s }) => s === SIGNATURE) });
      case 'guard': return feed({ on: 'guarded', as: effect.as, good: effect.records, bad: 0 });
      case 'random': return feed({ on: 'random', as: effect.as, bytes: new Uint8Array(effect.length).fill(++randoms) });
      case 'read-proof': return feed({ on: 'proof-read', as: effect.as, proof: JSON.parse(Buffer.from(effect.sealed, 'base64url').toString()) as StorageProof });
      case 'read-receipt': return feed({ on: 'receipt-read', as: effect.as, receipt: JSON.parse(Buffer.from(effect.sealed, 'base64url').toString()) as Receipt });
    }
  }

  const bench: Bench = {
    state, store, vault, sent, published, feed,
    get now() { return now; },
    get epoch() { return Math.floor(now / network.parameters.epochMs); },
    say: (from, message, attachment) => feed({ on: 'message', from, message, ...(attachment ? { attachment } : {}) }),
    pass(ms) {
      const end = now + ms;
      for (;;) {
        const [due] = [...timers].filter(([, at]) => at <= end).sort(([, left], [, right]) => left - right);
        if (!due) break;
        timers.delete(due[0]);
        now = Math.max(now, due[1]);
        feed({ on: 'timer', name: due[0] });
      }
      now = end;
    },
    join(node, offer = {}) {
      if (!state.ledger.opened(node)) bench.opens(node);
      const session = offer.session ?? 'tab';
      bench.say(node, { t: 'hello', session, head: null, digest: [] });
      const presence: Presence = { kind: 'presence', net: network.net, node, session, box: key(`box of ${node}`), kernels: { embedding: 1 }, capacity: 1, at: now, ...offer };
      bench.say(node, { t: 'present', p: { b: JSON.stringify(presence), s: SIGNATURE } });
      bench.pass(MOMENT_MS);
    },
    opens(author, fields = {}) {
      bench.say(author, { t: 'record', r: sign({ kind: 'open', net: network.net, epoch: bench.epoch, author, seq: 0, prev: '', pow: 0, site: '', share: 0, ...fields }) });
      bench.pass(MOMENT_MS);
    },
    next(author, fields) {
      const head = state.ledger.head(author);
      return { net: network.net, epoch: bench.epoch, author, seq: (head?.seq ?? -1) + 1, prev: head?.id ?? '', ...fields } as Rec;
    },
    escrow(author, fields = {}) {
      const { k = 2, meter = { price: 1_000, fuel: 1_000 } } = fields;
      const record = bench.next(author, {
        kind: 'escrow', amount: (k || 2) * meter.price, task: 'A'.repeat(22), type: 'embedding', version: 1, k, priority: 'normal', deadline: 10_000,
        inC: sha256Id(CIPHERTEXT), inSize: CIPHERTEXT.length, keyC: key('content key'), resultKey: key('result'), meter, ...fields,
      });
      bench.say(author, { t: 'escrow', r: sign(record) }, CIPHERTEXT);
      return idOf(record);
    },
    answer(worker, escrow, { digest = key('digest'), fuel = 1_000 } = {}) {
      const result = Uint8Array.of(7);
      const receipt = JSON.stringify({ kind: 'receipt', escrow, worker, digest, fuel, out: sha256Id(result) });
      bench.say(worker, { t: 'result', escrow, receipt: Buffer.from(receipt).toString('base64url') }, result);
    },
    settlement: (escrow) => {
      bench.pass(MOMENT_MS);
      return state.ledger.settlementOf(escrow)?.record;
    },
    refusals: () => sent.flatMap(({ message }) => (message.t === 'refused' ? [JSON.parse(message.p.b) as Refusal] : [])),
  };
  feed({ on: 'start', store: [...store], vault: [...vault] });
  bench.pass(MOMENT_MS);
  return bench;
}

/** Keys for everybody who was drawn. */
export function handOutKeys({ state, say }: Bench, escrow: Id, to = state.tasks.get(escrow)!.assignment.ranks.map(({ node }) => node)): void {
  const { author } = state.tasks.get(escrow)!.record;
  say(author, { t: 'boxes', escrow, boxes: Object.fromEntries(to.map((node) => [node, 'box'])) });
}

/** Nodes in order of rank. */
export function drawn({ state }: Bench, escrow: Id): NodeId[] {
  return state.tasks.get(escrow)!.assignment.ranks.map(({ node }) => node);
}
