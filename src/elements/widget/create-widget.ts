/** A widget by script, under the names of the original design. Shared by the module and the classic stub, so it imports nothing. */
import type { EdgeNetWidget } from './widget-element.js';

export interface WidgetOptions {
  readonly container: string | Element;
  readonly theme?: 'auto' | 'light' | 'dark';
  readonly showCredits?: boolean;
  readonly showStats?: boolean;
  readonly showLeaderboard?: boolean;
}

/** @returns undefined where there is no such container */
export function createWidget({ container, theme = 'auto', showCredits = true, showStats = true, showLeaderboard = false }: WidgetOptions): EdgeNetWidget | undefined {
  const place = typeof container === 'string' ? document.querySelector(container) : container;
  if (!place) return undefined;
  const widget = document.createElement('edge-net-widget');
  widget.setAttribute('theme', theme);
  const sections = [showCredits && 'credits', showStats && 'stats chart', showLeaderboard && 'leaderboard', 'controls history'];
  widget.setAttribute('sections', sections.filter(Boolean).join(' '));
  place.append(widget);
  return widget;
}
