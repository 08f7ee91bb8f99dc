/** What a node's state leaves to be shown and done: nobody can pause what may not run, and figures that never come only mislead. */
import type { NodeState } from '../../engine/index.js';
import type { EdgeNetNode } from '../node/node-element.js';

/** `asking` before consent, `up` while it contributes or is about to, `out` where it cannot. */
export type Stage = 'asking' | 'up' | 'out';

export function stageOf({ status, reasons }: NodeState): Stage {
  if (status === 'awaiting-consent' || status === 'declined') return 'asking';
  const isKeptOut = reasons.includes('embedded') || reasons.includes('mobile');
  return isKeptOut || status === 'unconfigured' || status === 'unsupported' || status === 'error' || status === 'closed' ? 'out' : 'up';
}

/** By the visitor, who may resume it. */
export function isPaused({ state }: EdgeNetNode): boolean {
  return state.reasons.includes('paused-by-visitor') || state.reasons.includes('snoozed');
}
