/** Tasks from submit to settlement among separate processes, with workers that vanish, stall and lie, and hands in the wire. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WebSocket } from 'ws';
import { systemClock, systemRandom } from '../../src/engine/adapters/clock.js';
import { createGunTransport } from '../../src/engine/adapters/transport/gun-transport.js';
import { fromBase64url, sha256Id, toBase64url } from '../../src/engine/core/encoding.js';
import { certify } from '../../src/engine/core/ledger/certificate.js';
import type { Message, Refusal } from '../../src/engine/core/message.js';
import type { Certified } from '../../src/engine/core/record.js';
import { createGuard } from '../../src/engine/guard.js';
import { createSimulatedPool } from '../doubles/pool.js';
import { newSigner } from '../contract/transport-fixture.js';
import { Recorder } from '../contract/transport-recorder.js';
import { assertEnded, type Contributor, isBalanced, type Net, type Node, openNode, readLedger, search, settlements, startNet } from './harness.js';
import { carries, type Tap, tap } from './tap.js';

const SEARCH_COST = 0.02;

let net: Net;
let buyer: Node;
before(async () => {
  net = await startNet({ contributors: 3, parameters: { heartbeatMs: 1_000, graceMs: 5_000 } });
  buyer = await net.open();
  // Cold threads would make stragglers of honest workers.
  await buyer.submit(search({ redundancy: 3 }));
  await settled();
});
after(() => net.close());

const signalAll = (signal: NodeJS.Signals, contributors: readonly Contributor[] = net.contributors): void => contributors.forEach(({ child }) => child.kill(signal));
const seats = (count: number): Promise<unknown> => buyer.until(({ stats }) => stats.peers === count);
const spendable = (): number => Math.round(buyer.state.stats.credits * 1e6);
const settled = (): Promise<unknown> => buyer.until(({ stats }) => stats.escrowed === 0);

/** Submits and resolves once the escrow is certified. */
async function begin(options: Parameters<typeof search>[0]): Promise<{ readonly result: ReturnType<Node['submit']> }> {
  const known = new Set(running());
  const result = buyer.submit(search(options));
  result.catch(() => undefined);
  await buyer.event(() => running().some((id) => !known.has(id)));
  return { result };
}
const running = (): string[] => buyer.events.flatMap((event) => (event.type === 'task' && event.entry.outcome === 'running' ? [event.entry.taskId] : []));

for (const k of [1, 2, 3]) {
  test(`redundancy ${k}: as many workers, paid as quoted, ${k > 1 ? '' : 'not '}verified, with progress`, async () => {
    const seen: string[] = [];
    const task = search({ redundancy: k, onProgress: ({ phase, loaded, total }) => seen.push(`${phase} ${loaded}/${total}`) });
    const [quote, result] = [await buyer.quote(task), await buyer.submit(task)];
    assert.deepEqual([result.verified, result.cost, quote.cost], [k > 1, k * SEARCH_COST, k * SEARCH_COST]);
    // A majority need not wait for its last member.
    const workers = new Set(result.workers).size;
    assert.ok(workers === k || (k === 3 && workers === 2), `${workers} workers`);
    assert.deepEqual(result['matches'], [[{ id: 3, score: 1 }]]);
    assert.ok(seen.includes(`results ${workers}/${k}`), seen.join());
    await settled();
    assert.ok(isBalanced(buyer.state.ledger!));
  });
}

test('a payload that takes a blob goes the same way', async () => {
  const { verified, matches } = await buyer.submit(search({}, { vectors: 3_000, dims: 64 }));
  assert.deepEqual([verified, (matches as { id: number }[][])[0]![0]!.id], [true, 3]);
});

test('a worker stops in mid-task, then dies: reserves step in', async () => {
  const victim = net.contributors[0]!;
  // Of three replicas one is surely the victim's; of two, mostly, and then a reserve takes its place.
  const tasks = [search({ redundancy: 3 }), search()];
  const isWithout = ({ verified, workers }: { verified: boolean; workers: readonly string[] }): boolean => verified && workers.length === 2 && !workers.includes(victim.id);
  await seats(3);
  victim.child.kill('SIGSTOP');
  assert.ok((await Promise.all(tasks.map((task) => buyer.submit(task)))).every(isWithout));
  // Answered by the others long since; now its slots lapse, and it sits out for a while.
  await settled();
  await seats(2);
  victim.child.kill('SIGCONT');
  await seats(3);

  victim.child.kill('SIGSTOP');
  const begun = await Promise.all([...tasks, ...tasks].map(({ options }) => begin(options)));
  await victim.kill();
  assert.ok((await Promise.all(begun.map(({ result }) => result))).every(isWithout));
  await seats(2);
});

test('too few workers: no-workers, or this machine where that is allowed', async () => {
  await assert.rejects(buyer.submit(search({ redundancy: 3 })), { code: 'no-workers', retryable: true });
  const { workers, cost, verified } = await buyer.submit(search({ redundancy: 3, local: 'fallback' }));
  assert.deepEqual([workers, cost, verified], [['local'], 0, false]);
});

test('abort: rejected at once, and refunded', async () => {
  await settled();
  const before = spendable();
  signalAll('SIGSTOP', net.contributors.slice(1));
  const controller = new AbortController();
  const { result } = await begin({ signal: controller.signal });
  controller.abort();
  await assert.rejects(result, { code: 'aborted' });
  await settled();
  assert.equal(spendable(), before);
  await assert.rejects(buyer.submit(search({ signal: AbortSignal.abort() })), { code: 'aborted' });
});

test('timeout: rejected with patience at its end, and the escrow ends by itself', async () => {
  const before = spendable();
  const { result } = await begin({ timeout: 300 });
  await assert.rejects(result, { code: 'timeout', retryable: true });
  await settled();
  assert.equal(spendable(), before, 'refunded: nobody worked');
  signalAll('SIGCONT', net.contributors.slice(1));
  await seats(2);
});

test('a liar is outvoted, unpaid and not slashed', async () => {
  const liar = await net.open({ config: { contribute: true, tasks: ['vector_search'] }, platform: { createPool: () => createSimulatedPool({ clock: systemClock, size: 1, duty: 1 }) } });
  await seats(3);
  const lies = (): number => liar.events.filter((event) => event.type === 'task' && event.entry.outcome === 'unpaid').length;
  const three = await buyer.submit(search({ redundancy: 3 }));
  assert.deepEqual([three.verified, three.workers.length, three.workers.includes(liar.state.nodeId), three['matches']], [true, 2, false, [[{ id: 3, score: 1 }]]]);
  await liar.until(() => lies() === 1);

  // With two replicas the liar is drawn two times in three; the disagreement is decided by the reserve.
  while (lies() < 3) {
    const { verified, workers } = await buyer.submit(search());
    assert.deepEqual([verified, workers.includes(liar.state.nodeId)], [true, false]);
    await settled();
    await liar.until(({ ledger }) => ledger?.escrowed === 0);
  }
  const { stats } = liar.state;
  assert.deepEqual([stats.credits + stats.pending, stats.staked], [100, 0]);
  await liar.close();
  await seats(2);
});

test('ciphertext or key changed on the way to a worker: it refuses the work, others do it', async () => {
  const wires: Tap[] = [];
  const altered = async (changes: (text: string) => string): Promise<readonly [Tap, Node]> => {
    const wire = await tap(net.url);
    wires.push(wire);
    wire.intercept((crossing) => (crossing.by === 'relay' ? changes(crossing.text) : crossing.text));
    const worker = await net.open({ config: { relays: [wire.url], contribute: true, tasks: ['vector_search'] } });
    return [wire, worker];
  };
  const flipped = (base64: string): string => {
    const bytes = fromBase64url(base64)!;
    bytes[bytes.length - 1]! ^= 1;
    return toBase64url(bytes);
  };
  const [wireC, workerC] = await altered((text) => (carries('assign')({ by: 'relay', text }) ? text.replace(/"a":"([\w-]+)"/u, (_, a: string) => `"a":"${flipped(a)}"`) : text));
  const [wireK, workerK] = await altered((text) => (carries('key')({ by: 'relay', text }) ? text.replace(/\\"box\\":\\"([\w-]+)\\"/u, (_, box: string) => `\\"box\\":\\"${flipped(box)}\\"`) : text));
  await seats(4);
  const refused = [wireC.seen(({ by, text }) => by === 'client' && text.includes('wrong-ciphertext')), wireK.seen(({ by, text }) => by === 'client' && text.includes('wrong-key'))];
  let refusals = 0;
  void Promise.all(refused.map((seen) => seen.then(() => (refusals += 1))));
  do {
    const { verified, workers } = await buyer.submit(search());
    assert.deepEqual([verified, workers.includes(workerC.state.nodeId), workers.includes(workerK.state.nodeId)], [true, false, false]);
  } while (refusals < 2);
  await Promise.all([workerC.close(), workerK.close()]);
  await Promise.all(wires.map((wire) => wire.close()));
  await seats(2);
});

test('no plaintext of a payload in any frame or blob', async () => {
  const wire = await tap(net.url);
  const private_ = await openNode(wire.url);
  for (const size of [{ vectors: 30, dims: 16 }, { vectors: 1_000, dims: 16 }]) {
    const task = search({ redundancy: 1 }, size);
    await private_.submit(task);
    const { vectors } = task.payload as { vectors: number[][] };
    const row = Buffer.from(new Float32Array(vectors[7]!).buffer);
    // What base64 makes of these bytes depends on where they begin.
    const spellings = [0, 1, 2].flatMap((skip) => {
      const whole = row.subarray(skip, skip + 48);
      return [whole.toString('base64'), whole.toString('base64url')];
    });
    const plain = [row.toString('latin1'), row.toString('hex'), JSON.stringify(vectors[7]).slice(1, 60), ...spellings];
    for (const { text } of wire.crossings) for (const spelling of plain) assert.equal(text.includes(spelling), false);
  }
  assert.ok(wire.crossings.some(carries('escrow')) && wire.crossings.some(({ by, text }) => by === 'client' && text.length > 60_000), 'inline and blob were recorded');
  await private_.close();
  await wire.close();
});

test('forged and replayed records are refused, and change nothing', async () => {
  const { network } = net;
  const thief = await newSigner();
  const guard = createGuard(network, thief);
  const transport = createGunTransport({ relays: [net.url], network, signer: thief, guard, clock: systemClock, random: systemRandom, WebSocket: WebSocket as unknown as typeof globalThis.WebSocket });
  const inbox = new Recorder();
  transport.open(inbox);
  await inbox.until(() => inbox.ups.length > 0);
  const witness = network.witnesses[0]!.node;
  const wire = await tap(net.url);
  const victim = await openNode(wire.url);
  await victim.submit(search({ redundancy: 1 }));
  await victim.until(({ stats }) => stats.escrowed === 0);
  const [before, epoch] = [victim.state.stateHash, Math.floor(Date.now() / network.parameters.epochMs)];

  const sent = JSON.parse(JSON.parse(wire.crossings.find(carries('escrow'))!.text)['b'] as string) as { r: { b: string; s: string } };
  const escrow = JSON.parse(sent.r.b) as { author: string; seq: number };
  const signed = async (body: object): Promise<{ b: string; s: string }> => ({ b: JSON.stringify(body), s: await thief.sign(JSON.stringify(body)) });
  const chain = { net: network.net, epoch, author: victim.state.nodeId, seq: escrow.seq + 1, prev: sha256Id(sent.r.b) };
  const settle = { kind: 'settle', net: network.net, epoch, escrow: sha256Id(sent.r.b), submitter: escrow.author, amount: 20_000, refund: 0, burn: 0, pay: [{ to: thief.id, amount: 20_000, stake: false, why: 'work' }], mint: [], slash: [], fuel: 1, mPpm: 1, slots: [] };
  const own = { ...chain, author: thief.id };
  const refused: Message[] = [
    { t: 'record', r: await signed({ kind: 'transfer', ...own, to: thief.id, amount: 1 }) },
    { t: 'record', r: { b: JSON.stringify({ kind: 'transfer', ...own, to: thief.id, amount: 2 }), s: sent.r.s } },
    { t: 'record', r: { b: JSON.stringify(settle), s: '' } },
    { t: 'record', r: { b: JSON.stringify({ kind: 'grant', net: network.net, epoch, account: thief.id, amount: 100_000_000 }), s: '' } },
    { t: 'record', r: { b: '{"kind":"no such"}', s: '' } },
  ];
  const refusals = (): Refusal[] => inbox.messages.flatMap(({ message }) => (message.t === 'refused' ? [JSON.parse(message.p.b) as Refusal] : []));
  for (const message of refused) transport.send(witness, message);
  await inbox.until(() => refusals().length === refused.length);
  assert.deepEqual(new Set(refusals().map(({ code }) => code)), new Set(['bad-input']));

  // What belongs to others is not answered at all: the answer to `hello`, asked afterwards, comes alone.
  const heard = inbox.messages.length;
  const id = sha256Id(sent.r.b);
  transport.send(witness, { t: 'record', r: await signed({ kind: 'transfer', ...chain, to: thief.id, amount: 1_000_000 }) });
  transport.send(witness, { t: 'record', r: { b: JSON.stringify({ kind: 'transfer', ...chain, to: thief.id, amount: 1 }), s: sent.r.s } });
  transport.send(witness, { t: 'escrow', r: sent.r });
  transport.send(witness, { t: 'record', r: sent.r });
  transport.send(witness, { t: 'fetch', escrow: id });
  transport.send(witness, { t: 'cancel', escrow: id });
  transport.send(witness, { t: 'boxes', escrow: id, boxes: {} });
  const forgery = { ...await signed({ kind: 'grant', net: network.net, epoch, account: thief.id, amount: 100_000_000 }), s: '' };
  const { body, certificates } = certify(network.net, [{ id: sha256Id(forgery.b) }]);
  const record: Certified = { ...forgery, c: { ...certificates[0]!, sigs: [{ by: witness, s: await thief.sign(body) }] } };
  transport.send(witness, { t: 'records', records: [record] });
  transport.publish({ topic: 'ledger', record });
  transport.send(witness, { t: 'hello', session: 'thief', head: null, digest: [] });
  await inbox.until(() => inbox.messages.some(({ message }) => message.t === 'welcome'));
  assert.deepEqual(inbox.messages.slice(heard).map(({ message }) => message.t).filter((t) => t !== 'have'), ['welcome']);
  await transport.close();

  assert.equal(victim.state.stateHash, before);
  await Promise.all([victim.close(), wire.close()]);
});

test('in the end every escrow was paid or refunded once, and nobody was slashed', async () => {
  await settled();
  await net.relay.kill('SIGTERM');
  const ledger = await readLedger(join(net.relayDir, 'ledger'), net.network);
  assertEnded(ledger);
  for (const { pay, slash, slots, amount, refund, burn } of settlements(ledger)) {
    assert.deepEqual([slash, refund + burn + pay.reduce((sum, line) => sum + line.amount, 0)], [[], amount]);
    assert.deepEqual(pay.map(({ to }) => to).sort(), slots.filter(({ ok }) => ok).map(({ who }) => who).sort());
    assert.equal(new Set(pay.map(({ to }) => to)).size, pay.length);
  }
  assert.ok(settlements(ledger).some(({ slots }) => slots.some(({ who, ok }) => who === net.contributors[0]!.id && !ok)), 'the worker that stopped held a slot, and got nothing for it');
});
