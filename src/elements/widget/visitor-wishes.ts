/** What the visitor wished for on this page, as the page's hub keeps it. */
import { hub } from '../hub/hub.js';
import type { EdgeNetNode } from '../node/node-element.js';

/** After so many milliseconds of the page's clock. */
export function later(ms: number, run: () => void): void {
  hub().around.later(ms, run);
}

/** When a snooze ends, in milliseconds since 1970; infinite where this page does not know. */
export function snoozedUntil(): number {
  const { visitor, around } = hub();
  // The page's clock may be another one than the machine's.
  const left = visitor.pausedUntil - around.now();
  return left > 0 ? Date.now() + left : Infinity;
}

/** Share of the processor that the node may use: what the visitor said, else what the site asks for. */
export function limitOf(node: EdgeNetNode): number {
  return hub().visitor.cpuLimit ?? node.cpuLimit;
}

/** On later pages too, unless the node is to leave nothing behind. */
export function limitCpu(node: EdgeNetNode, cpuLimit: number): void {
  hub().visitor.wish({ cpuLimit }, node.storage === 'persistent');
  // Where other widgets of the node look.
  node.cpuLimit = cpuLimit;
}
