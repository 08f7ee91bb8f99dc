/** What stands between a call of the node and its engine: whether the node may be called at all, and if not, what to do. */
import { EdgeNetError, type EngineHandle, type NodeState } from '../../engine/index.js';
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from './node-element.js';
import type { NodeLife } from './node-life.js';

const REFUSALS: { readonly [Status in NodeState['status']]?: () => EdgeNetError } = {
  declined: () => new EdgeNetError('consent-denied', 'The visitor or the site refused consent. Tasks can still be submitted.'),
  closed: () => new EdgeNetError('closed', 'The node was disconnected. Put the element into the document again or call EdgeNet.init().'),
  unconfigured: () => new EdgeNetError('config-invalid', 'The node knows no network. Set relays="wss://…/gun", or local="only" to use this page alone.'),
};
const UP: readonly NodeState['status'][] = ['idle', 'working', 'paused', 'following'];

/** @throws EdgeNetError where there is no network to submit to */
export function refuseUnusable(node: EdgeNetNode, life: NodeLife, isConnected: boolean): void {
  life.retry();
  const { status, error } = node.state;
  if (!isConnected) throw new EdgeNetError('not-initialised', 'The node is not in the document. Append it to the page first.');
  if (error && life.standing.kind === 'resting') throw new EdgeNetError(error.code, error.message);
  if (status === 'closed' || status === 'unconfigured') throw REFUSALS[status]?.();
}

/** The engine with the visitor's lasting identity. */
export async function account(node: EdgeNetNode, life: NodeLife, isConnected: boolean): Promise<EngineHandle> {
  refuseUnusable(node, life, isConnected);
  if (life.standing.kind === 'contributing') return hub().engine.engine();
  throw REFUSALS[node.state.status]?.() ?? new EdgeNetError('consent-missing', 'This needs a lasting identity, which a node has once the visitor allowed it. Call requestConsent() first.');
}

export function refuseIdentity(identity: unknown): void {
  if (typeof identity !== 'string' || !identity.trim()) throw new EdgeNetError('bad-input', 'importIdentity() takes the text that exportIdentity() gave.');
}

export function whenReady(node: EdgeNetNode, life: NodeLife): Promise<NodeState> {
  life.flush();
  return new Promise((resolve, reject) => {
    const look = () => {
      const { status, error } = node.state;
      const why = error ? new EdgeNetError(error.code, error.message) : REFUSALS[status]?.();
      if (!why && !(life.standing.kind === 'contributing' && UP.includes(status))) return;
      node.removeEventListener('edge-net-state', look);
      if (why) reject(why);
      else resolve(node.state);
    };
    node.addEventListener('edge-net-state', look);
    look();
  });
}
