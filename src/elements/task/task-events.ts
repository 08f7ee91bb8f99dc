/** The events of `<edge-net-task>`. Both bubble and cross shadow boundaries. */
import type { TaskResult } from '../../engine/index.js';

export interface TaskEvents {
  'edge-net-task-done': TaskResult;
  /** An EdgeNetError, or what else was thrown. */
  'edge-net-task-failed': unknown;
}

declare global {
  interface HTMLElementEventMap {
    'edge-net-task-done': CustomEvent<TaskEvents['edge-net-task-done']>;
    'edge-net-task-failed': CustomEvent<TaskEvents['edge-net-task-failed']>;
  }
}

export function tellTask<Name extends keyof TaskEvents>(host: HTMLElement, name: Name, detail: TaskEvents[Name]): void {
  host.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
}
