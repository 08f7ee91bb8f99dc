import type { ReportRange } from '../../engine/index.js';
import { ViewElement, withAttributes } from '../shared/view-element.js';

/** What a site's own analytics counted. */
export interface ConsentCounts {
  /** Visitors who were asked. */
  readonly asked: number;
  /** Of those, who allowed it. Left out, the ledger's count is taken. */
  readonly allowed?: number;
}

/**
 * What a site's nodes earned, spent and did, for its owner. Everything but the visitors asked is folded from the public ledger, so
 * viewing needs no login and no consent; it does need a relay, to which the node connects for it.
 *
 * @tag edge-net-dashboard
 * @tagname edge-net-dashboard
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {"24h"|"7d"|"30d"} [range="24h"] - How far back.
 * @attr {string} [site=""] - Site account, or a name registered to one. Default: the node's `site-id`; `*` is the whole network.
 *
 * @csspart base - All of it.
 * @csspart header - Name, site and range.
 * @csspart site - The site's name or key.
 * @csspart ranges - The choice of range.
 * @csspart range - One range.
 * @csspart notice - What is wrong or not up to date, with what to do.
 * @csspart tiles - The list of figures.
 * @csspart tile - One figure with its name and note.
 * @csspart value - The figure itself.
 * @csspart charts - All charts.
 * @csspart chart - One chart with its legend and table.
 * @csspart table - A chart's figures as a table.
 * @csspart empty - The steps to the first figures.
 *
 * @cssprop [--edge-net-series-1] - Colour of the first series of a chart; --edge-net-series-2 to -8 are those of the others.
 */
export class EdgeNetDashboard extends ViewElement {
  declare range: ReportRange;
  declare site: string;
  /** Visitors asked, which no ledger knows: numbers for the range that is shown, or numbers for each range. */
  declare consent?: ConsentCounts | { readonly [Range in ReportRange]?: ConsentCounts };

  protected load() {
    return import('./dashboard-view.js');
  }
}

withAttributes(EdgeNetDashboard, { range: '24h', site: '' }, 'consent');

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-dashboard': EdgeNetDashboard;
  }
}
