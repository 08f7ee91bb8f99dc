import { html, type TemplateResult } from 'lit/html.js';
import { ranking, RANKING_STYLES, type RankingWords } from '../leaderboard/ranking.js';
import { LEADERBOARD } from '../messages/en/leaderboard.js';
import { STATUS } from '../messages/en/status.js';
import type { EdgeNetNode } from '../node/node-element.js';

const RANKS = 5;

export const ENGLISH = { ...STATUS, ...LEADERBOARD };

export function section(t: RankingWords, node: EdgeNetNode): TemplateResult {
  return html`<h3>${t('leaderboard.heading')}</h3>${ranking(t, node, RANKS)}`;
}

export { RANKING_STYLES as STYLES };
