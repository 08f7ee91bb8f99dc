/** What a page or a command does with a collection: records on the account, tasks on shards, and the two in step. */
import { toBase64url } from '../../src/engine/core/encoding.js';
import type { AccountRequest, TaskRequest } from '../../src/engine/core/event.js';
import type { CollectionView } from '../../src/engine/core/ledger/collections.js';
import type { PeerState } from '../../src/engine/core/peer/peer.js';
import type { Id } from '../../src/engine/core/record.js';
import { readOutput, shardPayload, type Inserted } from '../doubles/shard-kernel.js';
import { Dice } from './dice.js';
import type { SimulatedNode } from './node.js';
import type { Sighting } from './sighting.js';
import type { SimulatedWorld } from './world.js';

type Fields = Omit<Extract<AccountRequest, { kind: 'collection' }>, 'ask' | 'kind'>;

export interface Answer {
  readonly output?: Uint8Array;
  readonly code?: string;
  readonly workers: readonly string[];
}

export class CollectionHost {
  readonly #dice: Dice;
  #asks = 0;
  id: Id = '';

  constructor(private readonly world: SimulatedWorld, private readonly seen: readonly Sighting[], readonly node: SimulatedNode<PeerState>, seed = 1) {
    this.#dice = new Dice(seed, `host of ${node.id}`);
  }

  /** As this node knows it. */
  get view(): CollectionView {
    return this.node.state!.ledger.collection(this.id)!;
  }

  /** @returns the code of the refusal, if it was refused; `silence` where nobody said anything, as after a crash of this node */
  async create(fields: Partial<Fields> = {}): Promise<string | undefined> {
    return this.#write({ collection: '', amount: 1_000_000, name: 'books', dims: 3, metric: 'cos', scalar: 'f32', replicas: 2, access: 'owner', shards: [], ...fields }, (record) => (this.id = record));
  }

  /** Changes what is named, and leaves the rest as it is. */
  async change(fields: Partial<Fields>): Promise<string | undefined> {
    const { name, dims, metric, scalar, replicas, access, shards } = this.view.record;
    return this.#write({ collection: this.id, amount: 0, name, dims, metric, scalar, replicas, access, shards, ...fields }, () => undefined);
  }

  /** With one empty shard. */
  async createWithShard(fields: Partial<Fields> = {}): Promise<void> {
    await this.create(fields);
    await this.change({ shards: [{ hash: '', size: 0, rows: 0 }] });
  }

  async run(kind: 'vector_search' | 'vector_insert', bytes: Uint8Array, changes: Partial<TaskRequest> = {}, host = this.node): Promise<Answer> {
    const { shards } = this.view.record;
    const { hash } = shards[0]!;
    const task = toBase64url(this.#dice.bytes(16));
    host.feed({
      on: 'submit',
      request: {
        task, kind, version: 1, payload: shardPayload(hash, bytes), meter: { price: 1_000, fuel: 1_000 }, k: 2, priority: 'normal', maxAmount: 1_000_000, timeoutMs: 60_000,
        on: { collection: this.id, shard: 0, hash }, ...changes,
      },
    });
    let answer: Answer | undefined;
    await soon(this.world, () => (answer = this.#answerTo(task)) !== undefined, ANSWER_MS_MAX);
    return answer ?? { code: 'silence', workers: [] };
  }

  /** Inserts, and makes what the holders agreed on the shard's content. */
  async insert(bytes: Uint8Array, changes: Partial<TaskRequest> = {}, fields: Partial<Fields> = {}): Promise<Answer> {
    const answer = await this.run('vector_insert', bytes, changes);
    const code = answer.output && (await this.change({ shards: [readOutput<Inserted>(answer.output)], ...fields }));
    return code === undefined ? answer : { code, workers: [] };
  }

  #answerTo(task: string): Answer | undefined {
    for (const sighting of this.seen) {
      if (sighting.saw !== 'notice' || !('task' in sighting.notice) || sighting.notice.task !== task) continue;
      const { notice } = sighting;
      if (notice.note === 'resolved') return { output: notice.output, workers: notice.workers };
      if (notice.note === 'failed' || notice.note === 'untaken') return { code: notice.code, workers: [] };
    }
    return undefined;
  }

  async #write(fields: Fields, done: (record: Id) => void): Promise<string | undefined> {
    const ask = `${this.node.id} ${this.#asks++}`;
    let code: string | undefined;
    let written = false;
    this.node.feed({ on: 'ask', request: { ask, kind: 'collection', ...fields } });
    await soon(this.world, () => this.seen.some((sighting) => {
      if (sighting.saw !== 'notice' || !('ask' in sighting.notice) || sighting.notice.ask !== ask) return false;
      if (sighting.notice.note === 'ask-failed') code = sighting.notice.code;
      else done(sighting.notice.record);
      return (written = true);
    }), ANSWER_MS_MAX);
    return written ? code : 'silence';
  }
}

/** Longer than any task may take. */
const ANSWER_MS_MAX = 70_000;
const STEP_MS = 5;
const PATIENCE_MS = 200_000;

/** Lets time pass until it is so. */
export async function until(world: SimulatedWorld, isSo: () => boolean): Promise<void> {
  if (!(await soon(world, isSo, PATIENCE_MS))) throw new Error(`It never came to that: ${isSo.toString()}`);
}

/** Lets time pass until it is so, or for so long. @returns whether it came to that */
export async function soon(world: SimulatedWorld, isSo: () => boolean, patienceMs: number): Promise<boolean> {
  for (let ms = 0; ms < patienceMs && !isSo(); ms += STEP_MS) await world.pass(STEP_MS);
  return isSo();
}
