/** The records an owner writes of its collections: one after the other for each, with storage laid by as they grow. */
import type { NewCollection } from '../api.js';
import type { CollectionRecord, Id, Micro } from '../core/record.js';
import type { PeerState } from '../core/peer/peer.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError } from '../error.js';
import { storedBytes } from './collection-plan.js';
import { storageCost } from './collection-view.js';
import { bad, type CollectionWorld, findOwn, parametersOf } from './collection-world.js';
import { Turns } from './turns.js';

const MICRO = 1_000_000;
const DAYS = 30;
const NAME_LENGTH_MAX = 64;
const DIMS_MAX = 4_096;
const GRANT_PATIENCE_MS = 10_000;

type Fields = Pick<CollectionRecord, 'name' | 'dims' | 'metric' | 'scalar' | 'replicas' | 'access' | 'shards'>;
/** What its owner remembers of a collection that is in no record. */
interface Notes {
  /** To lay by for. */
  readonly days: number;
  /** Above all ids that were inserted. */
  readonly nextId: number;
}

const KNOWN = new Set<string>(['name', 'dims', 'metric', 'storage', 'replicas', 'access', 'vectors', 'days', 'credits'] satisfies (keyof NewCollection)[]);

export class CollectionBook {
  readonly #turns = new Turns();

  constructor(private readonly world: CollectionWorld) {}

  /** @throws EdgeNetError */
  async create(driver: Driver<PeerState>, given: NewCollection): Promise<Id> {
    const fields = readFields(given);
    const { vectors = 0, credits, days = credits === undefined ? DAYS : 0 } = given;
    if (!(days >= 0) || !Number.isFinite(days)) throw bad('days is a number of storage days, 0 or more.');
    if (!Number.isSafeInteger(vectors) || vectors < 0) throw bad('vectors is the number of vectors that are expected, 0 or more.');
    const parameters = parametersOf(driver);
    const expected = storedBytes(vectors, fields, parameters).map((size) => ({ size }));
    const amount = credits === undefined ? Math.ceil(days * storageCost({ replicas: fields.replicas, shards: expected }, parameters)) : microOf(credits);
    const id = await this.#ask(driver, { kind: 'collection', collection: '', amount, ...fields });
    await this.note(id, { days });
    return id;
  }

  /** @param change of the record as it is when its turn comes */
  async update(driver: Driver<PeerState>, id: Id, change: (record: CollectionRecord) => Partial<Fields>): Promise<void> {
    const { days } = await this.notes(id);
    await this.#write(driver, id, (view, fields) => {
      const changed = { ...fields, ...change(view.record) };
      return { ...changed, amount: lackingFor(days, storageCost(changed, parametersOf(driver)), view.deposit) };
    });
  }

  async extend(driver: Driver<PeerState>, id: Id, credits: number): Promise<void> {
    const amount = microOf(credits);
    if (amount === 0) throw bad('An amount is a number of credits above 0.');
    await this.#write(driver, id, (_, fields) => ({ ...fields, amount }));
  }

  async close(driver: Driver<PeerState>, id: Id): Promise<void> {
    await this.#write(driver, id, (_, fields) => ({ ...fields, shards: [], amount: 0, closed: true }));
    await this.world.store.write([[notesKey(id), null]]);
  }

  async notes(id: Id): Promise<Notes> {
    const stored = await this.world.store.get(notesKey(id));
    return { days: DAYS, nextId: 0, ...(typeof stored === 'string' ? (JSON.parse(stored) as Partial<Notes>) : {}) };
  }

  async note(id: Id, change: Partial<Notes>): Promise<void> {
    await this.#turns.take(`note/${id}`, async () => this.world.store.write([[notesKey(id), JSON.stringify({ ...(await this.notes(id)), ...change })]]));
  }

  #write(driver: Driver<PeerState>, id: Id, make: (view: Awaited<ReturnType<typeof findOwn>>, fields: Fields) => Fields & { readonly amount: Micro; readonly closed?: true }): Promise<void> {
    return this.#turns.take(id, async () => {
      const view = await findOwn(this.world, driver, id);
      const { name, dims, metric, scalar, replicas, access, shards } = view.record;
      await this.#ask(driver, { kind: 'collection', collection: id, ...make(view, { name, dims, metric, scalar, replicas, access, shards }) });
    });
  }

  /** A new account's first credits may still be on their way. */
  async #ask(driver: Driver<PeerState>, order: Parameters<CollectionWorld['ask']>[0]): Promise<Id> {
    const { clock, watch, signer, ask } = this.world;
    try {
      return await ask(order);
    } catch (error) {
      const isGranted = (): boolean => driver.state.ledger.granted(signer.id);
      if ((error as EdgeNetError).code !== 'insufficient-credits' || parametersOf(driver).faucet === 0 || isGranted()) throw error;
      await watch.until(() => isGranted() || undefined, clock.now() + GRANT_PATIENCE_MS);
      return ask(order);
    }
  }
}

/** To be laid by so that a deposit lasts; one storage day is the least that is certified. */
export function lackingFor(days: number, aDay: Micro, deposit: Micro): Micro {
  return Math.max(0, Math.ceil(Math.max(1, days) * aDay) - deposit);
}

function notesKey(id: Id): string {
  return `host/collection/${id}`;
}

function microOf(credits: number): Micro {
  const micro = Math.round(credits * MICRO);
  if (!(micro >= 0) || !Number.isSafeInteger(micro)) throw bad('credits is a number of credits, 0 or more.');
  return micro;
}

/** @throws EdgeNetError `bad-input` that names the field */
function readFields(given: NewCollection): Fields {
  if (typeof given !== 'object' || given === null) throw bad('A collection is created from {dims, name?, metric?, storage?, replicas?, access?, days? or credits?}.');
  const unknown = Object.keys(given).find((field) => !KNOWN.has(field));
  if (unknown !== undefined) throw bad(`\`${unknown}\` is no setting of a collection. There are: ${[...KNOWN].join(', ')}.`);
  const { name = '', dims, metric = 'cos', storage = 'f16', replicas = 3, access = 'owner' } = given;
  if (typeof name !== 'string' || name.length > NAME_LENGTH_MAX) throw bad(`name has ${NAME_LENGTH_MAX} characters at most.`);
  if (!Number.isSafeInteger(dims) || dims < 1 || dims > DIMS_MAX) throw bad(`dims is the number of a vector's dimensions, 1 to ${DIMS_MAX}.`);
  if (!['cos', 'ip', 'l2'].includes(metric)) throw bad("metric is 'cos', 'ip' or 'l2'.");
  if (!['f32', 'f16', 'i8'].includes(storage)) throw bad("storage is 'f32', 'f16' or 'i8'.");
  if (storage === 'i8' && metric !== 'cos') throw bad("storage 'i8' goes with the metric 'cos' only.");
  if (![1, 2, 3].includes(replicas)) throw bad('replicas is 1, 2 or 3.');
  if (!['owner', 'anyone'].includes(access)) throw bad("access is 'owner' or 'anyone'.");
  return { name, dims, metric, scalar: storage, replicas: replicas as Fields['replicas'], access, shards: [] };
}
