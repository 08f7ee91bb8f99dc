/** A widget by script, under the names of the original design. */
import { EdgeNetError } from '../../engine/index.js';
import type { EdgeNetWidget } from './widget-element.js';

export interface WidgetOptions {
  readonly container: string | Element;
  readonly theme?: 'auto' | 'light' | 'dark';
  readonly showCredits?: boolean;
  readonly showStats?: boolean;
  readonly showLeaderboard?: boolean;
}

/** @throws EdgeNetError `config-invalid` when there is no such container */
export function createWidget({ container, theme = 'auto', showCredits = true, showStats = true, showLeaderboard = false }: WidgetOptions): EdgeNetWidget {
  const place = typeof container === 'string' ? document.querySelector(container) : container;
  if (!place) throw new EdgeNetError('config-invalid', `container "${String(container)}" is not on the page.`);
  const widget = document.createElement('edge-net-widget');
  widget.setAttribute('theme', theme);
  const sections = [showCredits && 'credits', showStats && 'stats chart', showLeaderboard && 'leaderboard', 'controls history'];
  widget.setAttribute('sections', sections.filter(Boolean).join(' '));
  place.append(widget);
  return widget;
}
