/** A search of a collection: one task for each shard that has vectors, and the best of all their matches. */
import type { Quote, Task, TaskProgress, TaskResult } from '../api.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { ShardEntry } from '../core/record.js';
import { buyPart, keepToBudget, partTask, quoteParts, replicasOf, type Terms, together } from './collection-parts.js';
import { bad, type CollectionWorld, find, linked, refuseIfOver } from './collection-world.js';
import { prepareTask, type PreparedTask, readOptions } from './tasks.js';

const REPLICAS = 2;

interface Match {
  readonly id: number;
  readonly score: number;
}

interface Part {
  readonly shard: number;
  readonly prepared: PreparedTask;
}

interface Search {
  readonly dims: number;
  readonly terms: Terms;
  readonly parts: readonly Part[];
  readonly quote: ReturnType<typeof quoteParts>;
}

export async function quoteSearch(world: CollectionWorld, task: Task): Promise<Quote> {
  const { amount: _, ...quote } = (await plan(world, task)).quote;
  return quote;
}

export async function search(world: CollectionWorld, task: Task): Promise<TaskResult> {
  const { terms, parts, quote, dims } = await plan(world, task);
  keepToBudget(quote.amount, terms);
  const { k, query } = task.payload as { readonly k: number; readonly query: ArrayLike<unknown> | undefined };
  if (parts.length === 0) return { ...together(terms.task, []), matches: noMatches(query, dims) };
  await world.memory.remember(terms.task, { k, shards: parts.map(({ shard }) => shard) });
  let done = 0;
  const tell = (): void => {
    const progress: TaskProgress = { taskId: terms.task, phase: 'shards', loaded: done, total: parts.length };
    task.options?.onProgress?.(progress);
    world.emit({ type: 'progress', progress });
  };
  tell();
  const others = new AbortController();
  const stop = (): void => others.abort();
  terms.signal?.addEventListener('abort', stop, { once: true });
  try {
    const results = await Promise.all(parts.map(async ({ shard, prepared }) => {
      const result = await buyPart(world, { ...terms, signal: others.signal }, shard, async (attempt, timeoutMs) => again(prepared, terms, shard, attempt, timeoutMs));
      done += 1;
      tell();
      return result;
    }));
    return whole(terms.task, results, k);
  } catch (error) {
    stop(); // one shard's matches would be missing: the others are of no use
    throw error;
  } finally {
    terms.signal?.removeEventListener('abort', stop);
  }
}

/** From the results of its parts, whichever try of each was bought last. */
export async function recallSearch(world: CollectionWorld, taskId: string, { k, shards }: { readonly k: number; readonly shards: readonly number[] }): Promise<TaskResult> {
  const { state } = await linked(world);
  const results = shards.map((shard) => {
    let attempt = 0;
    while (state.submissions.has(partTask(taskId, `${shard}/${attempt + 1}`))) attempt += 1;
    return world.result(partTask(taskId, `${shard}/${attempt}`));
  });
  return whole(taskId, await Promise.all(results), k);
}

function whole(taskId: string, parts: readonly TaskResult[], k: number): TaskResult {
  return { ...together(taskId, parts), matches: merge(parts.map(({ matches }) => matches as Match[][]), k) };
}

async function plan(world: CollectionWorld, { payload, options }: Task): Promise<Search> {
  const read = readOptions(options, { local: 'never' }, world.random);
  if (read.local === 'only') throw bad("A collection is searched by the nodes that hold it: options.local cannot be 'only'.");
  const signal = options?.signal;
  const terms = { ...read, untilMs: world.clock.now() + read.timeoutMs, signal };
  const { collection, ...rest } = payload as Readonly<Record<string, unknown>>;
  const driver = await linked(world, signal);
  const view = await find(world, driver, collection, signal);
  refuseIfOver(view);
  const { record, owner } = view;
  if (record.access === 'owner' && owner !== world.signer.id) throw bad('Only the account that created this collection may search it.');
  if (rest['metric'] !== undefined && rest['metric'] !== record.metric) throw bad(`\`metric\`: the collection was created for "${record.metric}".`);
  const filled = [...record.shards.entries()].filter(([, { rows }]) => rows > 0);
  const k = replicasOf(driver, view, filled.map(([shard]) => shard), terms.k, REPLICAS);
  const parts = await Promise.all(filled.map(([shard, entry]) => preparePart(world, view, { shard, entry, payload: rest, terms: { ...terms, k } })));
  return { dims: record.dims, terms, parts, quote: quoteParts(driver, parts.map(({ prepared }) => prepared.request.meter), k, terms.priority) };
}

async function preparePart(world: CollectionWorld, { id, record }: CollectionView, { shard, entry, payload, terms }: { readonly shard: number; readonly entry: ShardEntry; readonly payload: object; readonly terms: Terms }): Promise<Part> {
  const { hash, rows, size } = entry;
  const type = 'vector_search';
  const prepared = await prepareTask({ type, payload: { ...payload, dims: record.dims, metric: record.metric, shard: { hash, rows, size } } }, { local: 'never' }, world.random);
  return { shard, prepared: { ...prepared, request: { ...prepared.request, k: terms.k, priority: terms.priority, on: { collection: id, shard, hash } } } };
}

function again({ request, ...rest }: PreparedTask, { task }: Terms, shard: number, attempt: number, timeoutMs: number): PreparedTask {
  return { ...rest, request: { ...request, task: partTask(task, `${shard}/${attempt}`), timeoutMs } };
}

/** Best first; equal scores by id, whichever shard they come from. */
export function merge(parts: readonly (readonly (readonly Match[])[])[], k: number): Match[][] {
  const queries = parts[0]?.length ?? 0;
  return Array.from({ length: queries }, (_, query) => parts
    .flatMap((matches) => matches[query] ?? [])
    .sort((left, right) => right.score - left.score || left.id - right.id)
    .slice(0, k));
}

/** Nothing was inserted yet. */
function noMatches(query: ArrayLike<unknown> = [], dims: number): Match[][] {
  const queries = typeof query[0] === 'number' ? query.length / dims : query.length;
  if (!Number.isInteger(queries) || queries < 1) throw bad(`\`query\` must be a vector of ${dims} numbers, or several.`);
  return Array.from({ length: queries }, () => []);
}
