/**
 * `import EdgeNet from '@ruvector/edge-net'` in Node: the same calls as in a page, with the engine in this process and
 * kernels on worker threads.
 */
import type { Collections, EngineConfig, EngineHandle, Quote, Stats, Task, TaskResult } from '../api.js';
import { EdgeNetError } from '../error.js';
import { openEngine } from '../host/engine.js';
import { nodeConfig } from './config.js';
import { nodePlatform } from './node-platform.js';

export type * from '../api.js';
export { EdgeNetError, type EdgeNetErrorCode } from '../error.js';

export interface NodeOptions extends Partial<Omit<EngineConfig, 'contribute' | 'cpuLimit'>> {
  /** A CPU share, or limits; left out or 0, the node only submits. */
  readonly contribution?: number | { readonly cpuLimit?: number; readonly memoryLimit?: number; readonly bandwidthLimit?: number; readonly tasks?: readonly string[] };
  /** Keeps identity and ledger; left out, the identity is thrown away. */
  readonly dataDir?: string;
  readonly onCredit?: (credits: number, total: number) => void;
  readonly onTask?: (task: { readonly type: string; readonly taskId: string }) => void;
  readonly onError?: (error: EdgeNetError) => void;
}

let current: EngineHandle | undefined;

/** An engine under the names that a page's node has. */
export interface EdgeNetNode extends EngineHandle {
  stats(): Stats;
  /** Takes no more work and lays down what it has, until `resume()`. */
  pause(): void;
  resume(): void;
  disconnect(): Promise<void>;
}

/** Starts an engine and makes it the one that `submit` uses. @throws EdgeNetError */
export async function init(options: NodeOptions = {}): Promise<EdgeNetNode> {
  const { contribution = 0, dataDir, onCredit, onTask, onError, ...rest } = options;
  const limits = typeof contribution === 'number' ? { cpuLimit: contribution } : { cpuLimit: 0.5, ...contribution };
  const config = nodeConfig({
    ...rest, contribute: limits.cpuLimit > 0, cpuLimit: limits.cpuLimit > 0 ? limits.cpuLimit : 1,
    ...('memoryLimit' in limits ? { memoryLimitBytes: limits.memoryLimit } : {}), ...('bandwidthLimit' in limits ? { bandwidthLimitBytes: limits.bandwidthLimit } : {}),
    ...('tasks' in limits ? { tasks: limits.tasks } : {}),
  });
  const engine = await openEngine(config, nodePlatform(config, { dataDir }));
  engine.subscribe((event) => {
    if (event.type === 'credit') onCredit?.(event.gained, event.total);
    if (event.type === 'task' && event.entry.role === 'worker' && event.entry.outcome === 'running') onTask?.({ type: event.entry.kind, taskId: event.entry.taskId });
    if (event.type === 'error') onError?.(new EdgeNetError(event.code, event.message));
  });
  const node: EdgeNetNode = Object.assign(engine, {
    stats: () => engine.state.stats,
    pause: () => engine.configure({ pauses: ['paused-by-site'] }),
    resume: () => engine.configure({ pauses: [] }),
    disconnect: () => engine.close(),
  });
  current = node;
  return node;
}

export function submit(task: Task): Promise<TaskResult> {
  return running().submit(task);
}

/** Settles each task on its own and keeps the order, as `Promise.allSettled` does. */
export function submitBatch(tasks: readonly Task[]): Promise<PromiseSettledResult<TaskResult>[]> {
  return Promise.allSettled(tasks.map(async (task) => submit(task)));
}

export function quote(task: Task): Promise<Quote> {
  return running().quote(task);
}

export function result(taskId: string): Promise<TaskResult> {
  return running().result(taskId);
}

function running(): EngineHandle {
  if (!current) throw new EdgeNetError('not-initialised', 'Call EdgeNet.init() first.');
  return current;
}

export default {
  init, submit, submitBatch, quote, result, EdgeNetError,
  /** @throws EdgeNetError `not-initialised` */
  get collections(): Collections {
    return running().collections;
  },
};
