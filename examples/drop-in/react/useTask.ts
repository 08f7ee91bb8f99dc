import EdgeNet, { type EdgeNetError, type Task, type TaskProgress, type TaskResult } from '@ruvector/edge-net';
import { useCallback, useEffect, useRef, useState } from 'react';

export interface Run {
  readonly isRunning: boolean;
  /** Credits it may cost; undefined until that is known. */
  readonly price?: number;
  readonly progress?: TaskProgress;
  readonly result?: TaskResult;
  readonly error?: EdgeNetError;
}

/** One task at a time, that a component can show and stop. A component that goes away cancels it. */
export function useTask(): Run & { start(task: Task): Promise<void>; cancel(): void } {
  const [run, setRun] = useState<Run>({ isRunning: false });
  const abort = useRef<AbortController>(null);
  const cancel = useCallback(() => abort.current?.abort(), []);
  useEffect(() => cancel, [cancel]);

  const start = useCallback(async (task: Task) => {
    abort.current?.abort();
    const { signal } = (abort.current = new AbortController());
    const show = (news: Partial<Run>): void => {
      if (abort.current?.signal === signal) setRun((before) => ({ ...before, ...news }));
    };
    setRun({ isRunning: true });
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
  }, []);

  return { ...run, start, cancel };
}
