/**
 * Shards of collections between a compute worker and its pool. A kernel asks for content and hands content over; whoever
 * holds the shards answers, in the thread of the engine.
 */
import type { ShardAccess } from '../../ports/pool.js';
import { ownBytes } from './bytes.js';
import type { FromWorker, ShardWish, ToWorker } from './protocol.js';

type Call = Extract<FromWorker, { t: 'shard-call' }>;
type Answer = Extract<ToWorker, { t: 'shard-answer' }>;

/** The worker's half. One for all jobs: an answer finds its call by number. */
export class ShardCaller {
  readonly #waiting = new Map<number, { resolve(answer: Answer): void; reject(error: Error): void }>();
  #calls = 0;

  constructor(private readonly post: (message: Call, transfer?: ArrayBuffer[]) => void) {}

  /** What a kernel is given for the job `id`. */
  access(id: number): ShardAccess {
    return {
      has: async (hash) => (await this.#call(id, { wish: 'has', hash })).held,
      read: async (hash) => (await this.#call(id, { wish: 'read', hash })).bytes!,
      write: async (hash, plain) => (await this.#call(id, { wish: 'write', hash, bytes: ownBytes(plain) })).kept!,
    };
  }

  onAnswer(answer: Answer): void {
    const call = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if (answer.failure === undefined) call?.resolve(answer);
    else call?.reject(new Error(answer.failure));
  }

  #call(id: number, wish: ShardWish): Promise<Answer> {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.post({ t: 'shard-call', id, call, ...wish }, wish.wish === 'write' ? [wish.bytes.buffer] : undefined);
    });
  }
}

/** The pool's half. It does not rely on the worker's: a job that is on no shard has no access to any. */
export async function answerShardCall(shards: ShardAccess | undefined, call: Call): Promise<Answer> {
  try {
    if (!shards) throw new Error('This task is on no shard.');
    return { t: 'shard-answer', call: call.call, ...(await grant(shards, call)) };
  } catch (error) {
    return { t: 'shard-answer', call: call.call, failure: error instanceof Error ? error.message : String(error) };
  }
}

async function grant(shards: ShardAccess, wish: ShardWish): Promise<Pick<Answer, 'held' | 'bytes' | 'kept'>> {
  switch (wish.wish) {
    case 'has':
      return { held: await shards.has(wish.hash) };
    case 'read':
      return { bytes: ownBytes(await shards.read(wish.hash)) };
    case 'write':
      return { kept: await shards.write(wish.hash, wish.bytes) };
  }
}
