/** The leaderboard's rows, shared by the widget's section and the element of its own. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { LEADERBOARD } from '../messages/en/leaderboard.js';
import type { STATUS } from '../messages/en/status.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { shortId } from '../shared/words.js';
import type { Words } from '../shared/wording.js';

export type RankingWords = Words<typeof LEADERBOARD & typeof STATUS>;

/** With fewer members a rank says more about who is online than about what they did. */
export const MEMBERS_MIN = 5;

/** @param limit rows at most; this node's own comes below them where it is not among them */
export function ranking(t: RankingWords, node: EdgeNetNode | undefined, limit: number): TemplateResult {
  const { top = [], nodeId = '' } = node?.state ?? {};
  if (top.length === 0) return why(t('leaderboard.waiting'), t(node?.state.status === 'offline' ? 'leaderboard.offline.hint' : 'leaderboard.waiting.hint'));
  if (top.length < MEMBERS_MIN) return why(t('leaderboard.few'), t('leaderboard.few.hint'));
  const rows = top.map((member, at) => ({ ...member, rank: at + 1, own: member.account === nodeId }));
  const own = rows.find((row) => row.own);
  const shown = rows.slice(0, limit);
  return html`<ol class="ranks" part="ranks">
    ${shown.map((row) => line(t, row))}
    ${own && own.rank > shown.length ? line(t, own, 'apart') : nothing}
  </ol>
  ${own || !isMember(node) ? nothing : html`<p class="self apart" part="self"><span>${t('leaderboard.self')}</span> <span class="faint">${t('leaderboard.unranked')}</span></p>`}`;
}

interface Row {
  readonly account: string;
  readonly name: string;
  readonly credits: number;
  readonly rank: number;
  readonly own: boolean;
}

function line(t: RankingWords, { account, name, credits: earned, rank, own }: Row, place = ''): TemplateResult {
  return html`<li class=${place} value=${rank} part=${own ? 'member self' : 'member'} aria-current=${own ? 'true' : nothing}>
    <span class="who"><bdi title=${account}>${name || shortId(account)}</bdi>${own ? ` (${t('leaderboard.you')})` : ''}</span>
    <b>${t.number(earned, earned >= 100 ? 0 : earned >= 1 ? 2 : 3)}</b>
  </li>`;
}

function why(title: string, hint: string): TemplateResult {
  return html`<p part="empty">${title}</p><p class="faint why">${hint}</p>`;
}

/** Has an account of its own: a session without consent has none that could be ranked. */
export function isMember(node: EdgeNetNode | undefined): boolean {
  return ['idle', 'working', 'paused', 'following'].includes(node?.state.status ?? '') && node?.state.nodeId !== '';
}

export const RANKING_STYLES = `
  .card .ranks { padding-inline-start: 30px; font-variant-numeric: tabular-nums; }
  .ranks li { padding: 3px 0; }
  .ranks li::marker { color: var(--faint); }
  .ranks .who { display: inline-block; max-width: calc(100% - 84px); overflow: hidden; text-overflow: ellipsis; white-space: nowrap; vertical-align: bottom; }
  .ranks b { float: inline-end; font-weight: 600; }
  .ranks [aria-current] { font-weight: 600; color: var(--accent); }
  .apart { margin-top: 5px; border-top: 1px dashed var(--line); }
  .self { display: flex; justify-content: space-between; gap: 12px; padding-top: 5px; }
  .card .self { padding-top: 5px; margin-top: 5px; }
  .card .why { margin-top: 2px; font-size: 13px; }
`;
