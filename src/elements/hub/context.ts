/**
 * How an element finds its node. Context requests bubble, so a sibling cannot answer them: the hub answers on
 * `<html>` with an immutable list of the page's nodes, and the asking element picks.
 */
import { createContext } from '@lit/context';
import type { EdgeNetNode } from '../node/node-element.js';

export interface HubSnapshot {
  readonly nodes: readonly EdgeNetNode[];
  /**
   * The node for `from`: with an id the one that bears it, nearest tree scope first; without, the nearest
   * scope that has nodes, and of several there the first in document order.
   */
  pick(from: Element, id?: string): EdgeNetNode | undefined;
}

export const hubContext = createContext<HubSnapshot, symbol>(Symbol.for('edge-net.hub.v1'));

export class PageNodes implements HubSnapshot {
  readonly nodes: readonly EdgeNetNode[];

  constructor(nodes: readonly EdgeNetNode[]) {
    this.nodes = Object.freeze([...nodes].sort(documentOrder));
    Object.freeze(this);
  }

  pick(from: Element, id = ''): EdgeNetNode | undefined {
    const fits = this.nodes.filter((node) => !id || node.id === id);
    for (const scope of scopes(from)) {
      const near = fits.find((node) => node.getRootNode() === scope);
      if (near) return near;
    }
    return fits[0];
  }
}

/** The tree an element stands in, then the one its shadow host stands in, and so on outwards. */
function scopes(from: Node): Node[] {
  const root = from.getRootNode();
  return root instanceof ShadowRoot ? [root, ...scopes(root.host)] : [root];
}

/** Across shadow trees: compared where the two branches part, in the innermost tree that holds both. */
function documentOrder(a: Node, b: Node): number {
  const [as, bs] = [branch(a), branch(b)];
  const depth = as.findIndex((node, at) => node !== bs[at]);
  const [left, right] = [as[depth], bs[depth]];
  if (!left || !right) return as.length - bs.length;
  return left.compareDocumentPosition(right) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
}

function branch(node: Node): Node[] {
  const root = node.getRootNode();
  return root instanceof ShadowRoot ? [...branch(root.host), node] : [node];
}
