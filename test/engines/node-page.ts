/** What a test asks of the node in a page, in any engine. */
import type { NodeState } from '../../src/engine/api.js';
import type { BrowserPage } from './browser-page.js';

export const NODE = 'edge-net-node';

export interface Wanted {
  readonly statuses: readonly NodeState['status'][];
  readonly peers?: number;
  /** A task was done, and its payment is announced. */
  readonly paid?: boolean;
}

/** Waits, in the page, for a state of its node. @returns that state; after a minute, whatever it is */
export function untilState(page: BrowserPage, wanted: Wanted): Promise<NodeState> {
  return page.evaluate(async (name: string, { statuses, peers = 0, paid = false }: Wanted) => {
    await customElements.whenDefined(name);
    const node = document.querySelector(name) as HTMLElement & { readonly state: NodeState };
    const holds = ({ status, stats }: NodeState): boolean => statuses.includes(status) && stats.peers >= peers && (!paid || (stats.tasksCompleted > 0 && stats.pending > 0));
    await new Promise<void>((resolve) => {
      const look = (): void => { if (holds(node.state)) resolve(); };
      for (const event of ['edge-net-state', 'edge-net-ready']) node.addEventListener(event, look);
      setTimeout(resolve, 60_000);
      look();
    });
    return JSON.parse(JSON.stringify(node.state)) as NodeState;
  }, NODE, wanted);
}
