/** Draws the leaderboard: the ranks of the newest signed checkpoint, and the form by which a visitor may be named there. */
import { html, nothing, render } from 'lit/html.js';
import { LEADERBOARD } from '../messages/en/leaderboard.js';
import { STATUS } from '../messages/en/status.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { sheet } from '../shared/dom.js';
import { PALETTE } from '../shared/palette.js';
import type { View } from '../shared/view-element.js';
import { Wording } from '../shared/wording.js';
import type { EdgeNetLeaderboard } from './leaderboard-element.js';
import { NameForm, NAME_STYLES } from './name-form.js';
import { isMember, ranking, RANKING_STYLES } from './ranking.js';

const LIMIT = 10;

const STYLES = `
  :host { display: block; max-width: 360px; }
  :host([hidden]) { display: none; }
  .card { padding: 14px 16px; }
  .card h2 { margin-bottom: 6px; font-size: 14px; font-weight: 600; }
`;

export class LeaderboardView implements View {
  #host: EdgeNetLeaderboard;
  #root: ShadowRoot;
  #wording: Wording<typeof LEADERBOARD & typeof STATUS> | undefined;
  #form = new NameForm(() => this.#host.redraw());

  constructor(host: EdgeNetLeaderboard, root: ShadowRoot) {
    this.#host = host;
    this.#root = root;
    root.adoptedStyleSheets = [sheet(PALETTE + RANKING_STYLES + NAME_STYLES + STYLES)];
  }

  draw(node: EdgeNetNode | undefined): void {
    const t = (this.#wording ??= new Wording(this.#host, { ...STATUS, ...LEADERBOARD }, this.#host.redraw)).words;
    if (!t) return;
    render(
      html`<section class="card" part="card" aria-labelledby="heading" lang=${t.lang} dir=${t.dir}>
        <h2 id="heading" part="heading">${t('leaderboard.heading')}</h2>
        ${node ? ranking(t, node, this.#limit) : html`<p part="empty">${t('status.none')}</p><p class="faint why">${t('status.none.hint')}</p>`}
        ${node && isMember(node) ? this.#form.draw(t, node) : nothing}
      </section>`,
      this.#root,
    );
  }

  /** What is no number of rows is taken for none given. */
  get #limit(): number {
    const { limit } = this.#host;
    return limit >= 0 ? limit : LIMIT;
  }

  rest(): void {
    this.#wording?.rest();
    this.#wording = undefined;
  }
}

export const view = (host: EdgeNetLeaderboard, root: ShadowRoot): View => new LeaderboardView(host, root);
