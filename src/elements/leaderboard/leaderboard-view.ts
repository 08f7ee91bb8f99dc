import { html, render } from 'lit/html.js';
import { sheet } from '../shared/dom.js';
import type { EdgeNetLeaderboard } from './leaderboard-element.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { PALETTE } from '../shared/palette.js';
import { ranking, RANKING_STYLES } from './ranking.js';
import type { View } from '../shared/view-element.js';

const STYLES = `
  :host { display: block; max-width: 280px; }
  .card { padding: 14px 16px; }
  h2 { font-size: 14px; font-weight: 600; }
  .card .ranks, .card .faint { margin-top: 6px; }
`;

export class LeaderboardView implements View {
  #host: EdgeNetLeaderboard;
  #root: ShadowRoot;

  constructor(host: EdgeNetLeaderboard, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    root.adoptedStyleSheets = [sheet(PALETTE + RANKING_STYLES + STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    render(html`<section class="card" aria-labelledby="heading"><h2 id="heading">Most credits earned</h2>${ranking(node, this.#host.limit)}</section>`, this.#root);
  }
}

export const view = (host: EdgeNetLeaderboard, root: ShadowRoot): View => new LeaderboardView(host, root);
