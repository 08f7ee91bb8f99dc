/**
 * An insertion into a collection: cut into tasks on shards, the tasks of one shard one after the other, several shards at
 * once. Each task's new content is made the shard's by a record before the next task on it begins.
 */
import { readIds, readVectors } from '../../kernels/vector_search/payload.js';
import { shardBytes } from '../../kernels/vector_search/shard.js';
import { KernelError } from '../../kernels/kernel.js';
import { workOf } from '../../kernels/vector_insert/manifest.js';
import type { Quote, Task, TaskProgress, TaskResult } from '../api.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Id, ShardEntry } from '../core/record.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import { type CollectionBook, lackingFor } from './collection-book.js';
import { InsertionJournal } from './collection-journal.js';
import { buyPart, compared, keepToBudget, partTask, quoteParts, replicasOf, type Terms, together } from './collection-parts.js';
import { planInsertion, type Slice } from './collection-plan.js';
import { rowsOf, storageCost } from './collection-view.js';
import { bad, type CollectionWorld, findOwn, linked, parametersOf } from './collection-world.js';
import { prepareTask, readOptions } from './tasks.js';

const MICRO = 1_000_000;
/** Shards that are written to at once: more would only wait for the same few workers. */
const SHARDS_AT_ONCE = 4;
/** For each task in a row. */
const PATIENCE_MS = 60_000;
const HOLDERS_PATIENCE_MS = 30_000;
const FIELDS = new Set(['collection', 'vectors', 'ids']);

interface Insertion {
  readonly driver: Driver<PeerState>;
  readonly view: CollectionView;
  /** Row-major. */
  readonly vectors: Float32Array;
  readonly ids: Float64Array;
  readonly journal: InsertionJournal;
  readonly slices: readonly Slice[];
  readonly k: 1 | 2 | 3;
  /** Fewer replicas than that will not do. */
  readonly asked: Terms['k'];
  readonly quote: ReturnType<typeof quoteParts>;
}

export async function quoteInsertion(world: CollectionWorld, book: CollectionBook, task: Task): Promise<Quote> {
  const driver = await linked(world);
  const { amount: _, ...quote } = (await plan(world, book, driver, task, readOptions(task.options, { local: 'never' }, world.random))).quote;
  return quote;
}

/**
 * Has its collection to itself.
 * @param sinceMs when its caller began to wait, by the world's clock
 */
export async function insert(world: CollectionWorld, book: CollectionBook, task: Task, sinceMs: number): Promise<TaskResult> {
  const signal = task.options?.signal;
  const driver = await linked(world, signal);
  const read = readOptions(task.options, { local: 'never' }, world.random);
  if (read.local === 'only') throw bad("The nodes that hold a collection insert into it: options.local cannot be 'only'.");
  const before = await world.memory.recall(read.task);
  if (before && 'result' in before) return before.result;
  const insertion = await plan(world, book, driver, task, read);
  const { slices, view, quote, journal } = insertion;
  keepToBudget(quote.amount, read);
  await keepToFunds(world, book, insertion);
  const terms: Terms = { ...read, ...(task.options?.timeout === undefined ? patience(slices.length, world.clock.now()) : { untilMs: sinceMs + read.timeoutMs }), signal };
  await journal.begin();
  await addShards(book, driver, view.id, Math.max(0, ...slices.map(({ shard }) => shard + 1)));
  await book.note(view.id, { nextId: insertion.ids.reduce((most, id) => Math.max(most, id + 1), (await book.notes(view.id)).nextId) });
  await run(world, book, insertion, terms, task.options?.onProgress);
  const size = rowsOf(driver.state.ledger.collection(view.id)!.record);
  const result = { ...together(terms.task, journal.done), inserted: insertion.ids.length, size };
  await world.memory.remember(terms.task, { result });
  await journal.close();
  return result;
}

/** Where the caller names none, whose would count from its call: a while for each task in a row. */
function patience(parts: number, nowMs: number): Pick<Terms, 'timeoutMs' | 'untilMs'> {
  const timeoutMs = PATIENCE_MS * (1 + Math.ceil(parts / SHARDS_AT_ONCE));
  return { timeoutMs, untilMs: nowMs + timeoutMs };
}

async function plan(world: CollectionWorld, book: CollectionBook, driver: Driver<PeerState>, { payload, options }: Task, terms: Pick<Terms, 'task' | 'k' | 'priority'>): Promise<Insertion> {
  const given = (payload ?? {}) as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(given).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw bad(`\`${unknown}\` is not a field of vector_insert, which takes {collection, vectors, ids?}.`);
  const view = await findOwn(world, driver, given['collection'], options?.signal);
  const { record } = view;
  const parameters = parametersOf(driver);
  const vectors = checked(() => readVectors(given['vectors'], record.dims));
  const count = vectors.length / record.dims;
  const own = given['ids'] === undefined ? undefined : checked(() => readIds(given['ids'], count));
  if (own && new Set(own).size < count) throw bad('`ids` names a vector twice.');
  const journal = await InsertionJournal.open(world.store, view, { ids: own, task: terms.task, nextId: Math.max(rowsOf(record), (await book.notes(view.id)).nextId) }, driver.state.ledger);
  const ids = own ?? Float64Array.from({ length: count }, (_, at) => journal.firstId + at);
  if (!Number.isSafeInteger(journal.firstId + count)) throw bad('`ids`: there are no consecutive numbers left. Name the ids.');
  const slices = planInsertion(journal.missing(count), record, record.shards, parameters);
  const k = replicasOf(driver, view, slices.map(({ shard }) => shard), terms.k, 3);
  const meters = slices.map(({ from, to }) => workOf({ vectors: new Float32Array(), ids: ids.subarray(from, to), ...record, shard: { hash: '', rows: 0, size: 0 } }));
  return { driver, view, vectors, ids, journal, slices, k, asked: terms.k, quote: quoteParts(driver, meters, k, terms.priority) };
}

/** Half an insertion is nobody's wish: refused before the first part where the credits do not last to the end. */
async function keepToFunds({ signer, clock }: CollectionWorld, book: CollectionBook, { driver, view, slices, quote }: Insertion): Promise<void> {
  const { ledger, offsetMs, options: { network: { parameters } } } = driver.state;
  if (parameters.faucet > 0 && !ledger.granted(signer.id)) return; // the first credits are on their way
  const { dims, scalar, replicas, shards } = view.record;
  const rows = new Map(shards.map((entry, shard) => [shard, entry.rows]));
  for (const { shard, from, to } of slices) rows.set(shard, (rows.get(shard) ?? 0) + to - from);
  const aDay = storageCost({ replicas, shards: [...rows.values()].map((count) => ({ size: shardBytes(count, dims, scalar) })) }, parameters);
  const deposit = lackingFor((await book.notes(view.id)).days, aDay, view.deposit);
  const { spendable } = ledger.balances(signer.id, Math.floor((clock.now() + offsetMs) / parameters.epochMs));
  if (spendable >= quote.amount + deposit) return;
  throw new EdgeNetError('insufficient-credits', `The insertion costs ${quote.amount / MICRO} credits and about ${deposit / MICRO} for storage, and the account has ${spendable / MICRO}.`);
}

async function addShards(book: CollectionBook, driver: Driver<PeerState>, id: Id, count: number): Promise<void> {
  if (driver.state.ledger.collection(id)!.record.shards.length >= count) return;
  const empty: ShardEntry = { hash: '', size: 0, rows: 0 };
  await book.update(driver, id, ({ shards }) => ({ shards: [...shards, ...Array<ShardEntry>(Math.max(0, count - shards.length)).fill(empty)] }));
}

async function run(world: CollectionWorld, book: CollectionBook, insertion: Insertion, terms: Terms, onProgress: ((progress: TaskProgress) => void) | undefined): Promise<void> {
  const { slices, journal, ids } = insertion;
  const queues = byShard(slices);
  let failure: EdgeNetError | undefined;
  const tell = (): void => {
    const progress: TaskProgress = { taskId: terms.task, phase: 'vectors', loaded: journal.inserted, total: ids.length };
    onProgress?.(progress);
    world.emit({ type: 'progress', progress });
  };
  tell();
  const work = async (): Promise<void> => {
    for (let queue = queues.shift(); queue; queue = queues.shift()) {
      for (const slice of queue) {
        if (failure) return;
        await insertSlice(world, book, insertion, terms, slice);
        tell();
      }
    }
  };
  // What is under way when one fails is paid for: it may end.
  await Promise.all(Array.from({ length: SHARDS_AT_ONCE }, () => work().catch((error: unknown) => { failure ??= asError(error); })));
  if (failure) throw told(failure, insertion, terms.task);
}

async function insertSlice(world: CollectionWorld, book: CollectionBook, { driver, view: { id }, vectors, ids, journal, k, asked }: Insertion, terms: Terms, { shard, from, to }: Slice): Promise<void> {
  const { clock, watch, random } = world;
  const holders = () => driver.state.ledger.collection(id)?.holders(shard);
  await watch.until(holders, Math.min(terms.untilMs, clock.now() + HOLDERS_PATIENCE_MS), terms.signal);
  const { record } = driver.state.ledger.collection(id)!;
  const { dims, metric, scalar } = record;
  const { hash, rows, size } = record.shards[shard]!;
  const payload = { vectors: vectors.subarray(from * dims, to * dims), ids: ids.subarray(from, to), dims, metric, scalar, shard: { hash, rows, size } };
  const result = await buyPart(world, terms, shard, async (attempt, timeoutMs) => {
    const { turn = 0, holders: { length = k } = [] } = holders() ?? {};
    const task = partTask(journal.task, `${shard}/${hash}/${turn}/${from}/${to}/${attempt}`);
    const prepared = await prepareTask({ type: 'vector_insert', payload }, { local: 'never' }, random);
    return { ...prepared, request: { ...prepared.request, task, k: asked || (Math.max(compared(record), Math.min(k, length)) as 1 | 2 | 3), priority: terms.priority, timeoutMs, on: { collection: id, shard, hash } } };
  });
  const entry = entryOf(result, rows + to - from);
  await journal.note({ shard, from, to, hash: entry.hash, cost: result.cost, workers: result.workers, verified: result.verified });
  await book.update(driver, id, ({ shards }) => ({ shards: shards.map((other, at) => (at === shard ? entry : other)) }));
  journal.confirm({ shard, from });
}

function byShard(slices: readonly Slice[]): Slice[][] {
  const queues = new Map<number, Slice[]>();
  for (const slice of slices) {
    const queue = queues.get(slice.shard);
    if (queue) queue.push(slice);
    else queues.set(slice.shard, [slice]);
  }
  return [...queues.values()];
}

function entryOf({ hash, size, rows }: TaskResult, expected: number): ShardEntry {
  if (rows !== expected || hash === '') throw new EdgeNetError('kernel-failed', `The holders agreed on a shard of ${String(rows)} vectors, where ${expected} are expected.`);
  return { hash, size, rows } as ShardEntry;
}

function told({ code, message, retryAfterMs, cause }: EdgeNetError, { journal, ids }: Insertion, taskId: string): EdgeNetError {
  const { inserted } = journal;
  const which = journal.done.map(({ from, to }) => `${from}–${to - 1}`).join(', ');
  const rest = inserted === 0 ? 'Nothing was inserted.' : `${inserted} of ${ids.length} vectors were inserted: those at ${which}. The same task id, or the same ids, inserts the rest.`;
  return new EdgeNetError(code, `${message} ${rest}`, { taskId, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause });
}

function asError(error: unknown): EdgeNetError {
  return error instanceof EdgeNetError ? error : new EdgeNetError('kernel-failed', error instanceof Error ? error.message : String(error), { cause: error });
}

function checked<T>(read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof KernelError) throw new EdgeNetError(cause.code as EdgeNetErrorCode, cause.message, { cause });
    throw cause;
  }
}

