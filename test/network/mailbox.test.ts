/** Mail through a relay that protects nothing: copied, moved, altered, kept, flooded. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, test } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { sha256Id } from '../../src/engine/core/encoding.js';
import { hourName } from '../../src/engine/core/ledger/graph-key.js';
import type { Message } from '../../src/engine/core/message.js';
import type { Signed } from '../../src/engine/core/record.js';
import type { Signer } from '../../src/engine/ports/signer.js';
import type { Entry } from '../../src/engine/adapters/transport/frame.js';
import { createMailbox, type Mailbox } from '../../src/engine/adapters/transport/mailbox.js';
import { mailSoul } from '../../src/engine/adapters/transport/soul.js';
import { newSigner } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { overwrite, StockRelay } from './gun-world.js';

const HOUR_MS = 3_600_000;
const net = sha256Id('a network');
const message: Message = { t: 'cancel', escrow: sha256Id('task') };
const attachment = Uint8Array.from({ length: 200_000 }, (_, index) => index % 251);

const mailboxOf = (signer: Signer, erase: (soul: string, keys: readonly string[]) => void = () => {}, now = Date.now): Mailbox =>
  createMailbox({ net, signer, clock: { ...systemClock, now }, random: systemRandom, bytesMax: 1_000_000, erase });

async function pair(): Promise<{ alice: Signer; bob: Signer; write(attachment?: Uint8Array): Promise<Entry[]>; inbox: Mailbox; erased: string[] }> {
  const [alice, bob] = await Promise.all([newSigner(), newSigner()]);
  const erased: string[] = [];
  return { alice, bob, erased, inbox: mailboxOf(bob, (_, keys) => void erased.push(...keys)), write: async (bytes) => (await mailboxOf(alice).write(bob.id, message, bytes)).flat() };
}

async function readAll(mailbox: Mailbox, entries: readonly Entry[]): Promise<unknown[]> {
  const read = [];
  for (const entry of entries) read.push(await mailbox.read(entry));
  return read.filter((delivery) => delivery !== undefined);
}

test('a letter and its chunks arrive in any order, once, and are erased', async () => {
  const { alice, inbox, write, erased } = await pair();
  for (const bytes of [undefined, new Uint8Array(0), attachment.slice(0, 1_000), attachment]) {
    const entries: Entry[] = await write(bytes);
    const expected: unknown = { from: alice.id, message, ...(bytes && { attachment: bytes }) };
    assert.deepEqual(await readAll(inbox, [...entries].reverse()), [expected]);
    assert.deepEqual(await readAll(inbox, [...entries, ...entries]), []);
    assert.deepEqual([...erased].sort(), entries.map(({ key }) => key).sort());
    erased.length = 0;
  }
});

test('a letter is for one reader, one place, one hour, and by its signer', async () => {
  const { alice, bob, inbox, write } = await pair();
  const mallory = await newSigner();
  const [entry] = (await write()) as [Entry];
  const { b, s } = JSON.parse(entry.text) as Signed;
  const forged = (change: object, by?: Signer): Promise<string> => {
    const body = JSON.stringify({ ...(JSON.parse(b) as object), ...change });
    return (by ? by.sign(body) : Promise.resolve(s)).then((signature) => JSON.stringify({ b: body, s: signature }));
  };
  const [, id] = entry.key.split(':') as [string, string];
  const otherHour = hourName(Date.now() - 30 * HOUR_MS);
  const attempts: Entry[] = [
    { ...entry, text: await forged({ m: { t: 'alive', at: 0 } }) },
    { ...entry, text: await forged({ m: { t: 'alive', at: 0 } }, mallory) },
    { ...entry, text: await forged({ net: sha256Id('another') }, alice) },
    { ...entry, text: await forged({ to: mallory.id }, alice) },
    { ...entry, text: await forged({ m: 'text' }, alice) },
    { ...entry, text: await forged({ a: '*' }, alice) },
    { ...entry, text: await forged({ parts: { hash: net, size: 1e12, count: 1 } }, alice) },
    { ...entry, key: `${mallory.id}:${id}` },
    { ...entry, key: `${alice.id}:${'A'.repeat(22)}` },
    { ...entry, soul: mailSoul(net, otherHour, bob.id) },
    { ...entry, text: 'null' },
    { ...entry, text: '{' },
    { ...entry, text: JSON.stringify({ b: '['.repeat(10_000), s }) },
  ];
  assert.deepEqual(await readAll(inbox, attempts.slice(0, 5)), []);
  assert.deepEqual(await readAll(mailboxOf(bob), attempts.slice(6)), []);
  assert.deepEqual(await readAll(mailboxOf(mallory), [entry, { ...entry, soul: mailSoul(net, hourName(Date.now()), mallory.id) }]), []);
  assert.equal((await readAll(inbox, [entry])).length, 1);
});

test('an overwritten chunk spoils nothing: the true one completes the letter', async () => {
  const { inbox, write } = await pair();
  const entries = await write(attachment);
  const last = entries.at(-1)!;
  const spoilt = [...entries.slice(0, -1), { ...last, text: 'AAAA' }, { ...last, key: last.key.replace(/\d+$/, '77') }, { ...last, text: '*' }];
  assert.deepEqual(await readAll(inbox, spoilt), []);
  assert.equal((await readAll(inbox, [last])).length, 1);
});

test('chunks without a letter cost bounded memory, and mail still arrives', async () => {
  const { inbox, write, alice } = await pair();
  const [, chunk] = (await write(attachment)) as [Entry, Entry];
  for (let count = 0; count < 2_000; count += 1) await inbox.read({ ...chunk, key: `${alice.id}:${`${count}`.padStart(22, '0')}.0` });
  assert.equal((await readAll(inbox, await write(attachment))).length, 1);
});

const stock = new StockRelay();
after(() => stock.stop());

test('through a stock relay: attachments of every size arrive at the first try, leave nothing, and do not come twice', async () => {
  const world = await stock.world();
  const [alice, bob] = await Promise.all([world.peer(), world.peer()]);
  const [sent, inbox] = [new Recorder(), new Recorder()];
  alice.transport.open(sent);
  bob.transport.open(inbox);
  await Promise.all([sent, inbox].map((recorder) => recorder.until(() => recorder.ups.length > 0)));
  const sizes = [0, 10_000, 60_000, 300_000, 1_000_000];
  for (const [index, size] of sizes.entries()) {
    alice.transport.send(bob.id, message, { attachment: attachment.slice(0, Math.min(size, attachment.length)) });
    await inbox.until(() => inbox.messages.length > index);
  }
  await world.cut();
  await inbox.until(() => inbox.ups.length > 1);
  await sent.until(() => sent.ups.length > 1);
  await world.until(inbox, () => inbox.messages.some(({ attachment: bytes }) => bytes === undefined), () => alice.transport.send(bob.id, { t: 'alive', at: 0 }));
  assert.equal(inbox.messages.filter(({ attachment: bytes }) => bytes !== undefined).length, sizes.length);
  await Promise.all([alice, bob].map(({ transport }) => transport.close()));
});

test('a stock relay\'s vandals cannot speak for others nor stop the mail', async () => {
  const world = await stock.world();
  const [alice, bob] = await Promise.all([world.peer(), world.peer()]);
  const inbox = new Recorder();
  alice.transport.open(new Recorder());
  bob.transport.open(inbox);
  await inbox.until(() => inbox.ups.length > 0);
  const url = await stock.url();
  const soul = mailSoul(world.network.net, hourName(Date.now()), bob.id);
  for (const text of ['junk', null, 7, JSON.stringify({ b: JSON.stringify({ kind: 'mail', from: alice.id, to: bob.id, m: message }), s: 'A'.repeat(86) })]) {
    await overwrite(url, soul, `${alice.id}:${'B'.repeat(22)}`, text, 1);
    await overwrite(url, soul, `${alice.id}:${'C'.repeat(22)}.0`, text, 1);
  }
  const bystander = new WebSocket(url);
  await once(bystander, 'open');
  bystander.send('{"dam":"en","fr":"x"}');
  await world.until(inbox, () => inbox.messages.length > 0, () => alice.transport.send(bob.id, { t: 'alive', at: 0 }));
  assert.ok(inbox.messages.every((received) => received.from === alice.id && received.message.t === 'alive'));
  bystander.terminate();
  await Promise.all([alice, bob].map(({ transport }) => transport.close()));
});
