import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * What the visitor sees of the node: credits, tasks, processor time, and the ways to pause and stop.
 *
 * @tag edge-net-widget
 * @tagname edge-net-widget
 * @attr {string} [for=""] - Id of the node to show. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {string} [sections="credits stats chart controls history"] - What is shown, of credits, stats, chart, leaderboard, controls and history.
 * @attr {""|"bottom-start"|"bottom-end"} [position=""] - Pins the widget to a corner of the window. Default: where it stands.
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
