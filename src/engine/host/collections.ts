/**
 * Collections, above the protocol: what their owner calls, and tasks on them as tasks on their shards. Loaded with the
 * first call that is about one.
 */
import type { Collection, Collections, NewCollection, Quote, Task, TaskResult } from '../api.js';
import type { Shelf } from '../driver/shelf.js';
import { CollectionBook } from './collection-book.js';
import { CollectionExports, type ShardNotice } from './collection-export.js';
import { insert, quoteInsertion } from './collection-insert.js';
import { journalPrefix } from './collection-journal.js';
import { quoteSearch, recallSearch, search } from './collection-search.js';
import { present } from './collection-view.js';
import { type CollectionWorld, find, findOwn, linked, parametersOf } from './collection-world.js';
import { Turns } from './turns.js';

/** Deleting takes the witness's word, and shows in the ledger. */
const RELEASE_PATIENCE_MS = 10_000;

export class CollectionHost implements Collections {
  readonly #book: CollectionBook;
  readonly #exports: CollectionExports;
  readonly #insertions = new Turns();

  constructor(private readonly world: CollectionWorld, shelf: () => Pick<Shelf, 'decrypt'>) {
    this.#book = new CollectionBook(world);
    this.#exports = new CollectionExports(world, shelf);
  }

  onNotice(notice: ShardNotice): void {
    this.#exports.onNotice(notice);
  }

  submit(task: Task): Promise<TaskResult> {
    if (task.type === 'vector_search') return search(this.world, task);
    const sinceMs = this.world.clock.now();
    const { collection } = (task.payload ?? {}) as { readonly collection?: unknown };
    return this.#insertions.take(String(collection), () => insert(this.world, this.#book, task, sinceMs), task.options?.signal);
  }

  /** Of a task on a collection, bought in this life or an earlier one; undefined for any other. */
  async result(taskId: string): Promise<TaskResult | undefined> {
    const remembered = await this.world.memory.recall(taskId);
    if (!remembered) return undefined;
    return 'result' in remembered ? remembered.result : recallSearch(this.world, taskId, remembered);
  }

  quote(task: Task): Promise<Quote> {
    return task.type === 'vector_search' ? quoteSearch(this.world, task) : quoteInsertion(this.world, this.#book, task);
  }

  async create(settings: NewCollection): Promise<Collection> {
    const driver = await linked(this.world);
    return this.get(await this.#book.create(driver, settings));
  }

  async list(): Promise<Collection[]> {
    const driver = await linked(this.world);
    const open = driver.state.ledger.collections(this.world.signer.id).filter(({ released, record }) => !released && !record.closed);
    return open.map((view) => present(view, parametersOf(driver)));
  }

  async get(id: string): Promise<Collection> {
    const driver = await linked(this.world);
    return present(await find(this.world, driver, id), parametersOf(driver));
  }

  async export(id: string, options: Parameters<Collections['export']>[1] = {}): ReturnType<Collections['export']> {
    return this.#exports.export(await linked(this.world, options.signal), id, options);
  }

  async extend(id: string, credits: number): Promise<Collection> {
    await this.#book.extend(await linked(this.world), id, credits);
    return this.get(id);
  }

  /** After the insertions that are under way: what of them is paid for would be refused otherwise. */
  delete(id: string): Promise<void> {
    return this.#insertions.take(String(id), () => this.#delete(id));
  }

  async #delete(id: string): Promise<void> {
    const { clock, watch, store } = this.world;
    const driver = await linked(this.world);
    await findOwn(this.world, driver, id);
    await this.#book.close(driver, id);
    const journals = await store.entries(journalPrefix(id));
    await store.write(journals.map(([key]) => [key, null] as const));
    await watch.until(() => driver.state.ledger.collection(id)?.released, clock.now() + RELEASE_PATIENCE_MS);
  }
}
