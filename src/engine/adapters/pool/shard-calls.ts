/**
 * Shards of collections between a compute worker and its pool. A kernel asks for content and hands content over; whoever
 * holds the shards answers, in the thread of the engine.
 */
import type { ShardAccess } from '../../ports/pool.js';
import { ownBytes } from './bytes.js';
import type { FromWorker, ToWorker } from './protocol.js';

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
      read: async (hash) => (await this.#call(id, hash)).bytes!,
      write: async (hash, plain) => (await this.#call(id, hash, plain)).kept!,
    };
  }

  onAnswer(answer: Answer): void {
    const call = this.#waiting.get(answer.call);
    this.#waiting.delete(answer.call);
    if (answer.failure === undefined) call?.resolve(answer);
    else call?.reject(new Error(answer.failure));
  }

  #call(id: number, hash: string, plain?: Uint8Array): Promise<Answer> {
    const call = ++this.#calls;
    const bytes = plain && ownBytes(plain);
    return new Promise((resolve, reject) => {
      this.#waiting.set(call, { resolve, reject });
      this.post({ t: 'shard-call', id, call, hash, ...(bytes ? { bytes } : {}) }, bytes && [bytes.buffer]);
    });
  }
}

/** The pool's half. A job that is about no shard has no access to any. */
export async function answerShardCall(shards: ShardAccess | undefined, { call, hash, bytes }: Call): Promise<Answer> {
  try {
    if (!shards) throw new Error('This task is about no shard.');
    if (bytes) return { t: 'shard-answer', call, kept: await shards.write(hash, bytes) };
    return { t: 'shard-answer', call, bytes: ownBytes(await shards.read(hash)) };
  } catch (error) {
    return { t: 'shard-answer', call, failure: error instanceof Error ? error.message : String(error) };
  }
}
