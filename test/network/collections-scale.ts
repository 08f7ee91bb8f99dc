/**
 * A collection at scale, with a relay and contributors as processes: inserted, searched, and searched on while two holders
 * of one shard are killed at once. `npm run collections -- --json` prints what came of it as one JSON object.
 */
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { clusteredUnitVectors, recall } from '../kernels/vector_search-vectors.js';
import { collectionWhen, exactNeighbours, holdersOf, idsOf, isWhole, K, loadNatively, rows } from './collection-tools.js';
import { isBalanced, type NetOptions, startNet } from './harness.js';

const CREDIT = 1_000_000;
const TIMEOUT_MS = 900_000;
/** For the owner's keys: here one process owns, prepares megabytes and looks for exact neighbours, beside all the others. */
const GRACE_MS = 15_000;
export const RECALL_MIN = 0.95;

export interface ScaleOptions {
  readonly vectors: number;
  readonly dims: number;
  readonly queries: number;
  readonly contributors: number;
  readonly parameters?: NetOptions['parameters'];
  say?(line: string): void;
}

interface Searched {
  readonly recall: number;
  readonly seconds: number;
  readonly verified: boolean;
  /** Whose results were taken. */
  readonly workers: number;
}

export interface ScaleReport extends Pick<ScaleOptions, 'vectors' | 'dims' | 'queries' | 'contributors'> {
  readonly replicas: number;
  readonly shards: number;
  /** Of one replica. */
  readonly bytes: number;
  readonly insert: { readonly seconds: number; readonly credits: number; readonly quoted: number; readonly verified: boolean };
  readonly before: Searched;
  /** Asked of one holder each at once after the two were killed: the third answers. */
  readonly during: Searched;
  /** Asked of two holders each at the same moment: one shard had only one left, and another was found. */
  readonly repairing: Searched;
  /** Drawn from three holders of each shard that have its content, none of them one that was killed. */
  readonly after: Searched;
  readonly killed: number;
  readonly restoredSeconds: number;
  /** As the native library reads the export. */
  readonly exported: { readonly files: number; readonly ids: number; readonly recall: number; readonly seconds: number };
  readonly conservation: boolean;
}

export async function runScale({ vectors: count, dims, queries: queryCount, contributors, parameters = {}, say = () => undefined }: ScaleOptions): Promise<ScaleReport> {
  const { vectors, queries } = clusteredUnitVectors(count, queryCount, dims, 7);
  const asked = rows(queries, dims);
  say(`${count} vectors of ${dims} dimensions; looking for the exact neighbours of ${queryCount} queries`);
  const truth = exactNeighbours(vectors, asked);
  const net = await startNet({ contributors, parameters: { faucet: 1_000_000 * CREDIT, holderGraceMs: 2_000, graceMs: GRACE_MS, ...parameters } });
  try {
    const owner = await net.open();
    const { id } = await owner.collections.create({ name: 'scale', dims });

    const insertion = { type: 'vector_insert', payload: { collection: id, vectors }, options: { timeout: TIMEOUT_MS, onProgress: ({ loaded, total }: { loaded: number; total: number }) => say(`inserted ${loaded} of ${total}`) } };
    const { cost: quoted } = await owner.quote(insertion);
    const [inserted, insertSeconds] = await timed(() => owner.submit(insertion));
    assert.deepEqual([inserted['inserted'], inserted['size']], [count, count]);
    const { shards, bytes, replicas } = await collectionWhen(owner, id, isWhole);
    say(`${shards.length} shards of ${bytes} bytes in all, each with ${replicas} holders; ${inserted.cost} credits in ${insertSeconds} s`);

    const search = async (redundancy: number): Promise<Searched> => {
      const [result, seconds] = await timed(() => owner.submit({ type: 'vector_search', payload: { collection: id, query: asked.map((query) => [...query]), k: K }, options: { redundancy, timeout: TIMEOUT_MS } }));
      return { recall: recall(truth, idsOf(result['matches'])), seconds, verified: result.verified, workers: result.workers.length };
    };
    const before = await search(2);
    say(`before: recall ${before.recall} in ${before.seconds} s`);

    const killed = shards[0]!.holders.slice(0, 2);
    const killedAt = performance.now();
    const victims = net.contributors.filter((contributor) => killed.includes(contributor.id));
    await Promise.all(victims.map(({ kill }) => kill()));
    const [during, repairing, restored] = await Promise.all([
      search(1), search(2), collectionWhen(owner, id, (collection) => isWhole(collection) && killed.every((node) => !holdersOf(collection).has(node))),
    ]);
    say(`during: recall ${during.recall} in ${during.seconds} s by one holder each, ${repairing.recall} in ${repairing.seconds} s by two`);
    // Certified only where so many holders have said that they have the content.
    const after = await search(restored.replicas);
    const restoredSeconds = secondsSince(killedAt);
    say(`after: recall ${after.recall} with ${restored.replicas} holders of each shard, ${restoredSeconds} s after the kill`);

    const dir = join(net.dir, 'export');
    await mkdir(dir);
    const [files, exportSeconds] = await timed(() => owner.collections.export(id));
    const native = await loadNatively(files, dims, dir);
    const ids = Array.from({ length: count }, (_, at) => at).filter((at) => native.has(at)).length;
    assert.equal(native.size, count);
    const exported = { files: files.length, ids, recall: recall(truth, asked.map((query) => native.search(query))), seconds: exportSeconds };
    say(`export: ${files.length} files, ${ids} ids, recall ${exported.recall} in the native library`);

    await owner.until(({ ledger }) => ledger !== null && isBalanced(ledger));
    return {
      vectors: count, dims, queries: queryCount, contributors, replicas, shards: shards.length, bytes,
      insert: { seconds: insertSeconds, credits: inserted.cost, quoted, verified: inserted.verified },
      before, during, repairing, after, killed: victims.length, restoredSeconds, exported, conservation: isBalanced(owner.state.ledger!),
    };
  } finally {
    await net.close();
  }
}

/** What the demonstration is to show. */
export function assertShown({ vectors, insert, before, during, repairing, after, killed, replicas, exported, conservation }: ScaleReport): void {
  for (const { recall: found } of [before, during, repairing, after, exported]) assert.ok(found >= RECALL_MIN, `recall ${found}`);
  assert.deepEqual([insert.credits, insert.verified, before.verified, repairing.verified, after.verified], [insert.quoted, true, true, true, true]);
  assert.deepEqual([killed, replicas, exported.ids, conservation], [2, 3, vectors, true]);
}

async function timed<T>(work: () => Promise<T>): Promise<readonly [T, seconds: number]> {
  const from = performance.now();
  return [await work(), secondsSince(from)];
}

function secondsSince(from: number): number {
  return Math.round((performance.now() - from) / 10) / 100;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { values } = parseArgs({ options: { vectors: { type: 'string', default: '100000' }, dims: { type: 'string', default: '96' }, queries: { type: 'string', default: '50' }, contributors: { type: 'string', default: '6' }, json: { type: 'boolean' } } });
  const report = await runScale({
    vectors: Number(values.vectors), dims: Number(values.dims), queries: Number(values.queries), contributors: Number(values.contributors),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  process.stdout.write(`${JSON.stringify(report, null, values.json ? 0 : 2)}\n`);
  assertShown(report);
  process.exit();
}
