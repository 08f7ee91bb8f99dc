import { reflectAttributes } from '../shared/attributes.js';
import { ViewElement, type View } from '../shared/view-element.js';

/**
 * What the visitor sees of the node: credits, tasks, uptime, processor share, and the ways to pause and stop.
 *
 * @tag edge-net-widget
 * @tagname edge-net-widget
 * @attr {string} [for=""] - Id of the node to show. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {string} [sections="credits stats controls history"] - What is shown, of credits, stats, leaderboard, controls and history.
 * @attr {"bottom-start"|"bottom-end"} [position=""] - Pins the widget to a corner of the window. Default: where it stands.
 */
export class EdgeNetWidget extends ViewElement {
  static readonly observedAttributes = ['for', 'theme', 'sections', 'position'];

  declare sections: string;
  declare position: '' | 'bottom-start' | 'bottom-end';

  protected async load(root: ShadowRoot): Promise<View> {
    const { WidgetView } = await import('./widget-view.js');
    return new WidgetView(this, root);
  }
}

if (globalThis.HTMLElement) reflectAttributes(EdgeNetWidget.prototype, { for: '', theme: 'auto', sections: 'credits stats controls history', position: '' });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-widget': EdgeNetWidget;
  }
}
