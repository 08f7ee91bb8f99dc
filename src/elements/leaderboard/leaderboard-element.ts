import { reflectAttributes } from '../shared/attributes.js';
import { ViewElement, type View } from '../shared/view-element.js';

/**
 * The accounts that earned most, from the last signed checkpoint.
 *
 * @tag edge-net-leaderboard
 * @tagname edge-net-leaderboard
 * @attr {string} [for=""] - Id of the node to ask. Default: the nearest.
 * @attr {number} [limit=10] - Rows at most.
 * @attr {"auto"|"light"|"dark"} [theme="auto"] - `auto` follows the page.
 */
export class EdgeNetLeaderboard extends ViewElement {
  static readonly observedAttributes = ['for', 'limit', 'theme'];

  declare limit: number;

  protected async load(root: ShadowRoot): Promise<View> {
    const { LeaderboardView } = await import('./leaderboard-view.js');
    return new LeaderboardView(this, root);
  }
}

if (globalThis.HTMLElement) reflectAttributes(EdgeNetLeaderboard.prototype, { for: '', theme: 'auto', limit: 10 });

declare global {
  interface HTMLElementTagNameMap {
    'edge-net-leaderboard': EdgeNetLeaderboard;
  }
}
