import EdgeNet, { type EdgeNetError, type Task, type TaskProgress, type TaskResult } from '@ruvector/edge-net';
import { onScopeDispose, type ShallowReactive, shallowReactive } from 'vue';

export interface Run {
  isRunning: boolean;
  /** Credits it may cost; undefined until that is known. */
  price?: number;
  progress?: TaskProgress;
  result?: TaskResult;
  error?: EdgeNetError;
}

/** One task at a time, that a component can show and stop. A component that goes away cancels it. */
export function useTask(): { run: ShallowReactive<Run>; start(task: Task): Promise<void>; cancel(): void } {
  const run = shallowReactive<Run>({ isRunning: false });
  let abort: AbortController | undefined;
  const cancel = (): void => abort?.abort();
  onScopeDispose(cancel);

  async function start(task: Task): Promise<void> {
    cancel();
    const { signal } = (abort = new AbortController());
    const show = (news: Partial<Run>): void => {
      if (abort?.signal === signal) Object.assign(run, news);
    };
    show({ isRunning: true, price: undefined, progress: undefined, result: undefined, error: undefined });
    try {
      const { cost: price } = await EdgeNet.quote(task);
      show({ price });
      const onProgress = (progress: TaskProgress): void => show({ progress });
      show({ result: await EdgeNet.submit({ ...task, options: { ...task.options, signal, onProgress } }) });
    } catch (error) {
      show({ error: error as EdgeNetError });
    } finally {
      show({ isRunning: false });
    }
  }

  return { run, start, cancel };
}
