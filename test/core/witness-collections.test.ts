/** The witness's part in collections, one decision at a time: what it signs, whom it draws, whom it pays, what it passes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shuffle } from '../../src/engine/core/assignment/ranking.js';
import { hmac, sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { CollectionView } from '../../src/engine/core/ledger/collections.js';
import type { Message } from '../../src/engine/core/message.js';
import type { Parameters } from '../../src/engine/core/network.js';
import type { CollectionRecord, HoldRecord, Id, NodeId, RentRecord } from '../../src/engine/core/record.js';
import { alice, bob, carol, idOf, key, network, sign, SIGNATURE } from './ledger-fixture.js';
import { type Bench, createBench, drawn, type BenchOptions, START_MS } from './witness-fixture.js';

const KERNELS = { embedding: 1, vector_search: 1, vector_insert: 1 };
const GRACE_MS = 1_000;
const DAY_MS = 80_000;
const CONTENT = Uint8Array.from({ length: 3_000 }, (_, at) => at);
const HASH = sha256Id(CONTENT);
const [dave, erin] = [key('dave'), key('erin')];
const MOMENT_MS = 300;
const EMPTY = { hash: '', size: 0, rows: 0 };
const FULL = { hash: HASH, size: CONTENT.length, rows: 4 };

type MessageOf<T extends Message['t']> = Extract<Message, { t: T }>;

class Collections {
  readonly bench: Bench;
  id: Id = '';
  #tasks = 0;

  constructor(parameters: Partial<Parameters> = {}, options: BenchOptions = {}) {
    // At the start of a storage day, which is not the end of one.
    this.bench = createBench({ at: Math.ceil(START_MS / DAY_MS) * DAY_MS, kernels: KERNELS, parameters: { holderGraceMs: GRACE_MS, storageDayMs: DAY_MS, ...parameters }, ...options });
  }

  get view(): CollectionView {
    return this.bench.state.ledger.collection(this.id)!;
  }

  get holders(): readonly NodeId[] {
    return this.view.holders(0)?.holders ?? [];
  }

  join(...nodes: readonly NodeId[]): void {
    for (const node of nodes) this.bench.join(node, { kernels: KERNELS, capacity: 2 });
  }

  /** Takes no work, and is still there. */
  pause(node: NodeId): void {
    this.bench.join(node, { kernels: {}, capacity: 0 });
  }

  /** @returns why the record was refused, if it was */
  write(fields: Partial<CollectionRecord>, author = alice): string | undefined {
    const before = this.view?.record;
    const { name, dims, metric, scalar, replicas, access, shards } = before ?? { name: 'books', dims: 3, metric: 'cos', scalar: 'f32', replicas: 2, access: 'owner', shards: [] };
    const record = this.bench.next(author, { kind: 'collection', collection: this.id, amount: 0, name, dims, metric, scalar, replicas, access, shards, ...fields });
    const refusals = this.bench.refusals().length;
    this.bench.say(author, { t: 'record', r: sign(record) });
    if (this.id === '' && this.bench.state.ledger.get(idOf(record))) this.id = idOf(record);
    return this.bench.refusals()[refusals]?.code;
  }

  /** A collection with one shard, held. */
  open(fields: Partial<CollectionRecord> = {}): void {
    this.bench.opens(alice);
    assert.equal(this.write({ amount: 1_000_000, shards: [EMPTY], ...fields }), undefined);
    for (const node of this.holders) this.keeps(node, '');
  }

  fill(...keepers: readonly NodeId[]): void {
    assert.equal(this.write({ shards: [FULL] }), undefined);
    for (const node of keepers) this.keeps(node, HASH);
  }

  keeps(node: NodeId, hash: Id | '', size = hash === '' ? 0 : CONTENT.length): void {
    this.bench.say(node, { t: 'kept', collection: this.id, shard: 0, hash, size });
  }

  sent<T extends Message['t']>(t: T, from = 0): (MessageOf<T> & { readonly to: NodeId })[] {
    return this.bench.sent.slice(from).flatMap(({ to, message }) => (message.t === t ? [{ ...(message as MessageOf<T>), to }] : []));
  }

  rents(): RentRecord[] {
    return [...this.bench.state.ledger.entries()].flatMap(({ record }) => (record.kind === 'rent' ? [record] : []));
  }

  /** Lets time pass until proofs are asked for anew. */
  untilAsked(): readonly (MessageOf<'prove'> & { readonly to: NodeId })[] {
    const count = this.bench.sent.length;
    for (let ms = 0; this.sent('prove', count).length === 0; ms += 100) {
      assert.ok(ms < DAY_MS, 'no proof is asked for');
      this.bench.pass(100);
    }
    return this.sent('prove', count);
  }

  prove(node: NodeId, mac: Id, size = CONTENT.length): void {
    const asked = this.sent('prove').findLast(({ to }) => to === node)!;
    this.bench.say(node, { t: 'proof', collection: this.id, shard: 0, period: asked.period, sealed: Buffer.from(JSON.stringify({ nonce: asked.nonce, mac, size })).toString('base64url') });
  }

  /** A task on the first shard. @returns the refusal, if it was refused */
  task(hash: Id | '', fields: object = {}, author = alice): { readonly code: string; readonly retryAfterMs?: number } | undefined {
    const refusals = this.bench.refusals().length;
    this.#tasks += 1;
    this.last = this.bench.escrow(author, { task: `${String(this.#tasks).padStart(21, '0')}A`, type: 'vector_search', on: { collection: this.id, shard: 0, hash }, ...fields });
    return this.bench.refusals()[refusals];
  }

  last: Id = '';
}

test('what a collection may be, and what it may become', () => {
  const all = new Collections();
  all.bench.opens(alice);
  all.bench.opens(bob);
  assert.equal(all.write({ shards: [FULL] }), 'bad-input', 'new, and yet with content');
  assert.equal(all.write({ amount: 2_000_000_000 }), 'insufficient-credits');
  assert.equal(all.write({ shards: [EMPTY] }), undefined);
  for (const [field, value] of [['dims', 4], ['metric', 'ip'], ['scalar', 'i8'], ['replicas', 3], ['shards', []]] as const) assert.equal(all.write({ [field]: value }), 'bad-input', field);
  assert.equal(all.write({}, bob), 'bad-input', 'not its owner');
  assert.equal(all.write({ shards: [{ ...FULL, size: network.parameters.shardBytesMax + 1 }], amount: 1_000_000 }), 'payload-too-large');
  assert.equal(all.write({ shards: [FULL] }), 'insufficient-credits', 'no day of storage is covered');
  assert.equal(all.write({ shards: [FULL, EMPTY], amount: 60, name: 'other', access: 'anyone' }), undefined);
  assert.equal(all.write({ collection: key('nothing') }), 'bad-input');
  assert.equal(all.write({ shards: [], closed: true }), undefined);
  assert.equal(all.write({ shards: [EMPTY, EMPTY] }), 'bad-input', 'it is over');
});

test('holders are drawn by the epoch\'s secret among those who can do both, and not the owner', () => {
  const all = new Collections();
  all.join(alice, bob, carol, dave);
  all.bench.join(erin, { kernels: { vector_search: 1 }, capacity: 2 });
  all.open();
  const hold = all.view.holders(0) as HoldRecord;
  const { state } = all.bench;
  assert.equal(hold.seed, toBase64url(hmac(state.secrets.get(state.epoch)!, utf8(`hold\n${all.id}\n0\n0`))));
  const able = state.rosters.get(hold.roster)!.filter(({ node }) => [bob, carol, dave].includes(node));
  assert.deepEqual(hold.holders, shuffle(hold.seed, able).slice(0, 2).map(({ node }) => node));
});

test('fewer than wanted hold it until more come', () => {
  const all = new Collections();
  all.open();
  assert.deepEqual(all.holders, []);
  all.join(bob);
  assert.deepEqual(all.holders, [bob]);
  all.keeps(bob, '');
  all.join(carol);
  assert.deepEqual(all.holders, [bob, carol]);
});

test('keys come from the owner, again until they are kept, and go to those who lack them', () => {
  const all = new Collections();
  all.join(bob);
  all.bench.opens(alice);
  all.write({ amount: 1_000_000, shards: [EMPTY] });
  assert.equal(all.sent('keys-wanted').length, 1);
  assert.deepEqual(all.bench.sent.findLast(({ message }) => message.t === 'keys-wanted')!.message, { t: 'keys-wanted', collection: all.id, shard: 0, to: [{ node: bob, box: key(`box of ${bob}`) }] });
  all.bench.say(carol, { t: 'shard-keys', collection: all.id, shard: 0, boxes: { [bob]: 'forged' } });
  assert.equal(all.sent('keep').length, 0);
  all.bench.pass(4_000);
  assert.ok(all.sent('keys-wanted').length >= 2);
  all.bench.say(alice, { t: 'shard-keys', collection: all.id, shard: 0, boxes: { [bob]: 'box', [carol]: 'box' } });
  assert.deepEqual(all.sent('keep').filter(({ box }) => box !== '').map(({ to, box, hash }) => [to, box, hash]), [[bob, 'box', '']]);
  all.keeps(bob, '');
  const count = all.bench.sent.length;
  all.bench.pass(60_000);
  assert.equal(all.sent('keys-wanted', count).length, 0);
});

test('the key of an empty shard comes from nobody but its owner', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.bench.opens(alice);
  all.write({ amount: 1_000_000, shards: [EMPTY] });
  all.keeps(bob, '');
  const count = all.bench.sent.length;
  all.bench.say(bob, { t: 'shard', collection: all.id, shard: 0, hash: '', to: carol, box: 'another' });
  all.bench.pass(20_000);
  assert.deepEqual(all.sent('supply', count), []);
  assert.deepEqual(all.sent('keep', count).filter(({ box }) => box !== ''), []);
  assert.ok(all.sent('keys-wanted', count).length >= 2);
  all.bench.say(alice, { t: 'shard-keys', collection: all.id, shard: 0, boxes: { [carol]: 'box' } });
  assert.deepEqual(all.sent('keep', count).filter(({ box }) => box !== '').map(({ to, box }) => [to, box]), [[carol, 'box']]);
});

test('a holder that lacks the content is asked, then supplied with what really is the content', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  const before = all.bench.sent.length;
  all.fill(bob);
  assert.deepEqual(all.sent('keep', before).map(({ to, box }) => [to, box]), [[bob, ''], [carol, '']], 'its word may have been lost');
  all.bench.pass(1_100);
  assert.deepEqual(all.sent('supply').map(({ to, hash }) => [to, hash]), [[bob, HASH]]);
  assert.equal((all.bench.sent.findLast(({ message }) => message.t === 'supply')!.message as MessageOf<'supply'>).to.node, carol);
  const handed = all.bench.sent.length;
  const shard = { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: carol, box: 'box' } as const;
  all.bench.say(bob, shard, Uint8Array.of(1));
  all.bench.say(bob, shard);
  all.bench.say(dave, shard, CONTENT);
  all.bench.say(bob, { ...shard, to: dave }, CONTENT);
  assert.deepEqual(all.bench.sent.slice(handed), []);
  all.bench.say(bob, shard, CONTENT);
  assert.deepEqual(all.bench.sent.slice(handed), [{ do: 'send', to: carol, message: { t: 'keep', collection: all.id, shard: 0, hash: HASH, box: 'box', turn: 0 }, attachment: CONTENT }]);
});

test('whoever is gone for too long is replaced, and not drawn again at once', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  const [stays, goes] = all.holders as [NodeId, NodeId];
  const third = [bob, carol, dave].find((node) => !all.holders.includes(node))!;
  all.fill(stays, goes);
  all.bench.feed({ on: 'gone', node: goes });
  all.bench.pass(GRACE_MS / 2);
  assert.deepEqual(all.holders, [stays, goes]);
  all.bench.pass(GRACE_MS);
  assert.deepEqual(all.holders, [stays, third]);
  all.join(goes);
  all.bench.feed({ on: 'gone', node: third });
  all.bench.pass(GRACE_MS * 1.2);
  assert.deepEqual(all.holders, [stays, goes], 'its time out is over');
});

test('a holder that takes no work keeps what it holds, and another one stands in for it until it is back', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  const [stays, rests] = all.holders as [NodeId, NodeId];
  const third = [bob, carol, dave].find((node) => !all.holders.includes(node))!;
  all.fill(stays, rests);
  all.pause(rests);
  all.bench.pass(GRACE_MS / 2);
  assert.deepEqual(all.holders, [stays, rests]);
  assert.equal(all.task(HASH, { k: 2 })?.retryAfterMs, 1_000, 'somebody else may be found');
  all.bench.pass(GRACE_MS);
  assert.deepEqual(all.holders, [stays, rests, third]);
  all.keeps(third, HASH);
  all.bench.pass(5 * GRACE_MS);
  assert.deepEqual(all.holders, [stays, rests, third]);
  assert.equal(all.task(HASH, { k: 2 }), undefined);
  assert.deepEqual(drawn(all.bench, all.last).sort(), [stays, third].sort());
  const hash = key('the next content');
  const count = all.bench.sent.length;
  assert.equal(all.write({ shards: [{ ...FULL, hash }] }), undefined);
  all.keeps(stays, hash);
  all.keeps(third, hash);
  all.bench.pass(0.9 * GRACE_MS + 300);
  assert.ok(all.bench.sent.slice(count).some(({ message }) => message.t === 'supply' && message.to.node === rests), 'it is supplied all the same');
  all.keeps(rests, hash);
  all.join(rests);
  assert.deepEqual(all.holders, [stays, rests]);
});

test('a holder that was sent the content and does not keep it is replaced; one that waits for it is not', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  const [has, lacks] = all.holders as [NodeId, NodeId];
  all.fill(has);
  all.bench.pass(5 * GRACE_MS);
  assert.deepEqual(all.holders, [has, lacks]);
  for (let times = 0; times < 3; times += 1) {
    all.bench.say(has, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: lacks, box: 'box' }, CONTENT);
    all.bench.pass(0.9 * GRACE_MS);
    assert.deepEqual(all.holders, [has, lacks], 'each time it is given its time anew');
  }
  all.bench.say(has, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: lacks, box: 'box' }, CONTENT);
  all.bench.pass(GRACE_MS);
  assert.ok(!all.holders.includes(lacks), 'but not without end');
});

test('what one source sends in vain is nobody\'s fault before another one sent it', () => {
  const all = new Collections();
  all.join(bob, carol, dave, erin);
  all.open({ replicas: 3 });
  const [one, two, lacks] = all.holders as [NodeId, NodeId, NodeId];
  all.fill(one, two);
  const shard = { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: lacks, box: 'unfit' } as const;
  all.bench.say(one, shard, CONTENT);
  all.bench.pass(3 * GRACE_MS);
  assert.deepEqual(all.holders, [one, two, lacks]);
  all.bench.say(two, shard, CONTENT);
  all.bench.pass(2 * GRACE_MS);
  assert.ok(!all.holders.includes(lacks));
});

test('a new content gives everybody their time anew', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  const [has, lacks] = all.holders as [NodeId, NodeId];
  all.fill(has);
  all.bench.say(has, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: lacks, box: 'box' }, CONTENT);
  all.bench.pass(0.9 * GRACE_MS);
  const hash = key('the next content');
  assert.equal(all.write({ shards: [{ ...FULL, hash }] }), undefined);
  all.keeps(has, hash);
  all.bench.pass(0.9 * GRACE_MS);
  assert.deepEqual(all.holders, [has, lacks]);
});

test('nothing is decided on a ledger that lacks what the log says was signed', () => {
  const first = new Collections();
  first.open();
  first.bench.opens(bob);
  const { store, vault, state } = first.bench;
  store.delete(`rec/${state.ledger.opened(bob)!.id}`);
  const all = new Collections({}, { store, vault, at: first.bench.now });
  all.id = first.id;
  all.join(carol, dave);
  assert.deepEqual(all.holders, []);
  all.bench.pass(network.parameters.epochMs + 2 * GRACE_MS);
  assert.equal(all.holders.length, 2);
});

test('nobody takes the place of the last ones to have the content', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  const held = all.holders;
  all.fill(...held);
  for (const node of held) all.bench.feed({ on: 'gone', node });
  all.bench.pass(20 * GRACE_MS);
  assert.deepEqual(all.holders, held);
  all.join(held[0]!);
  all.keeps(held[0]!, HASH);
  all.bench.pass(GRACE_MS);
  assert.equal(all.holders.length, 2);
  assert.ok(all.holders.includes(held[0]!) && !all.holders.includes(held[1]!));
});

test('a task on a shard is drawn among those who keep what it is about', () => {
  const all = new Collections({ reserves: 2 });
  all.join(bob, carol, dave, erin);
  all.open({ replicas: 3 });
  const [one, two, three] = all.holders as [NodeId, NodeId, NodeId];
  assert.equal(all.task(''), undefined);
  assert.deepEqual(drawn(all.bench, all.last).sort(), [one, two, three].sort());
  all.fill(one);
  const early = all.task(HASH);
  assert.deepEqual([early?.code, early?.retryAfterMs], ['no-workers', 1_000]);
  all.keeps(two, HASH);
  assert.equal(all.task(HASH), undefined);
  assert.deepEqual(all.bench.state.tasks.get(all.last)!.assignment.among, [one, two]);
  assert.deepEqual(drawn(all.bench, all.last).sort(), [one, two].sort());
  all.keeps(three, HASH);
  const refusal = all.task(HASH, { k: 3, type: 'vector_insert', version: 2 });
  assert.equal(refusal?.code, 'no-workers');
  assert.equal(refusal?.retryAfterMs, undefined, 'all are there, and none will be able to');
});

test('a search may be about the content before, an insert only about the one that stands', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  assert.equal(all.task(''), undefined);
  assert.equal(all.task('', { type: 'vector_insert' })?.code, 'bad-input');
  assert.equal(all.task(key('another content'))?.code, 'bad-input');
  assert.equal(all.task(HASH, { type: 'vector_insert' }), undefined);
});

test('whoever turns a task on a shard down for want of it is not believed to hold it until it says so again', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  all.task(HASH, { k: 1 });
  const [worker] = drawn(all.bench, all.last) as [NodeId];
  const count = all.bench.sent.length;
  all.bench.say(worker, { t: 'reject', p: { b: JSON.stringify({ kind: 'reject', escrow: all.last, worker, why: 'unsupported' }), s: SIGNATURE } });
  assert.deepEqual(all.sent('keep', count).map(({ to, box }) => [to, box]), [[worker, '']]);
  assert.equal(all.task(HASH, { k: 2 })?.code, 'no-workers');
  all.keeps(worker, HASH);
  assert.equal(all.task(HASH, { k: 2 }), undefined);
});

test('others search only where the owner lets them, and never insert', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.bench.opens(dave);
  all.open();
  assert.equal(all.task('', {}, dave)?.code, 'bad-input');
  all.write({ access: 'anyone' });
  assert.equal(all.task('', {}, dave), undefined);
  assert.equal(all.task('', { type: 'vector_insert' }, dave)?.code, 'bad-input');
  assert.equal(all.task('', { on: { collection: all.id, shard: 1, hash: '' } })?.code, 'bad-input');
});

test('proofs that agree are paid once a day, others are not', () => {
  const all = new Collections({ storagePerMegabyteDay: 1_000_000_000 });
  all.bench.opens(erin);
  for (const [node, share] of [[bob, 500_000], [carol, 0], [dave, 0]] as const) {
    all.bench.opens(node, { site: share ? erin : '', share });
    all.join(node);
  }
  all.open({ replicas: 3, amount: 40_000_000 });
  all.fill(bob, carol, dave);
  const asked = all.untilAsked();
  assert.deepEqual(all.sent('prove').map(({ to }) => to).sort(), [bob, carol, dave].sort());
  for (const { ranges, nonce } of asked) {
    assert.equal(nonce, asked[0]!.nonce);
    assert.equal(ranges.length, 8);
    for (const [from, length] of ranges) assert.ok(from >= 0 && length > 0 && from + length <= CONTENT.length);
  }
  all.prove(bob, key('right'));
  all.prove(carol, key('right'));
  all.prove(dave, key('wrong'));
  const [rent] = all.rents();
  const [gross, net] = [3_000_000, 2_700_000];
  assert.deepEqual(rent!.pay, [
    { to: bob, amount: net / 2, stake: false, why: 'storage' }, { to: erin, amount: net / 2, stake: false, why: 'site' }, { to: carol, amount: net, stake: false, why: 'storage' },
  ]);
  assert.deepEqual([rent!.amount, rent!.burn, rent!.period], [2 * gross, 2 * (gross - net), Math.floor(all.bench.now / DAY_MS)]);
  assert.equal(all.view.deposit, 40_000_000 - 2 * gross);
  all.bench.pass(DAY_MS / 2);
  assert.equal(all.rents().length, 1);
  assert.notEqual(all.untilAsked()[0]!.nonce, asked[0]!.nonce);
  all.prove(carol, key('again'));
  all.bench.pass(DAY_MS / 8);
  assert.deepEqual(all.rents().at(-1)!.pay.map(({ to }) => to), [carol], 'of one answer, that one');
});

test('two proofs that differ pay nobody, until the next time', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  all.untilAsked();
  all.prove(bob, key('one'));
  all.prove(carol, key('other'));
  assert.equal(all.rents().length, 0);
  all.untilAsked();
  all.prove(bob, key('one'));
  all.prove(carol, key('one'));
  assert.equal(all.rents().length, 1);
});

test('nobody holds a content whose length its owner misstates', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.write({ shards: [{ ...FULL, size: 1 }] });
  all.keeps(bob, HASH);
  all.keeps(carol, HASH);
  assert.equal(all.task(HASH, { k: 1 })?.code, 'no-workers');
  assert.equal(all.write({ shards: [FULL] }), undefined);
  assert.equal(all.task(HASH, { k: 2 }), undefined);
  const count = all.bench.sent.length;
  all.write({ shards: [{ ...FULL, size: 1 }] });
  all.bench.say(bob, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: carol, box: 'box' }, CONTENT);
  assert.deepEqual(all.sent('keep', count).filter(({ box }) => box !== ''), []);
});

test('a proof of another length is none', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open({ replicas: 3 });
  all.fill(bob, carol, dave);
  all.untilAsked();
  all.prove(bob, key('right'), CONTENT.length + 1);
  all.prove(carol, key('right'), CONTENT.length + 1);
  all.prove(dave, key('right'));
  assert.deepEqual(all.rents().map(({ pay }) => pay.map(({ to }) => to)), [[dave]]);
});

test('who does not answer is asked again, and after that is not believed to hold it', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  all.untilAsked();
  all.prove(bob, key('right'));
  const again = all.untilAsked();
  assert.deepEqual(again.map(({ to }) => to), [carol]);
  const count = all.bench.sent.length;
  all.bench.pass(DAY_MS / 8);
  assert.deepEqual(all.rents().map(({ pay }) => pay.map(({ to }) => to)), [[bob]]);
  assert.ok(all.sent('keep', count).some(({ to, box }) => to === carol && box === ''));
});

test('a holder whose proof is not that of most is supplied before it is believed again, and replaced if that does not help', () => {
  const all = new Collections();
  all.join(bob, carol, dave, erin);
  all.open({ replicas: 3 });
  const [one, two, liar] = all.holders as [NodeId, NodeId, NodeId];
  all.fill(one, two, liar);
  const fail = (): void => {
    all.untilAsked();
    all.prove(one, key('right'));
    all.prove(two, key('right'));
    all.prove(liar, key('wrong'));
  };
  const isBelieved = (): boolean => all.task(HASH, { k: 3 }) === undefined;
  fail();
  all.keeps(liar, HASH);
  assert.equal(isBelieved(), false, 'it only says so');
  all.bench.say(one, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: liar, box: 'box' }, CONTENT);
  all.keeps(liar, HASH);
  assert.equal(isBelieved(), true);
  for (let round = 0; round < 2; round += 1) {
    all.bench.pass(DAY_MS / 2);
    fail();
    if (round > 0) break;
    all.bench.say(two, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: liar, box: 'box' }, CONTENT);
    all.keeps(liar, HASH);
  }
  all.bench.pass(300);
  assert.ok(!all.holders.includes(liar));
  const fourth = [bob, carol, dave, erin].find((node) => node !== liar && !all.holders.includes(node))!;
  all.join(fourth);
  assert.deepEqual(all.holders, [one, two, fourth]);
});

test('the word of the last one to hold it has to do', () => {
  const all = new Collections();
  all.join(bob);
  all.open({ replicas: 1 });
  all.fill(bob);
  all.untilAsked();
  all.bench.pass(DAY_MS / 8);
  assert.equal(all.task(HASH, { k: 1 })?.code, 'no-workers', 'it said nothing');
  all.keeps(bob, HASH);
  assert.equal(all.task(HASH, { k: 1 }), undefined);
});

test('a deposit does not go back while a rent is on its way out of it', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  const busy = `rent:${all.id}:0:1`;
  all.bench.state.busyKeys.set(busy, key('a rent'));
  all.write({ shards: [], closed: true });
  assert.equal(all.view.released, undefined);
  all.bench.state.busyKeys.delete(busy);
  all.bench.pass(DAY_MS / 8);
  assert.equal(all.view.released, 'closed');
});

test('proofs of others, of another round, and by nobody who was asked do not count', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  const { nonce, period } = all.untilAsked()[0]!;
  const say = (from: NodeId, proof: object, at = period): void =>
    all.bench.say(from, { t: 'proof', collection: all.id, shard: 0, period: at, sealed: Buffer.from(JSON.stringify(proof)).toString('base64url') });
  say(dave, { nonce, mac: key('x'), size: 1 });
  say(bob, { nonce: key('another'), mac: key('x'), size: 1 });
  say(bob, { nonce, mac: key('x'), size: 1 }, period + 1);
  assert.equal(all.bench.state.holdings.get(`${all.id}/0`)!.round!.answers.size, 0);
});

test('the deposit goes back when the owner deletes, and the holders are left alone', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  const { spendable } = all.bench.state.ledger.balances(alice, all.bench.epoch);
  all.write({ shards: [], closed: true });
  assert.equal(all.view.released, 'closed');
  assert.equal(all.view.deposit, 0);
  const after = all.bench.state.ledger.balances(alice, all.bench.epoch);
  assert.deepEqual([after.spendable, after.escrowed], [spendable + 1_000_000, 0]);
  assert.equal(all.bench.state.holdings.size, 0);
  const count = all.bench.sent.length;
  all.bench.pass(DAY_MS);
  assert.deepEqual(all.bench.sent.slice(count).filter(({ message }) => 'collection' in message), []);
  assert.equal(all.task(HASH)?.code, 'bad-input');
});

test('what a witness signed for a collection before it lost its store, it signs again and no other', () => {
  const all = new Collections();
  all.join(bob, carol, dave);
  all.open();
  all.fill(...all.holders);
  all.untilAsked();
  for (const node of all.holders) all.prove(node, key('right'));
  assert.equal(all.rents().length, 1);
  all.bench.feed({ on: 'gone', node: all.holders[0]! });
  all.bench.pass(2 * GRACE_MS);
  assert.equal(all.view.holders(0)!.turn, 1);
  const before = [...all.bench.state.ledger.entries()].map(({ record }) => record.id).sort();
  const second = createBench({ kernels: KERNELS, parameters: { holderGraceMs: GRACE_MS, storageDayMs: DAY_MS }, vault: all.bench.vault, at: all.bench.now });
  second.pass(network.parameters.epochMs + MOMENT_MS);
  assert.deepEqual([...second.state.ledger.entries()].map(({ record }) => record.id).sort(), before);
  assert.equal(second.state.ledger.broken.size, 0);
});

test('a witness looks after the shards that peers brought back to it, and believes none of whom no list names', () => {
  const first = new Collections();
  first.join(bob, carol);
  first.open();
  const all = new Collections({}, { at: first.bench.now });
  all.id = first.id;
  all.keeps(dave, '');
  assert.equal(all.bench.state.announced.size, 0);
  all.bench.feed({ on: 'guarded', as: { how: 'returned' }, good: first.bench.published, bad: 0 });
  assert.deepEqual([...all.bench.state.holdings.keys()], [`${all.id}/0`]);
  assert.deepEqual(all.sent('keep').map(({ to }) => to).sort(), [bob, carol].sort(), 'they are asked what they hold');
});

test('the owner is given a shard from whoever has it, and nobody else is', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(carol);
  const count = all.bench.sent.length;
  all.bench.say(bob, { t: 'shard-want', collection: all.id, shard: 0 });
  assert.equal(all.sent('supply', count).length, 0);
  all.bench.say(alice, { t: 'shard-want', collection: all.id, shard: 0 });
  assert.deepEqual(all.bench.sent.slice(count).map(({ to, message }) => [to, message.t === 'supply' && message.to]), [[carol, { node: alice, box: '' }]]);
  all.bench.say(carol, { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: alice, box: '' }, CONTENT);
  assert.deepEqual(all.bench.sent.at(-1), { do: 'send', to: alice, message: { t: 'shard', collection: all.id, shard: 0, hash: HASH }, attachment: CONTENT });
});

test('an owner is given a shard as often as it asks, but not more than every ten seconds', () => {
  const all = new Collections();
  all.join(bob, carol);
  all.open();
  all.fill(bob, carol);
  const shard = { t: 'shard', collection: all.id, shard: 0, hash: HASH, to: alice, box: '' } as const;
  const asked = (): number => all.bench.sent.filter(({ message }) => message.t === 'supply' && message.to.node === alice).length;
  const want = (): void => all.bench.say(alice, { t: 'shard-want', collection: all.id, shard: 0 });
  all.bench.say(bob, shard, CONTENT);
  assert.equal(all.sent('shard').length, 0, 'it did not ask');
  for (let time = 0; time < 5; time += 1) want();
  assert.equal(asked(), 1);
  for (let time = 0; time < 5; time += 1) all.bench.say(bob, shard, CONTENT);
  assert.equal(all.sent('shard').length, 1);
  all.bench.pass(10_000);
  want();
  assert.equal(asked(), 2);
});
