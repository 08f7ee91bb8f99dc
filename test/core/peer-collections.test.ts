/** A peer's part in collections: what it keeps and drops, whom it gives what, and what it waits for. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sha256Id } from '../../src/engine/core/encoding.js';
import type { Id, NodeId, Rec } from '../../src/engine/core/record.js';
import { alice, bob, carol, collection, escrow, hold, idOf, key, release, rent } from './ledger-fixture.js';
import { drawn, Peer, request } from './peer-fixture.js';

const CONTENT = Uint8Array.of(1, 2, 3);
const HASH = sha256Id(CONTENT);
const NAME = { collection: idOf(collection), shard: 0 } as const;
const dave = key('dave');

/** Linked, with an account. */
function holder(id: NodeId = bob): Peer {
  const peer = new Peer({ id, boxKey: key(`box of ${id}`) });
  peer.open();
  return peer;
}

function keep(peer: Peer, hash: Id | '', turn = 0): void {
  peer.says({ t: 'keep', ...NAME, hash, box: 'box', turn }, hash === '' ? undefined : CONTENT);
  const asked = peer.effects('shelf-keep').at(-1)!;
  assert.deepEqual(asked.shard, { ...NAME, hash });
  peer.feed({ on: 'shelf-kept', shard: { ...asked.shard, size: asked.ciphertext?.length ?? 0 }, turn: asked.turn, ok: true });
}

/** The owner's next record, with this content. */
function filled(seq: number, hash: Id): Rec {
  return { ...collection, collection: NAME.collection, seq, amount: 0, shards: [{ hash, size: 3, rows: 1 }] };
}

const heldBy = (peer: Peer): readonly string[] => [...(peer.state.held.get(`${NAME.collection}/0`)?.sizes.keys() ?? [])];

test('what the witness hands over is kept once, and said to be as often as it is asked', () => {
  const peer = holder();
  peer.says({ t: 'keep', ...NAME, hash: HASH, box: '', turn: 0 });
  peer.says({ t: 'keep', ...NAME, hash: HASH, box: 'box', turn: 0 });
  assert.equal(peer.effects('shelf-keep').length, 0, 'a question, and a content that did not come');
  keep(peer, HASH);
  assert.deepEqual(peer.sent('kept'), [{ t: 'kept', ...NAME, hash: HASH, size: 3 }]);
  peer.says({ t: 'keep', ...NAME, hash: HASH, box: '', turn: 0 });
  peer.says({ t: 'keep', ...NAME, hash: HASH, box: 'box', turn: 0 }, CONTENT);
  assert.equal(peer.effects('shelf-keep').length, 1);
  assert.equal(peer.sent('kept').length, 3);
});

test('what could not be kept is not said to be', () => {
  const peer = holder();
  peer.says({ t: 'keep', ...NAME, hash: '', box: 'box', turn: 0 });
  peer.feed({ on: 'shelf-kept', shard: { ...NAME, hash: '', size: 0 }, ok: false });
  assert.deepEqual([peer.sent('kept').length, peer.state.held.size], [0, 0]);
});

test('everything that is held is said on every link, also what an earlier life kept', () => {
  const peer = new Peer({ id: bob });
  peer.feed({ on: 'start', store: [], vault: [], held: [{ ...NAME, hash: '', size: 0 }, { ...NAME, hash: HASH, size: 3 }] });
  peer.link();
  assert.deepEqual(peer.sent('kept').map(({ hash }) => hash), ['', HASH]);
  peer.look();
  peer.feed({ on: 'link-down', code: 'relay-unreachable', message: '' });
  peer.link('second');
  assert.equal(peer.sent('kept').length, 2);
});

test('a shard is dropped by whom its list of holders no longer names, and not by whom it does not name yet', () => {
  const peer = holder(dave);
  keep(peer, '');
  peer.certify(collection);
  peer.certify(hold);
  assert.deepEqual(heldBy(peer), [''], 'the list that names it is on its way');
  peer.certify({ ...hold, turn: 1, holders: [bob, dave] });
  assert.deepEqual(heldBy(peer), ['']);
  peer.certify({ ...hold, turn: 2, holders: [bob] });
  assert.deepEqual(heldBy(peer), []);
  assert.deepEqual(peer.effects('shelf-drop'), [{ do: 'shelf-drop', shard: NAME }]);
});

test('a holder that is drawn again keeps what overtakes its new list of holders, and says so only then', () => {
  const peer = holder(dave);
  peer.certify(collection);
  peer.certify({ ...hold, holders: [bob, dave] });
  keep(peer, '');
  peer.look();
  // It was left out in turn 1, and is drawn again in turn 3: neither is known here yet.
  keep(peer, HASH, 3);
  peer.certify({ ...hold, turn: 1, holders: [bob] });
  assert.deepEqual(heldBy(peer), ['', HASH]);
  peer.certify({ ...hold, turn: 3, holders: [bob, dave] });
  assert.deepEqual([heldBy(peer), peer.effects('shelf-drop')], [['', HASH], []]);
  peer.certify({ ...hold, turn: 4, holders: [bob] });
  assert.deepEqual(heldBy(peer), []);
  peer.look();
  keep(peer, HASH, 5);
  assert.deepEqual(heldBy(peer), [HASH], 'the list is older than what was handed over');
  assert.equal(peer.sent('kept').length, 1);
  peer.look();
  const late = holder(dave);
  late.certify(collection);
  late.certify({ ...hold, holders: [bob, dave] });
  late.certify({ ...hold, turn: 1, holders: [bob] });
  keep(late, HASH, 0);
  assert.deepEqual([heldBy(late), late.sent('kept')], [[], []], 'handed over for a list that is over');
});

for (const [why, record] of [['deleted', { ...collection, collection: NAME.collection, seq: 7, shards: [], closed: true }], ['no longer paid for', { ...release, why: 'unpaid' }]] as const) {
  test(`a shard of a collection that is ${why} is dropped`, () => {
    const peer = holder();
    peer.certify(collection);
    peer.certify(hold);
    keep(peer, '');
    peer.certify(rent);
    assert.deepEqual(heldBy(peer), ['']);
    peer.certify(record as Rec);
    assert.deepEqual(heldBy(peer), []);
    assert.deepEqual(peer.effects('shelf-drop'), [{ do: 'shelf-drop', shard: NAME }]);
  });
}

test('what is left of a collection that was over before this life is dropped at its start', () => {
  const before = holder();
  const records = [collection, hold, release];
  for (const record of records) before.certify(record as Rec);
  const store = [...before.state.ledger.entries()].map(({ record, certified }) => [`rec/${record.id}`, JSON.stringify(certified)] as const);
  const peer = new Peer({ id: bob });
  peer.feed({ on: 'start', store, vault: [], held: [{ ...NAME, hash: '', size: 0 }, { ...NAME, collection: key('unknown'), hash: '', size: 0 }] });
  assert.deepEqual(peer.effects('shelf-drop'), [{ do: 'shelf-drop', shard: NAME }]);
  assert.deepEqual([...peer.state.held.keys()], [`${key('unknown')}/0`]);
});

test('the content before is kept until the next, and so is what a kernel wrote for the one after', () => {
  const peer = holder();
  peer.certify(collection);
  peer.certify(hold);
  keep(peer, '');
  const write = (hash: Id): void => peer.feed({ on: 'shelf-kept', shard: { ...NAME, hash, size: 3 }, ok: true });
  const [one, given, two, three] = ['one', 'given up', 'two', 'three'].map((name) => sha256Id(name)) as [Id, Id, Id, Id];
  write(one);
  assert.deepEqual(peer.sent('kept').map(({ hash }) => hash), ['', one], 'said before the record is there');
  peer.certify(filled(7, one));
  assert.deepEqual(heldBy(peer), ['', one]);
  write(given);
  write(two);
  write(three);
  peer.certify(filled(8, two));
  assert.deepEqual(heldBy(peer), [one, two, three]);
  assert.deepEqual(peer.effects('shelf-drop'), [{ do: 'shelf-drop', shard: NAME, hashes: ['', given] }]);
});

test('contents that no record ever names do not pile up', () => {
  const peer = holder();
  peer.certify(collection);
  peer.certify(hold);
  keep(peer, '');
  for (let count = 0; count < 20; count += 1) peer.feed({ on: 'shelf-kept', shard: { ...NAME, hash: sha256Id(`write ${count}`), size: 3 }, ok: true });
  assert.ok(heldBy(peer).includes(''));
  assert.ok(heldBy(peer).length < 8, `${heldBy(peer).length} contents`);
});

test('a content whose length its owner misstates is neither said to be kept nor served', () => {
  const peer = holder();
  peer.certify(collection);
  peer.certify(hold);
  keep(peer, '');
  keep(peer, HASH);
  peer.look();
  peer.certify({ ...filled(7, HASH), shards: [{ hash: HASH, size: 1, rows: 1 }] } as Rec);
  const ask = (): void => {
    peer.says({ t: 'keep', ...NAME, hash: HASH, box: '', turn: 0 });
    peer.says({ t: 'supply', ...NAME, hash: HASH, to: { node: carol, box: key('box') } });
    peer.says({ t: 'prove', ...NAME, hash: HASH, period: 3, nonce: key('nonce'), ranges: [[0, 1]] });
    peer.feed({ on: 'link-down', code: 'relay-unreachable', message: '' });
    peer.link('second');
  };
  const told = (): number[] => [peer.sent('kept').filter(({ hash }) => hash === HASH).length, peer.effects('shelf-read').length, peer.effects('shelf-prove').length];
  ask();
  assert.deepEqual(told(), [0, 0, 0]);
  peer.certify(filled(8, HASH));
  ask();
  assert.deepEqual(told(), [2, 1, 1]);
});

test('a holder supplies others with the key, and only the owner without', () => {
  const peer = holder();
  peer.certify(collection);
  peer.certify(hold);
  keep(peer, '');
  keep(peer, HASH);
  peer.says({ t: 'supply', ...NAME, hash: HASH, to: { node: dave, box: key('box') } });
  peer.says({ t: 'supply', ...NAME, hash: '', to: { node: carol, box: key('box') } });
  for (const to of [{ node: carol, box: '' }, { node: carol, box: key('box') }, { node: alice, box: '' }]) peer.says({ t: 'supply', ...NAME, hash: HASH, to });
  peer.says({ t: 'supply', ...NAME, hash: sha256Id('not held'), to: { node: carol, box: key('box') } });
  assert.deepEqual(peer.effects('shelf-read').map(({ to }) => to), [{ node: carol, box: key('box') }, { node: alice, box: '' }]);
  peer.feed({ on: 'shelf-read', shard: { ...NAME, hash: HASH }, to: carol, box: 'sealed', ciphertext: CONTENT });
  const sent = peer.effects('send').at(-1)!;
  assert.deepEqual([sent.message, sent.attachment], [{ t: 'shard', ...NAME, hash: HASH, to: carol, box: 'sealed' }, CONTENT]);
});

test('possession is proved of what is held', () => {
  const peer = holder();
  keep(peer, HASH);
  const prove = { t: 'prove', ...NAME, hash: HASH, period: 3, nonce: key('nonce'), ranges: [[0, 2]] } as const;
  peer.says({ ...prove, hash: sha256Id('not held') });
  peer.says(prove);
  assert.equal(peer.effects('shelf-prove').length, 1);
  peer.feed({ on: 'shelf-proved', shard: { ...NAME, hash: HASH }, period: 3, sealed: 'sealed' });
  assert.deepEqual(peer.sent('proof'), [{ t: 'proof', ...NAME, period: 3, sealed: 'sealed' }]);
});

test('what the shelf lost is not said to be kept any more, and kept anew when it comes', () => {
  const peer = holder();
  peer.certify(collection);
  keep(peer, '');
  keep(peer, HASH);
  peer.look();
  peer.feed({ on: 'shelf-lost', shard: { ...NAME, hash: HASH } });
  assert.deepEqual(heldBy(peer), ['']);
  assert.deepEqual(peer.effects('shelf-drop'), [{ do: 'shelf-drop', shard: NAME, hashes: [HASH] }]);
  peer.says({ t: 'keep', ...NAME, hash: HASH, box: '', turn: 0 });
  assert.equal(peer.sent('kept').length, 0);
  keep(peer, HASH);
  assert.equal(peer.sent('kept').length, 1);
});

test('keys are handed out for the own collections alone, and to their holders alone', () => {
  const [toBob, toDave] = [bob, dave].map((node) => ({ node, box: key('box') })) as [{ node: NodeId; box: string }, { node: NodeId; box: string }];
  const wanted = { t: 'keys-wanted', ...NAME, to: [toBob, toDave] } as const;
  const stranger = holder(carol);
  stranger.certify(collection);
  stranger.certify(hold);
  stranger.says(wanted);
  assert.equal(stranger.effects('shelf-box').length, 0);
  const owner = new Peer();
  owner.open();
  owner.certify(collection);
  owner.says(wanted);
  assert.equal(owner.effects('shelf-box').length, 0, 'nobody is known to hold it yet');
  owner.certify(hold);
  assert.deepEqual(owner.effects('shelf-box'), [{ do: 'shelf-box', shard: NAME, to: [toBob] }]);
  owner.feed({ on: 'shelf-boxed', shard: NAME, boxes: { [bob]: 'sealed' } });
  assert.deepEqual(owner.sent('shard-keys'), [{ t: 'shard-keys', ...NAME, boxes: { [bob]: 'sealed' } }]);
  owner.look();
  owner.certify({ ...hold, turn: 1, holders: [bob, dave] });
  owner.certify({ ...hold, turn: 2, holders: [bob, dave, carol] });
  assert.deepEqual(owner.effects('shelf-box'), [{ do: 'shelf-box', shard: NAME, to: [toDave] }]);
});

test('a shard is asked back until it comes, but not for ever', () => {
  const peer = new Peer();
  peer.open();
  peer.certify(collection);
  peer.feed({ on: 'fetch-shard', shard: NAME });
  assert.deepEqual(peer.notes('shard'), [{ note: 'shard', shard: { ...NAME, hash: '' }, ciphertext: new Uint8Array(0) }]);
  peer.certify(filled(7, HASH));
  peer.look();
  peer.feed({ on: 'fetch-shard', shard: NAME });
  peer.timer(`export/${NAME.collection}/0`, 10_000);
  assert.equal(peer.sent('shard-want').length, 2);
  peer.says({ t: 'shard', ...NAME, hash: HASH }, Uint8Array.of(9));
  assert.equal(peer.notes('shard').length, 0, 'something else');
  peer.says({ t: 'shard', ...NAME, hash: HASH }, CONTENT);
  peer.says({ t: 'shard', ...NAME, hash: HASH }, CONTENT);
  assert.deepEqual(peer.notes('shard'), [{ note: 'shard', shard: { ...NAME, hash: HASH }, ciphertext: CONTENT }]);
  peer.look();
  peer.feed({ on: 'fetch-shard', shard: NAME });
  for (let time = 0; time < 7; time += 1) peer.timer(`export/${NAME.collection}/0`, 10_000);
  assert.deepEqual(peer.notes('shard').map(({ ciphertext }) => ciphertext), [undefined]);
  assert.equal(peer.state.exports.size, 0);
});

test('the keys of a task on a shard wait until its holders are known to be holders', () => {
  const peer = new Peer();
  peer.open();
  peer.certify(collection);
  const task = request(1, { kind: 'vector_search', on: { ...NAME, hash: '' } });
  const bought = peer.buy(task);
  assert.deepEqual(bought.on, { ...NAME, hash: '' });
  assert.equal(peer.effects('box').length, 0);
  peer.certify({ ...hold, holders: [bob, carol] });
  peer.timer(`fetch/${task.task}`, 1_000);
  assert.equal(peer.effects('box').length, 0, 'one of those it was drawn among never held it');
  peer.certify({ ...hold, turn: 1, holders: [carol, dave] });
  peer.timer(`fetch/${task.task}`, 1_000);
  assert.equal(peer.effects('box').length, 1);
  assert.equal(peer.sent('boxes').length, 1);
});

test('a task on a shard is only offered to the network again while its holders are being found', () => {
  const peer = new Peer();
  peer.open();
  peer.feed({ on: 'submit', request: request(1, { kind: 'vector_search', on: { ...NAME, hash: '' } }) });
  const [offered] = peer.sent('escrow');
  peer.refuse({ record: idOf(JSON.parse(offered!.r.b) as object), code: 'no-workers', message: 'Not yet.', retryAfterMs: 1_000 });
  peer.timer(`retry/${request().task}`, 1_000);
  const again = peer.sent('escrow').at(-1)!;
  assert.notEqual(again, offered);
  peer.refuse({ record: idOf(JSON.parse(again.r.b) as object), code: 'no-workers', message: 'There is nobody.' });
  assert.deepEqual(peer.notes('untaken').map(({ code }) => code), ['no-workers']);
});

const onShard = { ...escrow, type: 'vector_search', on: { ...NAME, hash: HASH } };

function assign(peer: Peer): void {
  peer.certify(collection);
  peer.certify({ ...hold, holders: [bob, carol, dave] });
  peer.feed({ on: 'contribute', capacity: 1, kinds: { vector_search: 1 } });
  peer.certify(onShard);
  peer.says({ t: 'assign', r: peer.state.ledger.get(idOf(onShard))!.certified }, new Uint8Array(1));
}

function assignAndRun(peer: Peer): void {
  keep(peer, HASH);
  assign(peer);
  peer.says({ t: 'key', escrow: idOf(onShard), box: 'box' });
  peer.feed({ on: 'unlocked', as: peer.effects('unlock').at(-1)!.as, payload: new Uint8Array(1), contentKey: 'key' });
}

const firstDrawn = (): NodeId => drawn(onShard, new Peer().now).ranks[0]!.node;
const whyRejected = (peer: Peer): string[] => peer.sent('reject').map(({ p }) => (JSON.parse(p.b) as { why: string }).why);

test('a worker lets go at once of a task on what it does not hold, and runs one on what it does', () => {
  const without = holder(firstDrawn());
  assign(without);
  assert.deepEqual(whyRejected(without), ['unsupported']);
  const ready = holder(firstDrawn());
  assignAndRun(ready);
  assert.deepEqual(ready.effects('run').map(({ on }) => on), [NAME]);
});

for (const code of ['kernel-failed', 'bad-input']) {
  test(`whose shard was dropped under a task lets go of it without blame, whatever the kernel says (${code})`, () => {
    const peer = holder(firstDrawn());
    assignAndRun(peer);
    peer.certify({ ...collection, collection: NAME.collection, seq: 7, shards: [], closed: true } as Rec);
    assert.deepEqual(heldBy(peer), []);
    peer.feed({ on: 'ran', run: idOf(onShard), fuel: 0, busyMs: 0, failure: { code, message: '' } });
    assert.deepEqual(whyRejected(peer), ['unsupported']);
  });
}

test('a task that fails on a shard that is here is the worker\'s failure', () => {
  const peer = holder(firstDrawn());
  assignAndRun(peer);
  peer.feed({ on: 'ran', run: idOf(onShard), fuel: 0, busyMs: 0, failure: { code: 'kernel-failed', message: '' } });
  assert.deepEqual(whyRejected(peer), ['failed']);
});
