import EdgeNet, { type EdgeNetError, type Task, type TaskProgress, type TaskResult } from '@ruvector/edge-net';

/** One task at a time, that a component can show and stop. */
export class TaskRun {
  isRunning = $state(false);
  /** Credits it may cost; undefined until that is known. */
  price = $state<number>();
  progress = $state.raw<TaskProgress>();
  result = $state.raw<TaskResult>();
  error = $state.raw<EdgeNetError>();
  #abort: AbortController | undefined;

  cancel = (): void => this.#abort?.abort();

  async start(task: Task): Promise<void> {
    this.cancel();
    const { signal } = (this.#abort = new AbortController());
    const show = (news: () => void): void => {
      if (this.#abort?.signal === signal) news();
    };
    this.price = this.progress = this.result = this.error = undefined;
    this.isRunning = true;
    try {
      const { cost } = await EdgeNet.quote(task);
      show(() => (this.price = cost));
      const onProgress = (progress: TaskProgress): void => show(() => (this.progress = progress));
      const result = await EdgeNet.submit({ ...task, options: { ...task.options, signal, onProgress } });
      show(() => (this.result = result));
    } catch (error) {
      show(() => (this.error = error as EdgeNetError));
    } finally {
      show(() => (this.isRunning = false));
    }
  }
}
