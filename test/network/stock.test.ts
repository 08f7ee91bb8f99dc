/** A relay that is not ours: the `gun` package alone, with `edge-net witness` beside it as one more client. */
import assert from 'node:assert/strict';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { TaskResult } from '../../src/engine/api.js';
import type { EdgeNetError } from '../../src/engine/error.js';
import { parseDescriptor } from '../../src/relay/data-dir.js';
import { newSigner } from '../contract/transport-fixture.js';
import { kill, startProcess, temporaryFolder } from './gun-world.js';
import { assertEnded, type Command, contribute, type Contributor, edgeNet, type Node, openNode, readLedger, run, search, searchPayload, settlements } from './harness.js';

const STOCK_RELAY = new URL('fixtures/stock-relay.mjs', import.meta.url).pathname;

let dir: string;
let url: string;
let descriptor: string;
let stock: Awaited<ReturnType<typeof startProcess>>;
let witness: Command;
let contributors: Contributor[] = [];
let buyer: Node;

const startWitness = async (): Promise<Command> => {
  const command = edgeNet(['witness', '--relay', url, '--network', descriptor, '--data', join(dir, 'witness'), '--json']);
  await command.ready;
  return command;
};

before(async () => {
  dir = await temporaryFolder();
  descriptor = join(dir, 'network.json');
  const founded = await run(['network', 'init', '--name', 'Beside a stock relay', '--data', join(dir, 'witness'), '--out', descriptor]);
  assert.equal(founded.code, 0, founded.stderr);
  stock = await startProcess(STOCK_RELAY, ['0', dir]);
  url = `ws://127.0.0.1:${stock.line.split(' ')[1]}/gun`;
  witness = await startWitness();
  contributors = await Promise.all([1, 2].map((i) => contribute(url, join(dir, `contributor-${i}`), ['--network', descriptor])));
  buyer = await openNode(url, { config: { network: descriptor } });
  await buyer.until(({ stats }) => stats.peers === 2);
});

after(async () => {
  await buyer.close();
  await Promise.all([...contributors, witness].map((command) => command.kill()));
  await kill(stock.child);
  await rm(dir, { recursive: true });
});

test('a task is verified and paid through mailboxes', async () => {
  const { verified, workers, cost, matches } = await buyer.submit(search());
  assert.deepEqual([verified, new Set(workers).size, cost, matches], [true, 2, 0.04, [[{ id: 3, score: 1 }]]]);
  assert.equal(buyer.state.link, 'mailbox');
  await buyer.until(({ stats }) => stats.escrowed === 0);
  await Promise.all(contributors.map(({ line }) => line(/^paid .* 0.018 credits/)));
});

test('a payload in chunks', async () => {
  const { verified, matches } = await buyer.submit(search({}, { vectors: 1_000, dims: 32 }));
  assert.deepEqual([verified, (matches as { id: number }[][])[0]![0]!.id], [true, 3]);
});

test('the command line', async () => {
  const { code, json, stderr } = await run(['submit', 'vector_search', '--relay', url, '--network', descriptor, '--redundancy', '2', '--json'], { input: searchPayload() });
  assert.deepEqual([code, json['verified'], (json['workers'] as string[] | undefined)?.length], [0, true, 2], stderr);
  const lost = await run(['submit', 'vector_search', '--relay', url, '--json'], { input: searchPayload() });
  assert.equal(lost.code, 1, 'a stock relay serves no descriptor');
});

test('a witness that is killed comes back, is greeted by all, and goes on', async () => {
  await buyer.until(({ stats }) => stats.escrowed === 0);
  await witness.kill();
  witness = await startWitness();
  const { verified, workers } = await insist();
  assert.deepEqual([verified, new Set(workers).size], [true, 2]);
});

/** The workers need a moment to take their seats again. */
async function insist(): Promise<TaskResult> {
  for (;;) {
    try {
      return await buyer.submit(search());
    } catch (error) {
      assert.equal((error as EdgeNetError).code, 'no-workers');
    }
  }
}

test('in the end every escrow was settled once', async () => {
  await buyer.until(({ ledger }) => ledger?.escrowed === 0);
  await witness.kill('SIGTERM');
  const signer = await newSigner();
  const { network } = await parseDescriptor(await readFile(descriptor, 'utf8'), descriptor, signer.verify.bind(signer));
  const ledger = await readLedger(join(dir, 'witness', 'ledger'), network);
  assertEnded(ledger);
  assert.equal(settlements(ledger).every(({ pay }) => pay.length === 2), true);
});
