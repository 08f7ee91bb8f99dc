/**
 * What the visitor wished for on this page, as the page's hub keeps it. Found as every copy of the package finds it: importing the
 * hub would load the entry once more where the widget comes from another copy.
 */
import type { Hub } from '../hub/hub.js';

function hub(): Hub | undefined {
  return (globalThis as unknown as Record<symbol, Hub | undefined>)[Symbol.for('edge-net.hub.v1')];
}

/** When a snooze ends, in milliseconds since 1970; infinite where this page does not know. */
export function snoozedUntil(): number {
  const page = hub();
  if (!page) return Infinity;
  // The page's clock may be another one than the machine's.
  const left = page.visitor.pausedUntil - page.around.now();
  return left > 0 ? Date.now() + left : Infinity;
}
