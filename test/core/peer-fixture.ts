/** A peer's machine, fed by hand: what it asks of the world is seen, and answered only where a test does so. */
import { seats } from '../../src/engine/core/assignment/ranking.js';
import { rosterHash, sortMembers } from '../../src/engine/core/assignment/roster.js';
import type { Effect } from '../../src/engine/core/effect.js';
import { sha256Id, toBase64url } from '../../src/engine/core/encoding.js';
import type { Happening, TaskRequest } from '../../src/engine/core/event.js';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import type { Member, Message, Refusal } from '../../src/engine/core/message.js';
import type { Notice } from '../../src/engine/core/notice.js';
import { createPeerState, peerMachine, type PeerOptions } from '../../src/engine/core/peer/peer.js';
import type { Assignment, EscrowRecord, NodeId, Rec, SettleRecord, Signed } from '../../src/engine/core/record.js';
import { alice, bob, carol, idOf, key, network, sign, SIGNATURE, witness } from './ledger-fixture.js';

type EffectOf<Do extends Effect['do']> = Extract<Effect, { do: Do }>;
type MessageOf<T extends Message['t']> = Extract<Message, { t: T }>;

export const START_MS = 3_000_000;
export const WITNESS_SESSION = 'first';

/** Answers of the world that no test cares about are given at once: signatures, proofs, guards and verdicts. */
export class Peer {
  readonly state;
  now = START_MS;
  /** What happened since it was last looked at. */
  #effects: Effect[] = [];

  constructor(options: Partial<PeerOptions> = {}) {
    this.state = createPeerState({ network, id: alice, boxKey: key('alice box'), session: 'session', site: '', sharePpm: 0, ref: '', ...options });
  }

  feed(event: Happening): void {
    const { effects } = peerMachine.step(this.state, { ...event, now: this.now });
    this.#effects.push(...effects);
    for (const effect of effects) this.#answer(effect);
  }

  says(message: Message, attachment?: Uint8Array): void {
    this.feed({ on: 'message', from: witness, message, ...(attachment ? { attachment } : {}) });
  }

  /** A link, and a witness that answers it. */
  link(session = WITNESS_SESSION): void {
    this.feed({ on: 'link-up', mode: 'direct' });
    this.welcome(session);
  }

  welcome(session = WITNESS_SESSION): void {
    this.says({ t: 'welcome', now: this.now, session, head: this.state.ledger.head(this.state.options.id), digest: [] });
  }

  /** Says that a record is certified, an escrow with the draw of `drawn`. */
  certify(record: Rec): void {
    const x = record.kind === 'escrow' ? JSON.stringify(drawn(record, this.now)) : undefined;
    const { certificates } = certify(network.net, [{ id: idOf(record), ...(x ? { x } : {}) }]);
    this.says({ t: 'certified', r: { ...sign(record), c: { ...certificates[0]!, sigs: [{ by: witness, s: SIGNATURE }] } } });
  }

  /** An account with the faucet's credits, linked to a witness that knows its roster. */
  open(): void {
    this.link();
    this.state.wantsAccount = true;
    this.feed({ on: 'contribute', capacity: 0, kinds: {} });
    this.certify(recordOf(this.sent('record')[0]!.r));
    this.says({ t: 'roster', hash: rosterHash(MEMBERS), members: MEMBERS });
    this.look();
  }

  /** Submits, and has the escrow certified. @returns it */
  buy(task: TaskRequest): EscrowRecord {
    this.feed({ on: 'submit', request: task });
    const escrow = recordOf(this.sent('escrow').at(-1)!.r) as EscrowRecord;
    this.certify(escrow);
    return escrow;
  }

  settle(escrow: EscrowRecord, slots: SettleRecord['slots']): void {
    const paid = slots.filter(({ ok }) => ok).map(({ who }) => ({ to: who, amount: 1, stake: false, why: 'work' as const }));
    this.certify({
      kind: 'settle', net: network.net, epoch: Math.floor(this.now / network.parameters.epochMs), escrow: idOf(escrow), submitter: alice, amount: escrow.amount,
      refund: escrow.amount - paid.length, burn: 0, pay: paid, mint: [], slash: [], fuel: 0, mPpm: 1, slots,
    });
  }

  /** A worker's result arrives, and opens as these bytes; undefined cannot be opened. */
  result(escrow: EscrowRecord, worker: NodeId, output: Uint8Array | undefined): void {
    this.says({ t: 'result', escrow: idOf(escrow), worker }, new Uint8Array(1));
    const { as } = this.effects('read-result').at(-1)!;
    this.feed({ on: 'result-read', as, ...(output ? { output, digest: sha256Id(output) } : {}) });
  }

  refuse(refusal: Omit<Refusal, 'kind' | 'net'>): void {
    this.says({ t: 'refused', p: { b: JSON.stringify({ kind: 'refusal', net: network.net, ...refusal }), s: SIGNATURE } });
  }

  timer(name: string, afterMs = 0): void {
    this.now += afterMs;
    this.feed({ on: 'timer', name });
  }

  /** Effects of a kind since the last `look`. */
  effects<Do extends Effect['do']>(kind: Do): EffectOf<Do>[] {
    return this.#effects.filter((effect): effect is EffectOf<Do> => effect.do === kind);
  }

  sent<T extends Message['t']>(t: T): MessageOf<T>[] {
    return this.effects('send').flatMap(({ message }) => (message.t === t ? [message as MessageOf<T>] : []));
  }

  notes<Note extends Notice['note']>(note: Note): Extract<Notice, { note: Note }>[] {
    return this.effects('notify').flatMap(({ notice }) => (notice.note === note ? [notice as Extract<Notice, { note: Note }>] : []));
  }

  /** Forgets what happened so far. */
  look(): void {
    this.#effects = [];
  }

  #answer(effect: Effect): void {
    switch (effect.do) {
      case 'prove': return this.feed({ on: 'proved', as: effect.as, body: JSON.stringify({ ...effect.fields, pow: 0 }) });
      case 'sign': return this.feed({ on: 'signed', as: effect.as, signed: { b: effect.body, s: SIGNATURE } });
      case 'guard': return this.feed({ on: 'guarded', as: effect.as, good: effect.records, bad: 0 });
      case 'verify': return this.feed({ on: 'verified', as: effect.as, ok: true });
      case 'box': return this.feed({ on: 'boxed', as: effect.as, boxes: Object.fromEntries(effect.to.map(({ node, box }) => [node, box])) });
      case 'lock': return this.feed({
        on: 'locked', as: effect.as,
        locked: { ciphertext: effect.payload, inC: key('ciphertext'), contentKey: key('content key'), keyC: key('keyC'), resultKey: key('result'), resultSecret: key('result secret') },
      });
      case 'save':
        this.#effects.push(...effect.then);
        for (const after of effect.then) this.#answer(after);
    }
  }
}

const MEMBERS: readonly Member[] = sortMembers([bob, carol, key('dave')].map((node) => ({ node, box: key(`box of ${node}`), kernels: { embedding: 1, vector_search: 1 }, capacity: 1, stake: 0, site: '' })));

/** A task on a shard is drawn among all members. */
export function drawn(record: EscrowRecord, at: number): Assignment {
  const draw = { seed: key('seed'), k: record.k || 2, ...(record.on ? { among: MEMBERS.map(({ node }) => node) } : {}) };
  const ranks = seats(draw, record, MEMBERS, network.parameters);
  return { ...draw, epoch: Math.floor(at / network.parameters.epochMs), at, roster: rosterHash(MEMBERS), ranks: ranks.map(({ node, box }) => ({ node, box })) };
}

/** The record in flight, as the peer sent it. */
export function recordOf({ b }: Signed): Rec {
  return JSON.parse(b) as Rec;
}

export function request(task = 1, changes: Partial<TaskRequest> = {}): TaskRequest {
  return {
    task: toBase64url(new Uint8Array(16).fill(task)), kind: 'embedding', version: 1, payload: new Uint8Array(8), meter: { price: 500, fuel: 1_000 },
    k: 2, priority: 'normal', maxAmount: Number.MAX_SAFE_INTEGER, timeoutMs: 60_000, ...changes,
  };
}
