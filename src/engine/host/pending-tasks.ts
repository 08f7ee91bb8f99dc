/** Tasks that somebody waits for. Several may wait for one: they share its progress and its end. */
import type { TaskProgress, TaskResult } from '../api.js';
import { EdgeNetError } from '../error.js';
import type { PreparedTask } from './tasks.js';

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  onProgress?(progress: TaskProgress): void;
}

/** A task with its caller's patience. */
export interface Purchase extends PreparedTask {
  /** When it was submitted, and until when its caller waits, by the engine's clock. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

interface Waiter extends Pick<WaitOptions, 'onProgress'> {
  resolve(result: TaskResult): void;
  reject(error: EdgeNetError): void;
}

interface PendingTask {
  /** Undefined while the task is only asked for, not submitted. */
  purchase: Purchase | undefined;
  readonly waiters: Set<Waiter>;
}

export class PendingTasks {
  readonly #tasks = new Map<string, PendingTask>();

  /** @param abandoned called when the last who waits for a task has aborted it */
  constructor(private readonly abandoned: (taskId: string) => void) {}

  get size(): number {
    return this.#tasks.size;
  }

  ids(): string[] {
    return [...this.#tasks.keys()];
  }

  has(taskId: string): boolean {
    return this.#tasks.has(taskId);
  }

  purchase(taskId: string): Purchase | undefined {
    return this.#tasks.get(taskId)?.purchase;
  }

  wait(taskId: string, purchase: Purchase | undefined, { signal, onProgress }: WaitOptions = {}): Promise<TaskResult> {
    const task = this.#tasks.get(taskId) ?? { purchase, waiters: new Set() };
    task.purchase ??= purchase;
    this.#tasks.set(taskId, task);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        ...(onProgress ? { onProgress } : {}),
        resolve: (result) => { stopListening(); resolve(result); },
        reject: (error) => { stopListening(); reject(error); },
      };
      const onAbort = (): void => {
        if (task.waiters.size === 1) return this.abandoned(taskId);
        task.waiters.delete(waiter);
        waiter.reject(new EdgeNetError('aborted', 'The task was cancelled by its own AbortSignal; others still wait for it.', { taskId }));
      };
      const stopListening = (): void => signal?.removeEventListener('abort', onAbort);
      task.waiters.add(waiter);
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  progress(progress: TaskProgress): void {
    for (const { onProgress } of this.#tasks.get(progress.taskId)?.waiters ?? []) onProgress?.(progress);
  }

  resolve(taskId: string, result: TaskResult): void {
    for (const waiter of this.#take(taskId)) waiter.resolve(result);
  }

  reject(taskId: string, error: EdgeNetError): void {
    for (const waiter of this.#take(taskId)) waiter.reject(error);
  }

  #take(taskId: string): Iterable<Waiter> {
    const task = this.#tasks.get(taskId);
    this.#tasks.delete(taskId);
    return task?.waiters ?? [];
  }
}
