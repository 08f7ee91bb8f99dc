import { ViewElement, withAttributes } from '../shared/view-element.js';

/**
 * The accounts that earned most, from the newest signed checkpoint, and this node's own rank. Accounts are shown by
 * their keys; who wants a name there registers one in the element.
 *
 * @tag edge-net-leaderboard
 * @tagname edge-net-leaderboard
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page's color-scheme.
 * @attr {number} [limit=10] - Rows at most; this node's own comes below them.
 *
 * @csspart card - The whole leaderboard.
 * @csspart heading - Its heading.
 * @csspart ranks - The ordered list.
 * @csspart member - One row of it.
 * @csspart self - This node's own row.
 * @csspart empty - What is said where there is no ranking.
 * @csspart name - What registers a name.
 * @csspart input - Its field.
 * @csspart button - Its button.
 *
 * @cssprop [--edge-net-paper] - Background.
 * @cssprop [--edge-net-ink] - Text; fainter text and hovers are mixed of both.
 * @cssprop [--edge-net-line] - Borders.
 * @cssprop [--edge-net-accent] - This node's own row, and focus.
 * @cssprop [--edge-net-radius=12px] - Corners.
 * @cssprop [--edge-net-font=system-ui, sans-serif] - Font family.
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
