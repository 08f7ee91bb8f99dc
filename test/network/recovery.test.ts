/** SIGKILL for a relay with tasks in flight, for contributors, and for a submitter between any two of its steps. */
import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import type { EngineEvent } from '../../src/engine/api.js';
import { openLevel } from '../../src/engine/adapters/storage/level.js';
import { stateHash } from '../../src/engine/core/ledger/state-hash.js';
import { newSigner } from '../contract/transport-fixture.js';
import { assertEnded, type Command, contribute, edgeNet, isBalanced, type Node, readLedger, run, search, searchPayload, settlements, startNet } from './harness.js';
import { carries, type Crossing, tap } from './tap.js';

const IN_FLIGHT = 6;

const outcome = (event: EngineEvent): string => (event.type === 'task' && event.entry.role === 'submitter' ? event.entry.outcome : '');
const agreed = (nodes: readonly Node[]) => (): boolean => new Set(nodes.map(({ state }) => state.stateHash)).size === 1;

/** Resolves when all nodes have the same records and no escrow is open. */
async function untilLevel(nodes: readonly Node[]): Promise<void> {
  const isLevel = (): boolean => agreed(nodes)() && nodes.every(({ state }) => state.ledger?.escrowed === 0 && state.status === 'idle');
  await Promise.race(nodes.map((node) => node.until(isLevel)));
}

for (const [name, lost] of [['as it was', []], ['with its store wiped and its keys kept', ['gun', 'ledger', 'blobs']]] as const) {
  test(`the relay is killed with tasks in flight and started again ${name}`, async () => {
    const net = await startNet();
    try {
      const { network } = net;
      const [buyer, observer] = [await net.open({ dataDir: join(net.dir, 'buyer') }), await net.open()];
      await buyer.submit(search());
      await buyer.until(({ ledger }) => ledger?.escrowed === 0);
      for (const { child } of net.contributors) child.kill('SIGSTOP');
      const pending = Array.from({ length: IN_FLIGHT }, (_, i) => buyer.submit(search({ redundancy: (i % 2) + 1, timeout: 50_000 })));
      const results = Promise.allSettled(pending);
      await buyer.event(() => buyer.events.filter((event) => outcome(event) === 'running').length > IN_FLIGHT);

      await net.relay.kill();
      const before = await readLedger(join(net.relayDir, 'ledger'), network);
      assert.equal(before.openEscrows().length, IN_FLIGHT);
      for (const folder of lost) await rm(join(net.relayDir, folder), { recursive: true });
      for (const { child } of net.contributors) child.kill('SIGCONT');
      await net.restartRelay();

      for (const settled of await results) {
        if (settled.status === 'fulfilled') assert.deepEqual(settled.value['matches'], [[{ id: 3, score: 1 }]]);
        else assert.match((settled.reason as { code: string }).code, /^(timeout|no-workers)$/);
      }
      await buyer.until(({ stats }) => stats.peers >= 2);
      const after = await buyer.submit(search());
      assert.equal(after.verified, true, 'the account signs again');
      await untilLevel([buyer, observer]);
      assert.ok(isBalanced(buyer.state.ledger!));
      const [hash, own] = [buyer.state.stateHash, buyer.state.stats];

      await Promise.all([net.relay, ...net.contributors].map(({ kill }) => kill('SIGTERM')));
      const ledgers = await Promise.all([join(net.relayDir, 'ledger'), ...net.contributors.map(({ dir }) => join(dir, 'store'))].map((dir) => readLedger(dir, network)));
      for (const ledger of ledgers) {
        assertEnded(ledger);
        assert.equal(stateHash(ledger), hash);
        for (const { record, certified } of before.entries()) assert.equal(ledger.get(record.id)?.certified.b, certified.b, 'nothing certified is lost');
        const { spendable, pending: maturing } = ledger.balances(buyer.state.nodeId, Number.MAX_SAFE_INTEGER);
        assert.equal(Math.round((own.credits + own.pending) * 1e6), spendable + maturing);
      }
    } finally {
      await net.close();
    }
  });
}

test('a wiped witness signs nothing for an account until its records are back, and never twice in one place', async () => {
  const net = await startNet({ contributors: 0 });
  try {
    const { network } = net;
    const wire = await tap(net.url);
    const buyer = await net.open({ dataDir: join(net.dir, 'buyer'), config: { relays: [wire.url] } });
    await assert.rejects(buyer.submit(search({ redundancy: 1 })), { code: 'no-workers' });
    await buyer.transfer((await newSigner()).id, 1);
    const lost = buyer.state.stateHash;

    await net.relay.kill();
    for (const folder of ['gun', 'ledger', 'blobs']) await rm(join(net.relayDir, folder), { recursive: true });
    // Whatever brings records back is held up.
    const held = (crossing: Crossing): boolean => crossing.by === 'client' && (carries('records')(crossing) || crossing.text.includes('"put"'));
    wire.intercept((crossing) => (held(crossing) ? undefined : crossing.text));
    await net.restartRelay();
    await wire.seen(held);
    const transfer = buyer.transfer((await newSigner()).id, 2);
    const refused = await wire.seen((crossing) => crossing.by === 'relay' && carries('refused')(crossing) && crossing.text.includes('recovering'));
    assert.match(refused.text, /relay-rejected/);

    wire.intercept(({ text }) => text);
    const record = await transfer;
    await net.relay.kill('SIGTERM');
    const ledger = await readLedger(join(net.relayDir, 'ledger'), network);
    assert.equal(ledger.head(buyer.state.nodeId)?.id, record);
    assert.deepEqual([ledger.forked.size, ledger.broken.size, ledger.head(buyer.state.nodeId)?.seq], [0, 0, 2]);
    assert.notEqual(stateHash(ledger), lost);
    const log = await openLevel(join(net.relayDir, 'keys', 'log'));
    const ids = (await log.entries('log/')).map(([key, value]) => [key.slice('log/'.length), (JSON.parse(String(value)) as { id: string }).id]);
    await log.close();
    for (const [key, id] of ids) assert.equal(ledger.bySlot(key!)?.record.id, id, 'what is logged is what is certified');
    await wire.close();
  } finally {
    await net.close();
  }
});

test('a contributor that is killed comes back as itself, with chain and balance, and earns on', async () => {
  const net = await startNet({ contributors: 1 });
  try {
    const buyer = await net.open();
    const [first] = net.contributors;
    await buyer.submit(search({ redundancy: 1 }));
    await first!.line(/^paid /);
    await first!.kill();
    const again = await contribute(net.url, first!.dir);
    net.contributors.push(again);
    assert.equal(again.id, first!.id);
    await buyer.until(({ stats }) => stats.peers === 1);
    const { workers } = await buyer.submit(search({ redundancy: 1 }));
    assert.deepEqual(workers, [first!.id]);
    await again.line(/^paid /);
    await again.kill('SIGTERM');
    const { network } = net;
    const ledger = await readLedger(join(first!.dir, 'store'), network);
    assert.deepEqual([ledger.head(first!.id)?.seq, ledger.tasksOf(first!.id), ledger.forked.size], [0, 2, 0]);
    const { spendable, pending } = ledger.balances(first!.id, 0);
    assert.equal(spendable + pending, network.parameters.faucet + 2 * 18_000);
  } finally {
    await net.close();
  }
});

test('a submitter that is killed between any two steps forks nothing, and every escrow ends once', async () => {
  const net = await startNet();
  try {
    const { network } = net;
    const kills: readonly (readonly [name: string, at: (crossing: Crossing) => boolean, passes: boolean])[] = [
      ['after the account was signed, before it was sent', ({ by, text }) => by === 'client' && carries('record')({ by, text }), false],
      ['after the account was sent', ({ by, text }) => by === 'client' && carries('record')({ by, text }), true],
      ['after the escrow was signed, before it was sent', carries('escrow'), false],
      ['after the escrow was sent', carries('escrow'), true],
      ['before the certificate arrived', ({ by, text }) => by === 'relay' && carries('certified')({ by, text }) && text.includes('\\"type\\\\'), false],
      ['before the keys were sent', carries('boxes'), false],
      ['after the keys were sent', carries('boxes'), true],
      ['when the first result arrived', ({ by, text }) => by === 'relay' && carries('result')({ by, text }), false],
    ];
    await Promise.all(kills.map(async ([name, at, passes], index) => {
      const wire = await tap(net.url);
      const data = join(net.dir, `buyer-${index}`);
      let victim: Command | undefined;
      let over = false;
      wire.intercept((crossing) => {
        if (over) return undefined;
        if (!at(crossing)) return crossing.text;
        over = true;
        victim?.child.kill('SIGKILL');
        return passes ? crossing.text : undefined;
      });
      victim = edgeNet(['submit', 'vector_search', '--relay', wire.url, '--data', data, '--json'], { input: searchPayload() });
      const { code } = await victim.ended;
      assert.ok(over && code === null, `killed ${name}`);
      const { json, stderr } = await run(['submit', 'vector_search', '--relay', net.url, '--data', data, '--json'], { input: searchPayload() });
      assert.equal(json['verified'], true, `${name}: ${stderr}`);
      await wire.close();
    }));
    const observer = await net.open();
    await observer.until(({ ledger, status }) => status === 'idle' && ledger?.escrowed === 0);
    await Promise.all([net.relay, ...net.contributors].map(({ kill }) => kill('SIGTERM')));
    const ledger = await readLedger(join(net.relayDir, 'ledger'), network);
    assertEnded(ledger);
    assert.ok(settlements(ledger).length >= kills.length);
  } finally {
    await net.close();
  }
});
