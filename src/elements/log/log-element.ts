import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * What ran on this computer for others, and what was bought from it.
 *
 * @tag edge-net-log
 * @tagname edge-net-log
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 */
export class EdgeNetLog extends ViewElement {
  protected load() {
    return import('./log-view.js');
  }
}

withAttributes(EdgeNetLog, {});

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-log': EdgeNetLog;
  }
}
