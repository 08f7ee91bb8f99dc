/** What is kept of tasks on collections for a day, so that one whose promise was lost is neither lost nor done twice. */
import type { TaskResult } from '../api.js';
import type { Clock } from '../ports/clock.js';
import type { Storage } from '../ports/storage.js';

const DAY_MS = 86_400_000;
const PREFIX = 'host/task/';

/** A search is made of the results of its parts, which the network keeps; an insertion leaves nothing but this. */
export type Remembered =
  | { readonly k: number; readonly shards: readonly number[] }
  | { readonly result: TaskResult };

export class CollectionMemory {
  constructor(private readonly store: Storage, private readonly clock: Clock) {}

  async remember(taskId: string, what: Remembered): Promise<void> {
    const now = this.clock.now();
    const old = (await this.store.entries(PREFIX)).filter(([, value]) => (JSON.parse(String(value)) as { at: number }).at < now - DAY_MS);
    await this.store.write([...old.map(([key]) => [key, null] as const), [PREFIX + taskId, JSON.stringify({ ...what, at: now })]]);
  }

  async recall(taskId: string): Promise<Remembered | undefined> {
    const value = await this.store.get(PREFIX + taskId);
    return typeof value === 'string' ? (JSON.parse(value) as Remembered) : undefined;
  }
}
