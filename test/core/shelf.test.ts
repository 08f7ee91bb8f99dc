/** Shards on disk: with the real signer and WebCrypto, on a store in memory. */
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemRandom } from '../../src/engine/adapters/clock.js';
import { createSigner } from '../../src/engine/adapters/signer/signer.js';
import { memoryStorage } from '../../src/engine/adapters/storage/memory.js';
import { sha256Id, toBase64url, utf8 } from '../../src/engine/core/encoding.js';
import type { StorageProof } from '../../src/engine/core/message.js';
import type { Content, Stored } from '../../src/engine/core/shard.js';
import { subtleCipher } from '../../src/engine/driver/content-cipher.js';
import { createShelf, type Shelf } from '../../src/engine/driver/shelf.js';
import { createIdentity, type Identity } from '../../src/engine/identity/identity.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import { StorageError, type Storage } from '../../src/engine/ports/storage.js';

const NET = sha256Id('net');
const NAME = { collection: sha256Id('collection'), shard: 3 };
const EMPTY: Content = { ...NAME, hash: '' };
const cipher = subtleCipher()!;

interface Node {
  readonly identity: Identity;
  readonly signer: Signer;
  readonly store: Storage;
  readonly shelf: Shelf;
}

/** Closing a life does not close its disk. */
const lasting = (store: Storage): Storage => ({ ...store, close: async () => undefined });

async function newNode({ identity = createIdentity(systemRandom), store = lasting(memoryStorage()), net = NET } = {}): Promise<Node> {
  const signer = await createSigner({ identity, random: systemRandom });
  return { identity, signer, store, shelf: createShelf({ net, signer, open: async () => store }) };
}

const to = ({ signer }: Node): { node: string; box: string } => ({ node: signer.id, box: signer.boxKey });

async function giveKey(owner: Node, holder: Node): Promise<void> {
  const boxes = await owner.shelf.box(NAME, [to(holder)]);
  assert.equal(await holder.shelf.keep(EMPTY, boxes[holder.signer.id]!, undefined), true);
}

async function write(holder: Node, plain: Uint8Array, before = ''): Promise<Content> {
  const { hash } = await holder.shelf.access(NAME, () => undefined).write(before, plain);
  return { ...NAME, hash };
}

const stored = (content: Content, plainBytes = 1): Stored => ({ ...content, size: content.hash === '' ? 0 : 12 + plainBytes + 16 });

const readPlain = ({ shelf }: Node, { hash }: Content): Promise<Uint8Array> => shelf.access(NAME, () => undefined).read(hash);

test('holders that the owner gave the key make one ciphertext of one content', async () => {
  const [owner, one, other] = [await newNode(), await newNode(), await newNode()];
  await giveKey(owner, one);
  await giveKey(owner, other);
  assert.deepEqual(await readPlain(one, EMPTY), new Uint8Array(0));
  const heard: Stored[] = [];
  const plain = utf8('an index');
  const kept = await one.shelf.access(NAME, (content) => heard.push(content)).write('', plain);
  assert.deepEqual(heard, [{ ...NAME, hash: kept.hash, size: kept.size }]);
  assert.equal(kept.size, 12 + plain.length + 16);
  assert.deepEqual(await write(other, plain), { ...NAME, hash: kept.hash });
  assert.deepEqual(await readPlain(other, { ...NAME, hash: kept.hash }), plain);
  assert.deepEqual(await readPlain(one, EMPTY), new Uint8Array(0), 'the content before is still there');
});

test('a holder supplies another, whose key and content must be the right ones', async () => {
  const [owner, one, other] = [await newNode(), await newNode(), await newNode()];
  await giveKey(owner, one);
  const content = await write(one, utf8('an index'));
  const { ciphertext, box } = (await one.shelf.read(content, to(other)))!;
  const altered = ciphertext.slice();
  altered[20]! ^= 1;
  assert.equal(await other.shelf.keep(content, box, altered), false);
  assert.equal(await other.shelf.keep({ ...content, hash: sha256Id(altered) }, box, altered), false, 'it does not open');
  assert.equal(await other.shelf.keep(content, box, undefined), false);
  assert.equal(await other.shelf.keep(content, 'AAAA', ciphertext), false);
  const stranger = (await owner.shelf.box({ ...NAME, shard: 4 }, [to(other)]))[other.signer.id]!;
  assert.equal(await other.shelf.keep(content, stranger, ciphertext), false, 'the key of another shard');
  assert.deepEqual(await other.shelf.list(), []);
  assert.equal(await other.shelf.keep(content, box, ciphertext), true);
  assert.deepEqual(await readPlain(other, content), utf8('an index'));
  assert.equal(await other.shelf.read({ ...content, hash: sha256Id('not here') }, to(one)), undefined);
});

test('a task on a shard has access to what is held of that shard, and of no other', async () => {
  const [owner, holder] = [await newNode(), await newNode()];
  await giveKey(owner, holder);
  const content = await write(holder, utf8('an index'));
  const other = { ...NAME, shard: 4 };
  const boxes = await owner.shelf.box(other, [to(holder)]);
  assert.equal(await holder.shelf.keep({ ...other, hash: '' }, boxes[holder.signer.id]!, undefined), true);
  const [own, foreign, none] = [NAME, other, { collection: sha256Id('another'), shard: 3 }].map((name) => holder.shelf.access(name, () => undefined));
  assert.deepEqual(await own!.has(content.hash), { size: 12 + 8 + 16 });
  assert.deepEqual(await own!.has(''), { size: 0 });
  assert.equal(await foreign!.has(content.hash), undefined);
  assert.deepEqual(await foreign!.has(''), { size: 0 });
  await assert.rejects(foreign!.read(content.hash), /does not hold that content/);
  assert.deepEqual([await none!.has(content.hash), await none!.has('')], [undefined, undefined]);
  await assert.rejects(none!.write('', utf8('x')), /does not hold the shard/);
  await holder.shelf.drop(NAME);
  assert.equal(await own!.has(content.hash), undefined, 'nor of what was dropped');
});

test('the owner reads what holders give back, also on another machine, and nobody else does', async () => {
  const [owner, holder, stranger] = [await newNode(), await newNode(), await newNode()];
  await giveKey(owner, holder);
  const content = await write(holder, utf8('an index'));
  const { ciphertext, box } = (await holder.shelf.read(content, { node: owner.signer.id, box: '' }))!;
  assert.equal(box, '');
  const elsewhere = await newNode({ identity: owner.identity });
  assert.deepEqual(await elsewhere.shelf.decrypt(NAME, ciphertext), utf8('an index'));
  assert.equal(await stranger.shelf.decrypt(NAME, ciphertext), undefined);
  assert.equal(await owner.shelf.decrypt({ ...NAME, shard: 4 }, ciphertext), undefined);
});

test('what is held outlives the session and its keys, in the order it came', async () => {
  const [owner, holder] = [await newNode(), await newNode()];
  await giveKey(owner, holder);
  const contents = [await write(holder, utf8('first content')), await write(holder, utf8('2'))];
  await holder.shelf.close();
  const later = await newNode(holder);
  assert.notEqual(later.signer.boxKey, holder.signer.boxKey);
  assert.deepEqual(await later.shelf.list(), [EMPTY, ...contents].map((content, at) => stored(content, at === 1 ? 13 : 1)));
  contents.push(await write(later, utf8('3')));
  assert.deepEqual(await later.shelf.list(), [EMPTY, ...contents].map((content, at) => stored(content, at === 1 ? 13 : 1)));
  assert.deepEqual(await readPlain(later, contents[0]!), utf8('first content'));
  const entries = await holder.store.entries('');
  assert.ok(entries.every(([, value]) => typeof value === 'string' || !Buffer.from(value).includes('first')), 'nothing lies there in the open');
});

test('what is dropped is gone, and nothing else', async () => {
  const [owner, holder] = [await newNode(), await newNode()];
  await giveKey(owner, holder);
  const [one, two] = [await write(holder, utf8('1')), await write(holder, utf8('2'))];
  const boxes = await owner.shelf.box({ ...NAME, shard: 30 }, [to(holder)]);
  await holder.shelf.keep({ ...NAME, shard: 30, hash: '' }, boxes[holder.signer.id]!, undefined);
  await holder.shelf.drop(NAME, [one.hash]);
  assert.deepEqual(await holder.shelf.list(), [EMPTY, two, { ...NAME, shard: 30, hash: '' }].map((content) => stored(content)));
  await assert.rejects(readPlain(holder, one), /does not hold that content/);
  await holder.shelf.drop(NAME);
  assert.deepEqual(await holder.shelf.list(), [{ ...NAME, shard: 30, hash: '', size: 0 }]);
  await assert.rejects(readPlain(holder, two), /does not hold the shard/);
  assert.equal((await holder.store.entries('key/')).length, 1);
});

test('what another network left is forgotten', async () => {
  const [owner, holder] = [await newNode(), await newNode()];
  await giveKey(owner, holder);
  await write(holder, utf8('1'));
  const elsewhere = await newNode({ ...holder, net: sha256Id('another net') });
  assert.deepEqual(await elsewhere.shelf.list(), []);
  assert.deepEqual((await holder.store.entries('')).map(([key]) => key), ['net']);
});

test('a proof is an HMAC over the ranges that were asked for, for the witness alone to read', async () => {
  const [owner, one, other, witness] = [await newNode(), await newNode(), await newNode(), await newNode()];
  await giveKey(owner, one);
  await giveKey(owner, other);
  const plain = systemRandom.bytes(5_000);
  const content = await write(one, plain);
  await write(other, plain);
  const nonce = systemRandom.bytes(32);
  const ranges = [[4_000, 1_028], [0, 1], [100, 50]] as const;
  const { ciphertext } = (await one.shelf.read(content, to(other)))!;
  const mac = createHmac('sha256', nonce);
  for (const [from, length] of ranges) mac.update(ciphertext.subarray(from, from + length));
  const expected: StorageProof = { nonce: toBase64url(nonce), mac: mac.digest('base64url'), size: ciphertext.length };
  for (const { shelf } of [one, other]) {
    const sealed = (await shelf.prove(content, toBase64url(nonce), ranges, witness.signer.boxKey))!;
    const opened = (await witness.signer.open(Buffer.from(sealed, 'base64url')))!;
    assert.deepEqual(JSON.parse(new TextDecoder().decode(opened)), expected);
  }
  assert.equal(await one.shelf.prove({ ...content, hash: sha256Id('not here') }, toBase64url(nonce), ranges, witness.signer.boxKey), undefined);
});

test('what is no longer on the disk is known to be lost', async () => {
  const [owner, holder] = [await newNode(), await newNode()];
  await giveKey(owner, holder);
  const content = await write(holder, utf8('an index'));
  const unfit = { node: sha256Id('x'), box: 'A'.repeat(43) };
  assert.equal(await holder.shelf.read(content, unfit), undefined);
  assert.equal(await holder.shelf.isLost(content), false, 'nobody can seal to that key, which is another matter');
  await holder.store.write([[`data/${NAME.collection}/${NAME.shard}/${content.hash}`, null]]);
  assert.equal(await holder.shelf.isLost(content), true);
  assert.equal(await holder.shelf.isLost(EMPTY), false);
  await holder.store.write([[`key/${NAME.collection}/${NAME.shard}`, null]]);
  assert.equal(await holder.shelf.isLost(EMPTY), true);
});

test('a store that fails once is tried again', async () => {
  const [owner, signer] = [await newNode(), (await newNode()).signer];
  let failures = 1;
  const store = memoryStorage();
  const shelf = createShelf({ net: NET, signer, open: async () => { if (failures-- > 0) throw new StorageError('storage-full', 'full'); return store; } });
  const box = (await owner.shelf.box(NAME, [{ node: signer.id, box: signer.boxKey }]))[signer.id]!;
  await assert.rejects(shelf.keep(EMPTY, box, undefined), { code: 'storage-full' });
  assert.equal(await shelf.keep(EMPTY, box, undefined), true);
  await shelf.close();
  await assert.rejects(shelf.list(), /closed/);
});

test('no more is kept than there is room for, in this session and the next, and dropping makes room', async () => {
  const [owner, one, { signer, store }] = [await newNode(), await newNode(), await newNode()];
  await giveKey(owner, one);
  const contents = [await write(one, utf8('an index')), await write(one, utf8('an other'))];
  let told = 0;
  const open = (bytesMax: number): Shelf => createShelf({ net: NET, signer, open: async () => store, bytesMax, onRoom: () => (told += 1) });
  const keep = async (shelf: Shelf, content: Content): Promise<boolean> => {
    const { ciphertext, box } = (await one.shelf.read(content, { node: signer.id, box: signer.boxKey }))!;
    return shelf.keep(content, box, ciphertext);
  };
  const shelf = open(40);
  assert.equal(shelf.canHold, false, 'its store has not opened yet');
  await shelf.list();
  assert.deepEqual([shelf.canHold, told], [true, 1]);
  assert.deepEqual((await Promise.all(contents.map((content) => keep(shelf, content)))).sort(), [false, true], '36 bytes each');
  const [kept] = await shelf.list();
  const other = contents.find(({ hash }) => hash !== kept!.hash)!;
  assert.equal(shelf.canHold, true);
  await shelf.access(NAME, () => undefined).write(kept!.hash, utf8('grown by its owner'));
  assert.deepEqual([shelf.canHold, told], [false, 2], 'what is held may grow');
  assert.equal(await keep(shelf, other), false);

  const later = open(82);
  assert.equal(await keep(later, other), false);
  await later.drop(NAME, [kept!.hash]);
  assert.equal(await keep(later, other), true);
  await later.drop(NAME);
  const none = open(0);
  assert.deepEqual([await keep(none, other), none.canHold, await none.list()], [false, false, []]);
});

test('without WebCrypto nothing is held, and an owner still hands out keys', async () => {
  const [holder, { signer }] = [await newNode(), await newNode()];
  const shelf = createShelf({ net: NET, signer, open: async () => memoryStorage(), cipher: null });
  const boxes = await shelf.box(NAME, [to(holder), { node: sha256Id('x'), box: 'A'.repeat(43) }]);
  assert.deepEqual(Object.keys(boxes), [holder.signer.id], 'who cannot be sealed to costs the others nothing');
  assert.equal(await holder.shelf.keep(EMPTY, boxes[holder.signer.id]!, undefined), true);
  assert.equal(await shelf.keep(EMPTY, boxes[holder.signer.id]!, undefined), false);
  await shelf.list();
  assert.deepEqual([holder.shelf.canHold, shelf.canHold], [true, false]);
});

const hex = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'hex'));

for (const name of ['nist', 'wycheproof']) {
  test(`what others sealed with AES-256-GCM opens, and what they say must not does not: ${name}`, async () => {
    const { columns, tests } = JSON.parse(readFileSync(new URL(`../vectors/aes-256-gcm/${name}.json`, import.meta.url), 'utf8')) as { columns: string[]; tests: unknown[][] };
    const rows = tests.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at]])) as { key: string; iv: string; aad: string; message: string; sealed: string; valid: boolean });
    const plain = rows.filter(({ aad }) => aad === '');
    assert.ok(plain.length > 2);
    for (const { key, iv, message, sealed, valid } of plain) {
      assert.deepEqual(await cipher.decrypt(hex(iv + sealed), hex(key)), valid ? hex(message) : undefined);
    }
  });
}

test('equal contents have equal ciphertexts, others another nonce, and every byte counts', async () => {
  const key = systemRandom.bytes(32);
  await fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), fc.nat(), async (one, other, at) => {
    const [sealed, again, different] = await Promise.all([cipher.encrypt(one, key), cipher.encrypt(one.slice(), key), cipher.encrypt(other, key)]);
    assert.deepEqual(sealed, again);
    assert.equal(String(sealed.subarray(0, 12)) === String(different.subarray(0, 12)), String(one) === String(other));
    assert.deepEqual(await cipher.decrypt(sealed, key), one);
    sealed[at % sealed.length]! ^= 1;
    assert.equal(await cipher.decrypt(sealed, key), undefined);
  }), { numRuns: 50 });
});
