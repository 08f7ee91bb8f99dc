/** What a node shows: the engine's snapshot, and around it what the engine cannot know. */
import type { EdgeNetError, NodeState, Reason, Status } from '../../engine/index.js';

/** Why a node does not contribute, or `contributing`. */
export type Standing =
  | { readonly kind: 'contributing' }
  | { readonly kind: 'resting'; readonly status: Status; readonly reasons: readonly Reason[]; readonly error: NodeState['error'] };

export function failed(status: 'unsupported' | 'error', { code, message }: EdgeNetError): Standing {
  return { kind: 'resting', status, reasons: [], error: { code, message } };
}

export function resting(status: Status, ...reasons: Reason[]): Standing {
  return { kind: 'resting', status, reasons, error: null };
}

export const STATUSES = [
  'unconfigured', 'awaiting-consent', 'declined', 'loading', 'connecting', 'idle', 'working', 'paused',
  'following', 'offline', 'unsupported', 'error', 'closed',
] as const satisfies readonly Status[];

const ASLEEP: NodeState = {
  status: 'loading',
  reasons: [],
  throttle: { level: 0, because: '' },
  progress: null,
  error: null,
  nodeId: '',
  name: '',
  network: '',
  link: 'none',
  stats: {
    credits: 0, pending: 0, escrowed: 0, staked: 0, tasksCompleted: 0, tasksSubmitted: 0, uptime: 0, reputation: 0,
    rank: 0, accounts: 0, multiplier: 1, cpu: 0, cpuMs: 0, peers: 0,
  },
  ledger: null,
  stateHash: '',
  top: [],
};

/**
 * @param engine the snapshot of the engine that runs, if one does; a session's while the node rests
 * @param holds what keeps the node from working for others for the moment
 */
export function compose(standing: Standing, engine: NodeState | undefined, holds: ReadonlySet<Reason>): NodeState {
  const state = engine ?? ASLEEP;
  if (standing.kind === 'resting') {
    const { status, reasons, error } = standing;
    return Object.freeze({ ...state, status, reasons: Object.freeze([...reasons]), error });
  }
  return Object.freeze({
    ...state,
    // What works is not paused before the engine says that it has stopped.
    status: holds.size > 0 && state.status === 'idle' ? 'paused' : state.status,
    reasons: Object.freeze([...new Set([...holds, ...state.reasons])]),
  });
}
