import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * What a site's nodes earned, spent and did, for its owner. Everything but the visitors asked is folded from the public ledger, so
 * viewing needs no login.
 *
 * @tag edge-net-dashboard
 * @tagname edge-net-dashboard
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {"24h"|"7d"|"30d"} [range="24h"] - How far back.
 * @attr {string} [site=""] - Site account, or a name registered to one. Default: the node's `site-id`; `*` is the whole network.
 */
export class EdgeNetDashboard extends ViewElement {
  declare range: '24h' | '7d' | '30d';
  declare site: string;

  protected load() {
    return import('./dashboard-view.js');
  }
}

withAttributes(EdgeNetDashboard, { range: '24h', site: '' });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-dashboard': EdgeNetDashboard;
  }
}
