/** The events of `<edge-net-node>`. All bubble and cross shadow boundaries. */
import type { EdgeNetError, HistoryEntry, NodeState, TaskProgress } from '../../engine/index.js';

export interface ConsentDetail {
  readonly consent: 'granted' | 'denied';
  readonly source: 'visitor' | 'site' | 'remembered';
}

/** Cancel the event to ask in your own words, then call one of these. */
export interface ConsentRequestDetail {
  allow(): void;
  decline(): void;
}

export interface NodeEvents {
  'edge-net-ready': NodeState;
  'edge-net-state': NodeState;
  'edge-net-credit': { readonly gained: number; readonly total: number };
  'edge-net-task': HistoryEntry;
  'edge-net-result': { readonly taskId: string; readonly kind: string; readonly cost: number; readonly verified: boolean };
  'edge-net-progress': TaskProgress;
  'edge-net-error': EdgeNetError;
  'edge-net-consent': ConsentDetail;
  'edge-net-consent-request': ConsentRequestDetail;
}

declare global {
  /** Of elements, and of document and window, where they arrive as well. */
  interface GlobalEventHandlersEventMap {
    'edge-net-ready': CustomEvent<NodeEvents['edge-net-ready']>;
    'edge-net-state': CustomEvent<NodeEvents['edge-net-state']>;
    'edge-net-credit': CustomEvent<NodeEvents['edge-net-credit']>;
    'edge-net-task': CustomEvent<NodeEvents['edge-net-task']>;
    'edge-net-result': CustomEvent<NodeEvents['edge-net-result']>;
    'edge-net-progress': CustomEvent<NodeEvents['edge-net-progress']>;
    'edge-net-error': CustomEvent<NodeEvents['edge-net-error']>;
    'edge-net-consent': CustomEvent<NodeEvents['edge-net-consent']>;
    'edge-net-consent-request': CustomEvent<NodeEvents['edge-net-consent-request']>;
  }
}

/** @returns false when a listener cancelled it */
export function tell<Name extends keyof NodeEvents>(node: HTMLElement, name: Name, detail: NodeEvents[Name]): boolean {
  return node.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, cancelable: name === 'edge-net-consent-request', detail }));
}
