/** A task on a collection as tasks on its shards: what they cost together, who does them, and how long each is tried. */
import type { Quote, TaskOptions, TaskResult } from '../api.js';
import { escrowAmount } from '../core/assignment/price.js';
import { hash, toBase64url } from '../core/encoding.js';
import type { CollectionView } from '../core/ledger/collections.js';
import type { PeerState } from '../core/peer/peer.js';
import type { CollectionRecord, Micro } from '../core/record.js';
import type { Driver } from '../driver/driver.js';
import { EdgeNetError, type EdgeNetErrorCode } from '../error.js';
import { bad, type CollectionWorld, othersOf, parametersOf } from './collection-world.js';
import type { PreparedTask, ReadOptions } from './tasks.js';
import { aborted } from './watch.js';

const MICRO = 1_000_000;
const TASK_ID_BYTES = 16;
/** A shard whose holders are on their way, or being replaced, is asked for again so soon. */
const RETRY_MS = 500;

/** Nobody was there, or was quick enough: nothing was paid, and others may be next. */
const PASSING: ReadonlySet<EdgeNetErrorCode> = new Set<EdgeNetErrorCode>(['no-workers', 'timeout']);

/** Options of the whole, for its parts to heed. */
export interface Terms extends ReadOptions {
  readonly untilMs: number;
  readonly signal: AbortSignal | undefined;
}

/** What one part costs, before redundancy and priority. */
export interface Meter {
  readonly price: Micro;
  readonly fuel: number;
}

export function quoteParts(driver: Driver<PeerState>, meters: readonly Meter[], k: number, priority: Terms['priority']): Quote & { readonly amount: Micro } {
  const { payMin } = parametersOf(driver);
  const amount = meters.reduce((sum, { price }) => sum + escrowAmount(price, k as Terms['k'], priority, payMin), 0);
  return { amount, cost: amount / MICRO, perReplica: amount / k / MICRO, redundancy: k, fuel: meters.reduce((sum, { fuel }) => sum + fuel, 0) };
}

/** @throws EdgeNetError `over-budget`, before anything is bought */
export function keepToBudget(amount: Micro, { maxAmount, task }: Pick<Terms, 'maxAmount' | 'task'>): void {
  if (amount > maxAmount) throw new EdgeNetError('over-budget', `The task costs ${amount / MICRO} credits and maxCredits is ${maxAmount / MICRO}. Raise maxCredits or lower the redundancy.`, { taskId: task });
}

/**
 * Replicas of a part: as many as are asked for, else of the holders as many as `most`, and two at least where a shard is
 * held twice. A holder that is not there yet is waited for: nobody asked for less than a comparison.
 * @throws EdgeNetError `bad-input` where more are asked for than hold a shard
 */
export function replicasOf(driver: Driver<PeerState>, { record, holders }: CollectionView, shards: readonly number[], asked: Terms['k'], most: number): 1 | 2 | 3 {
  if (asked > record.replicas) throw bad(`options.redundancy is ${asked}, and ${record.replicas} nodes hold each shard of this collection.`);
  if (asked > 0) return asked as 1 | 2 | 3;
  const known = shards.map((shard) => holders(shard)?.holders.length || Math.min(record.replicas, othersOf(driver)));
  return Math.max(compared(record), Math.min(most, record.replicas, ...known)) as 1 | 2 | 3;
}

/** Replicas that a result is compared between, where nobody asks for more or fewer. */
export function compared({ replicas }: Pick<CollectionRecord, 'replicas'>): number {
  return Math.min(2, replicas);
}

/** The same part of the same task has the same name: the next engine finds it bought. */
export function partTask(task: string, part: string): string {
  return toBase64url(hash(`${task}\n${part}`).subarray(0, TASK_ID_BYTES));
}

/**
 * Buys one part, again and again while nobody who holds its shard is there or has time.
 * @param prepare makes the part; `attempt` counts from 0
 */
export async function buyPart(world: CollectionWorld, terms: Terms, shard: number, prepare: (attempt: number, timeoutMs: number) => Promise<PreparedTask>, onProgress?: TaskOptions['onProgress']): Promise<TaskResult> {
  const { signal, untilMs, timeoutMs, task: taskId } = terms;
  let last: EdgeNetError | undefined;
  for (let attempt = 0; ; attempt += 1) {
    if (signal?.aborted) throw aborted();
    const leftMs = untilMs - world.clock.now();
    if (leftMs <= 0) throw last ?? new EdgeNetError('timeout', `Shard ${shard} was not done within ${timeoutMs} ms. Raise options.timeout.`, { taskId });
    try {
      return await world.buy(await prepare(attempt, leftMs), { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) });
    } catch (error) {
      last = ofShard(error as EdgeNetError, shard, taskId);
      if (!PASSING.has(last.code) && last.retryAfterMs === undefined) throw last;
      const waitMs = last.retryAfterMs ?? RETRY_MS;
      if (world.clock.now() + waitMs >= untilMs) throw last;
      await world.watch.pause(waitMs, signal);
    }
  }
}

function ofShard({ code, message, retryAfterMs, cause }: EdgeNetError, shard: number, taskId: string): EdgeNetError {
  if (code === 'aborted') return aborted();
  return new EdgeNetError(code, `Shard ${shard} of the collection: ${message}`, { taskId, ...(retryAfterMs === undefined ? {} : { retryAfterMs }), cause });
}

/** What all parts' results say together of who worked, and for how much. */
export function together(taskId: string, parts: readonly Pick<TaskResult, 'cost' | 'workers' | 'verified'>[]): TaskResult {
  return {
    taskId,
    cost: parts.reduce((sum, { cost }) => sum + Math.round(cost * MICRO), 0) / MICRO,
    workers: [...new Set(parts.flatMap(({ workers }) => workers))],
    verified: parts.length > 0 && parts.every(({ verified }) => verified),
  };
}
