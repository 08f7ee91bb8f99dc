/** Collections among separate processes: filled, searched, mended, paid for, read back and deleted, by calls and by commands. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Collection, Task, TaskResult } from '../../src/engine/api.js';
import { clusteredUnitVectors } from '../kernels/vector_search-vectors.js';
import { collectionWhen, exactNeighbours, holdersOf, idsOf, isWhole, loadNatively, nextState, rows } from './collection-tools.js';
import { assertEnded, edgeNet, type Ended, isBalanced, type Net, type Node, readLedger, run, startNet } from './harness.js';

const DIMS = 16;
const COUNT = 600;
/** Room for 242 vectors: three shards. */
const SHARD_BYTES_MAX = 50_000;
const { vectors, queries } = clusteredUnitVectors(COUNT, 8, DIMS, 3);
const asked = rows(queries, DIMS).map((query) => [...query]);
const truth = exactNeighbours(vectors, rows(queries, DIMS));

let net: Net;
let owner: Node;
let filled: Collection;
before(async () => {
  net = await startNet({ contributors: 4, parameters: { faucet: 2_000_000_000, shardBytesMax: SHARD_BYTES_MAX, holderGraceMs: 1_500, heartbeatMs: 1_000, storageDayMs: 1_000 } });
  owner = await net.open();
  const { id } = await owner.collections.create({ name: 'filled', dims: DIMS, access: 'anyone', days: 10_000 });
  await owner.submit(insertion(id, vectors));
  filled = await collectionWhen(owner, id, isWhole);
});
after(() => net.close());

function insertion(collection: string, data: Float32Array, options: Task['options'] = {}, ids?: readonly number[]): Task {
  return { type: 'vector_insert', payload: { collection, vectors: data, ...(ids ? { ids } : {}) }, options };
}

function search(collection: string, options: Task['options'] = {}): Task {
  return { type: 'vector_search', payload: { collection, query: asked, k: 10 }, options };
}

const some = (from: number, to: number): Float32Array => vectors.subarray(from * DIMS, to * DIMS);
const spendable = (): number => Math.round(owner.state.stats.credits * 1e6);
/** Nothing is escrowed but deposits. */
async function settled(): Promise<void> {
  for (;;) {
    const deposits = (await owner.collections.list()).reduce((sum, { deposit }) => sum + deposit, 0);
    if (Math.abs(owner.state.stats.escrowed - deposits) < 1e-9) return;
    await nextState(owner);
  }
}

test('create, insert, search: as many shards as it takes, paid as quoted, verified, and what a scan would find', async () => {
  const { id } = await owner.collections.create({ name: 'mine', dims: DIMS });
  const progress: string[] = [];
  const task = insertion(id, vectors, { onProgress: ({ phase, loaded, total }) => progress.push(`${phase} ${loaded}/${total}`) });
  const { cost } = await owner.quote(task);
  const result = await owner.submit(task);
  assert.deepEqual([result['inserted'], result['size'], result.verified, result.cost, result.workers.length >= 2], [COUNT, COUNT, true, cost, true]);
  assert.deepEqual([cost, progress[0], progress.at(-1)], [3 * COUNT * 0.005, `vectors 0/${COUNT}`, `vectors ${COUNT}/${COUNT}`]);

  const { name, dims, metric, storage, replicas, access, vectors: size, shards, daysLeft, status } = await owner.collections.get(id);
  assert.deepEqual([name, dims, metric, storage, replicas, access, size, shards.length, status], ['mine', DIMS, 'cos', 'f16', 3, 'owner', COUNT, 3, 'open']);
  assert.ok(shards.every(({ bytes, holders }) => bytes > 0 && bytes <= SHARD_BYTES_MAX && holders.length > 0));
  assert.ok(daysLeft! > 15 && daysLeft! <= 30, `${daysLeft} days left of thirty`);

  const [quote, found] = [await owner.quote(search(id)), await owner.submit(search(id))];
  assert.deepEqual([found.verified, found.cost, quote.cost, quote.redundancy], [true, quote.cost, 2 * asked.length * COUNT * 0.001, 2]);
  assert.deepEqual(idsOf(found['matches']), truth);
  assert.deepEqual(idsOf((await owner.submit({ ...search(id), payload: { collection: id, query: asked[0], k: 3, efSearch: 200 } }))['matches']), [truth[0]!.slice(0, 3)]);
  await owner.collections.delete(id);
});

test('insertions at once are one after the other; ids go on where they ended, unless they are named', async () => {
  const { id } = await owner.collections.create({ dims: DIMS, replicas: 2 });
  const [first, second, named] = await Promise.all([owner.submit(insertion(id, some(0, 20))), owner.submit(insertion(id, some(20, 40))), owner.submit(insertion(id, some(40, 42), {}, [1_000, 2_000]))]) as [TaskResult, TaskResult, TaskResult];
  assert.deepEqual([first['size'], second['size'], named['size']], [20, 40, 42]);
  await owner.submit(insertion(id, some(42, 43)));
  const nearest = async (row: number): Promise<number[]> => idsOf((await owner.submit({ type: 'vector_search', payload: { collection: id, query: [...some(row, row + 1)], k: 1 } }))['matches'])[0]!;
  assert.deepEqual(await Promise.all([19, 20, 40, 41, 42].map(nearest)), [[19], [20], [1_000], [2_000], [2_001]]);
  await assert.rejects(owner.submit(insertion(id, some(0, 1), {}, [5])), { code: 'bad-input', message: /Nothing was inserted/u });
  assert.equal((await owner.collections.get(id)).vectors, 43);
  await owner.collections.delete(id);
});

test('what cannot be done is refused before anything is paid', async () => {
  await settled();
  const before = spendable();
  const refused = async (task: Task, code: string, message: RegExp): Promise<void> => assert.rejects(owner.submit(task), { code, message });
  await refused(search('A'.repeat(43)), 'bad-input', /no collection/u);
  await refused({ ...search(filled.id), payload: { collection: filled.id, query: [1, 2], k: 1 } }, 'bad-input', /dims/u);
  await refused({ ...search(filled.id), payload: { collection: filled.id, query: asked, k: 1, metric: 'l2' } }, 'bad-input', /metric/u);
  await refused(search(filled.id, { maxCredits: 1 }), 'over-budget', /maxCredits/u);
  await refused(search(filled.id, { local: 'only' }), 'bad-input', /local/u);
  await refused(insertion(filled.id, some(0, 5), { maxCredits: 0.01 }), 'over-budget', /maxCredits/u);
  await refused(insertion(filled.id, some(0, 2), {}, [7_000, 7_000]), 'bad-input', /twice/u);
  await refused(insertion(filled.id, vectors.subarray(1)), 'bad-input', /vectors/u);
  const { id } = await owner.collections.create({ dims: DIMS, replicas: 1 });
  await refused(insertion(id, some(0, 2), { redundancy: 2 }), 'bad-input', /redundancy/u);
  assert.deepEqual((await owner.submit(search(id)))['matches'], asked.map(() => []));
  await owner.collections.delete(id);
  await assert.rejects(owner.collections.create({ dims: 0 }), { code: 'bad-input', message: /dims/u });
  await assert.rejects(owner.collections.create({ dims: 4, storage: 'i8', metric: 'l2' }), { code: 'bad-input', message: /i8/u });
  await assert.rejects(owner.submit(search(filled.id, { signal: AbortSignal.abort() })), { code: 'aborted' });
  await settled();
  assert.equal(spendable(), before);
});

test('others search what anyone may search, and neither change it nor see what is the owner\'s alone', async () => {
  const other = await net.open();
  const found = await other.submit(search(filled.id));
  assert.deepEqual([found.verified, idsOf(found['matches'])], [true, truth]);
  await assert.rejects(other.submit(insertion(filled.id, some(0, 1))), { code: 'bad-input', message: /Only the account/u });
  for (const call of [other.collections.export(filled.id), other.collections.extend(filled.id, 1), other.collections.delete(filled.id)]) await assert.rejects(call, { code: 'bad-input' });
  assert.deepEqual(await other.collections.list(), []);

  const { id } = await owner.collections.create({ dims: DIMS });
  await owner.submit(insertion(id, some(0, 10)));
  await assert.rejects(other.submit(search(id)), { code: 'bad-input', message: /Only the account/u });
  assert.deepEqual((await owner.collections.list()).map((collection) => collection.id).sort(), [filled.id, id].sort());
  await owner.collections.delete(id);
});

test('a holder that is killed is not missed, and soon replaced by one that has the same', async () => {
  const victim = net.contributors.find(({ id }) => holdersOf(filled).has(id))!;
  await victim.kill();
  const found = await owner.submit(search(filled.id));
  assert.deepEqual([found.verified, found.workers.includes(victim.id), idsOf(found['matches'])], [true, false, truth]);
  await collectionWhen(owner, filled.id, (collection) => isWhole(collection) && !holdersOf(collection).has(victim.id));
  const agreed = await owner.submit(search(filled.id, { redundancy: 3 }));
  assert.deepEqual([agreed.verified, idsOf(agreed['matches'])], [true, truth]);
  await net.addContributor();
});

test('an export loads in the native library, and finds the same', async () => {
  const dir = join(net.dir, 'native');
  await mkdir(dir);
  const seen: number[] = [];
  const files = await owner.collections.export(filled.id, { onProgress: ({ loaded, total }) => seen.push(loaded / total) });
  const native = await loadNatively(files, DIMS, dir);
  assert.deepEqual([files.length, native.size, seen[0], seen.at(-1)], [3, COUNT, 0, 1]);
  assert.ok(Array.from({ length: COUNT }, (_, id) => native.has(id)).every(Boolean));
  assert.deepEqual(rows(queries, DIMS).map((query) => native.search(query)), truth);
});

test('storage is paid by the day out of the deposit, and lasts longer when that is extended', async () => {
  const first = await owner.collections.get(filled.id);
  const later = await collectionWhen(owner, filled.id, ({ deposit }) => deposit < first.deposit);
  const { deposit, daysLeft } = await owner.collections.extend(filled.id, 5);
  assert.ok(deposit > later.deposit + 4.9 && daysLeft! > later.daysLeft! + 100, `${later.deposit} credits, then ${deposit}`);
});

test('deleted: nobody finds it any more, and what is left of the deposit is back', async () => {
  const { id } = await owner.collections.create({ dims: DIMS, credits: 50 });
  await owner.submit(insertion(id, some(0, 10)));
  await settled();
  const before = spendable();
  const { deposit } = await owner.collections.get(id);
  await owner.collections.delete(id);
  await owner.until(({ stats }) => Math.round(stats.credits * 1e6) > before);
  assert.ok(spendable() - before > 49e6 && spendable() - before <= deposit * 1e6, `${spendable() - before} of ${deposit}`);
  assert.deepEqual([(await owner.collections.get(id)).status, (await owner.collections.list()).some((collection) => collection.id === id)], ['closed', false]);
  for (const task of [search(id), insertion(id, some(0, 1))]) await assert.rejects(owner.submit(task), { code: 'bad-input', message: /deleted/u });
});

test('by commands: create, insert, list, search, export, delete', async () => {
  const data = join(net.dir, 'cli-owner');
  const command = (args: readonly string[], input?: unknown): Promise<Ended> => run(['collection', ...args, '--relay', net.url, '--data', data, '--json'], input === undefined ? {} : { input: JSON.stringify(input) });
  const ok = async (ended: Promise<Ended>): Promise<Record<string, unknown>> => {
    const { code, json, stderr } = await ended;
    assert.equal(code, 0, stderr);
    return json;
  };
  const { id } = await ok(command(['create', '--dims', String(DIMS), '--name', 'by command', '--days', '5000'])) as { id: string };
  assert.equal((await ok(command(['insert', id], { vectors: rows(some(0, 40), DIMS).map((row) => [...row]) })))['inserted'], 40);
  const { collections } = await ok(command(['list'])) as { collections: Collection[] };
  assert.deepEqual(collections.map(({ name, vectors: size }) => [name, size]), [['by command', 40]]);
  const found = await ok(command(['search', id], { query: [...some(11, 12)], k: 1 }));
  assert.deepEqual([idsOf(found['matches']), found['verified']], [[[11]], true]);
  const out = join(net.dir, 'exported');
  const { files } = await ok(command(['export', id, '--out', out])) as { files: { vectors: number }[] };
  assert.deepEqual([files.map(({ vectors: size }) => size), await readdir(out)], [[40], ['0.usearch']]);
  assert.equal((await ok(command(['delete', id])))['status'], 'closed');
  await writeFile(join(net.dir, 'none.json'), '{');
  const { code, json } = await command(['search', id, '--payload', join(net.dir, 'none.json')]);
  assert.deepEqual([code, (json['error'] as { code: string }).code], [1, 'bad-input']);
});

test('an insertion whose process is killed half-way is finished by the next with the same ids, and nothing is in it twice', async () => {
  const data = join(net.dir, 'interrupted');
  const [target, payload] = [['--relay', net.url, '--data', data, '--json'], join(net.dir, 'many.json')];
  const many = clusteredUnitVectors(2_000, 0, DIMS, 4).vectors;
  const ids = Array.from({ length: 2_000 }, (_, at) => 3 * at);
  await writeFile(payload, JSON.stringify({ vectors: rows(many, DIMS).map((row) => [...row]), ids }));
  const { json: { id } } = await run(['collection', 'create', '--dims', String(DIMS), '--days', '5000', ...target]);
  const insert = ['collection', 'insert', String(id), '--payload', payload, ...target];
  const interrupted = edgeNet(insert);
  await interrupted.line(/^vectors [1-9]\d*\/2000/u);
  await interrupted.kill();

  const { code, json, stderr } = await run(insert);
  assert.deepEqual([code, json['inserted'], json['size']], [0, 2_000, 2_000], stderr);
  assert.match(stderr, /^vectors [1-9]\d*\/2000/mu, 'it began where the other ended');
  const dir = join(net.dir, 'whole');
  assert.equal((await run(['collection', 'export', String(id), '--out', dir, ...target])).code, 0);
  const files = await Promise.all((await readdir(dir)).map(async (name, shard) => ({ shard, vectors: 0, file: new Uint8Array(await readFile(join(dir, name))) })));
  const native = await loadNatively(files, DIMS, dir);
  assert.deepEqual([native.size, ids.every(native.has)], [2_000, true]);
  assert.equal((await run(['collection', 'delete', String(id), ...target])).code, 0);
});

test('in the end every credit is somewhere, and every task was settled once', async () => {
  await owner.collections.delete(filled.id);
  await owner.until(({ stats, ledger }) => stats.escrowed === 0 && isBalanced(ledger!));
  await net.relay.kill('SIGTERM');
  const ledger = await readLedger(join(net.relayDir, 'ledger'), net.network);
  assertEnded(ledger);
  const rents = [...ledger.entries()].flatMap(({ record }) => (record.kind === 'rent' ? [record] : []));
  assert.ok(rents.length > 0 && rents.every(({ pay }) => pay.every(({ why }) => why === 'storage')));
  for (const { released, deposit } of ledger.collections()) assert.deepEqual([released, deposit], ['closed', 0]);
});
