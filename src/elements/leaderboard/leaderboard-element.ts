import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * The accounts that earned most, from the last signed checkpoint.
 *
 * @tag edge-net-leaderboard
 * @tagname edge-net-leaderboard
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 * @attr {number} [limit=10] - Rows at most.
 */
export class EdgeNetLeaderboard extends ViewElement {
  declare limit: number;

  protected load() {
    return import('./leaderboard-view.js');
  }
}

withAttributes(EdgeNetLeaderboard, { limit: 10 });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-leaderboard': EdgeNetLeaderboard;
  }
}
