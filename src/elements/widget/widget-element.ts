import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * What the visitor sees of the node: what it is doing and why, credits, today's tasks, processor use, and the ways to
 * pause it, to limit it and to stop.
 *
 * @tag edge-net-widget
 * @tagname edge-net-widget
 * @attr {string} [for=""] - Id of the node to show. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page's color-scheme.
 * @attr {string} [sections="credits stats chart controls history"] - What is shown, of credits, stats, chart, leaderboard, controls and history.
 * @attr {""|"bottom-start"|"bottom-end"} [position=""] - Pins the widget to a corner of the window, where it folds into a pill. Default: where it stands.
 *
 * @csspart card - The whole widget.
 * @csspart header - Its name, and the button that folds a pinned one.
 * @csspart fold - The button that folds it.
 * @csspart pill - What it folds into.
 * @csspart status - Dot, title and hint.
 * @csspart status-title - What is going on.
 * @csspart status-hint - Why, or what to do.
 * @csspart error - The technical message of a problem.
 * @csspart credits - Credits and those pending.
 * @csspart stats - Tasks and processor time today, rank and bonus.
 * @csspart chart - The line of processor use.
 * @csspart ranks - The ranking.
 * @csspart button - Every button; `pause`, `snooze`, `stop` and `contribute` besides.
 * @csspart menu - The list that "Snooze" opens.
 * @csspart limit - The processor limit.
 * @csspart slider - Its range input.
 * @csspart confirm - What asks before everything is forgotten.
 * @csspart history - What ran here.
 *
 * @cssprop [--edge-net-paper] - Background.
 * @cssprop [--edge-net-ink] - Text; fainter text and hovers are mixed of both.
 * @cssprop [--edge-net-line] - Borders.
 * @cssprop [--edge-net-accent] - Chart, slider, focus and the dot while it works.
 * @cssprop [--edge-net-radius=12px] - Corners.
 * @cssprop [--edge-net-font=system-ui, sans-serif] - Font family.
 *
 * @cssstate folded - It is a pill. Besides, the node's status is a state: `:state(working)`, `:state(paused)`, …; `none` without a node.
 */
export class EdgeNetWidget extends ViewElement {
  declare sections: string;
  declare position: '' | 'bottom-start' | 'bottom-end';

  protected load() {
    return import('./widget-view.js');
  }
}

withAttributes(EdgeNetWidget, { sections: 'credits stats chart controls history', position: '' });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-widget': EdgeNetWidget;
  }
}
