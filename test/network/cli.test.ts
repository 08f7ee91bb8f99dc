/** The command line, as a stranger would use it: each command a process, its last line of stdout one JSON object. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { edgeNet, type Ended, isBalanced, type Net, run, searchPayload, startNet } from './harness.js';
import { carries, tap } from './tap.js';

let net: Net;
before(async () => { net = await startNet({ contributors: 3 }); });
after(() => net.close());

const submit = (args: readonly string[] = [], input = searchPayload()): Promise<Ended> => run(['submit', 'vector_search', '--relay', net.url, '--json', ...args], { input });

function assertFailed({ code, json, stderr }: Ended, expected: string): void {
  assert.deepEqual([code, (json['error'] as { code?: string } | undefined)?.code], [1, expected], stderr);
  assert.match(stderr, new RegExp(`edge-net: ${expected}: .+`), 'said to people as well');
}

for (const k of [1, 2, 3]) {
  test(`submit --redundancy ${k}: distinct workers, ${k > 1 ? '' : 'not '}verified`, async () => {
    const { code, json, stderr } = await submit(['--redundancy', String(k)]);
    assert.equal(code, 0, stderr);
    const workers = json['workers'] as string[];
    assert.deepEqual([json['verified'], json['cost']], [k > 1, Math.round(k * 0.02 * 1e6) / 1e6]);
    // A majority need not wait for its last member.
    assert.ok(new Set(workers).size === k || (k === 3 && new Set(workers).size === 2));
    assert.ok(workers.every((worker) => net.contributors.some(({ id }) => id === worker)));
    assert.deepEqual(json['matches'], [[{ id: 3, score: 1 }]]);
  });
}

test('submit without --redundancy: the network takes two', async () => {
  const { json } = await submit();
  assert.deepEqual([json['verified'], (json['workers'] as string[]).length], [true, 2]);
});

test('submit embedding', async () => {
  const { code, json, stderr } = await run(['submit', 'embedding', '--relay', net.url, '--redundancy', '1', '--json'], { input: '{"model":"use-lite","texts":["one","two"]}' });
  assert.equal(code, 0, stderr);
  const embeddings = json['embeddings'] as number[][];
  assert.deepEqual([json['dims'], embeddings.length, embeddings[0]!.length, (json['workers'] as string[]).length], [512, 2, 512, 1]);
});

test('a result is fetched by a later process when the submitter was killed in mid-task', async () => {
  const data = join(net.dir, 'submitter');
  const wire = await tap(net.url);
  for (const { child } of net.contributors) child.kill('SIGSTOP');
  const first = edgeNet(['submit', 'vector_search', '--relay', wire.url, '--data', data, '--json'], { input: searchPayload() });
  const [, taskId] = await first.line(/^task ([\w-]{22}) escrows 0.04 credits$/);
  await wire.seen(carries('boxes'));
  await first.kill();
  assert.ok(!wire.crossings.some(carries('result')));
  for (const { child } of net.contributors) child.kill('SIGCONT');
  const { code, json, stderr } = await run(['result', taskId!, '--relay', net.url, '--data', data, '--json']);
  assert.equal(code, 0, stderr);
  assert.deepEqual([json['verified'], json['taskId'], json['cost'], json['matches']], [true, taskId, 0.04, [[{ id: 3, score: 1 }]]]);
  const again = await run(['result', taskId!, '--relay', net.url, '--data', data, '--json']);
  assert.deepEqual(again.json['matches'], json['matches'], 'and once more');
  await wire.close();

  assertFailed(await run(['result', taskId!, '--relay', net.url, '--data', join(net.dir, 'somebody-else'), '--json']), 'bad-input');
  assertFailed(await run(['result', taskId!, '--relay', net.url, '--json']), 'config-invalid');
});

test('what is wrong with a submission is said before anything is paid', async () => {
  const payload = searchPayload();
  const cases: readonly (readonly [code: string, ended: Promise<Ended>])[] = [
    ['bad-input', run(['submit', 'fortune_telling', '--relay', net.url, '--json'], { input: '{}' })],
    ['bad-input', submit([], '{')],
    ['bad-input', submit([], 'null')],
    ['bad-input', submit([], '{"query":[1,2],"k":1,"vectors":[[1]]}')],
    ['bad-input', submit(['--payload', join(net.dir, 'nowhere.json')])],
    ['bad-input', submit(['--redundancy', '4'])],
    ['config-invalid', submit(['--redundancy', 'two'])],
    ['bad-input', submit(['--priority', 'urgent'])],
    ['over-budget', submit(['--max-credits', '0.039'])],
    ['over-budget', submit(['--max-credits', '0.04', '--priority', 'high'])],
    ['insufficient-credits', submit(['--redundancy', '3'], searchPayload({ vectors: 40_000, dims: 1 }))],
    ['config-invalid', run(['submit', 'vector_search', '--relay', 'not an address', '--json'], { input: payload })],
    ['relay-unreachable', run(['submit', 'vector_search', '--relay', 'ws://127.0.0.1:9/gun', '--json'], { input: payload })],
  ];
  for (const [code, ended] of cases) assertFailed(await ended, code);
});

test('a budget that is just enough, and a cheap priority', async () => {
  const { json } = await submit(['--max-credits', '0.02', '--priority', 'low']);
  assert.deepEqual([json['verified'], json['cost']], [true, 0.02]);
});

test('submit --local only and --local fallback need no relay, and say who worked', async () => {
  const local = (mode: string): Promise<Ended> => run(['submit', 'vector_search', '--relay', 'ws://127.0.0.1:9/gun', '--local', mode, '--json'], { input: searchPayload() });
  for (const { code, json, stderr } of await Promise.all([local('only'), local('fallback')])) {
    assert.equal(code, 0, stderr);
    assert.deepEqual([json['workers'], json['verified'], json['cost'], json['matches']], [['local'], false, 0, [[{ id: 3, score: 1 }]]]);
  }
});

test('a descriptor that is none is descriptor-invalid, wherever it is read', async () => {
  const genuine = await readFile(join(net.relayDir, 'edge-net.network.json'), 'utf8');
  const forgeries = ['{', '{}', genuine.replace('\\"faucet\\":100000000', '\\"faucet\\":900000000'), genuine.replace('\\"test\\"', '\\"tset\\"')];
  await Promise.all(forgeries.map(async (text, at) => {
    assert.notEqual(text, genuine);
    const descriptor = join(net.dir, `forged-${at}.json`);
    await writeFile(descriptor, text);
    assertFailed(await submit(['--network', descriptor]), 'descriptor-invalid');
  }));
  const shown = await run(['network', 'show', join(net.dir, 'forged-2.json')]);
  assert.deepEqual([shown.code, /descriptor-invalid/.test(shown.stderr)], [1, true]);

  const server = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  assertFailed(await run(['submit', 'vector_search', '--relay', `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gun`, '--json'], { input: searchPayload() }), 'descriptor-invalid');
  server.closeAllConnections();
  server.close();

  const descriptor = join(net.relayDir, 'edge-net.network.json');
  const noWitness = ['--network', descriptor, '--data', join(net.dir, 'no-witness'), '--json'];
  assertFailed(await run(['witness', '--relay', net.url, ...noWitness]), 'descriptor-invalid');
  assertFailed(await run(['relay', '--port', '0', ...noWitness]), 'descriptor-invalid');
});

test('the descriptor of another network is a relay that rejects', async () => {
  const other = join(net.dir, 'other.json');
  assert.equal((await run(['network', 'init', '--data', join(net.dir, 'other'), '--out', other, '--name', 'Another Network'])).code, 0);
  assertFailed(await submit(['--network', other]), 'relay-rejected');
});

test('network init founds once, with keys that only their owner reads; network show tells what is in it', async () => {
  const [data, out] = [join(net.dir, 'founded'), join(net.dir, 'founded.json')];
  const init = (): Promise<Ended> => run(['network', 'init', '--name', 'a test', '--relay', 'wss://relay.example/gun', '--data', data, '--out', out]);
  const { code, json } = await init();
  assert.deepEqual([code, json['name'], json['relays'], (json['witnesses'] as unknown[]).length], [0, 'a test', ['wss://relay.example/gun'], 1]);
  for (const name of ['witness.json', 'founder.json']) assert.equal((await stat(join(data, 'keys', name))).mode & 0o777, 0o600);
  const shown = await run(['network', 'show', out]);
  assert.deepEqual([shown.code, shown.json], [0, json]);
  const second = await init();
  assert.deepEqual([second.code, /config-conflict/.test(second.stderr)], [1, true]);
});

test('a data folder in use is identity-busy', async () => {
  assertFailed(await run(['contribute', '--relay', net.url, '--data', net.contributors[0]!.dir, '--json']), 'identity-busy');
  assertFailed(await run(['relay', '--port', '0', '--data', net.relayDir, '--json']), 'identity-busy');
});

test('npm start -- --once --json: both verified by two, paid as quoted, and the ledger adds up', async () => {
  const { code, json, stderr } = await run(['demo', '--once', '--json', '--data', join(net.dir, 'demo')]);
  assert.equal(code, 0, stderr);
  const report = json as Record<'embedding' | 'vectorSearch', { verified: boolean; workers: string[]; cost: number; quoted: number }> & { ledger: Parameters<typeof isBalanced>[0] };
  for (const { verified, workers, cost, quoted } of [report.embedding, report.vectorSearch]) {
    assert.deepEqual([verified, new Set(workers).size, cost], [true, 2, quoted]);
    assert.ok(cost > 0);
  }
  assert.ok(isBalanced(report.ledger), JSON.stringify(report.ledger));
  assert.equal(report.ledger.granted + report.ledger.minted > 0, true);
  assert.equal(report.ledger.escrowed, 0);
});
