/** Credits, and what was done for them. Every line is there from the first: figures that come and go must not move the page. */
import { html, type TemplateResult } from 'lit/html.js';
import type { NodeState } from '../../engine/index.js';
import { credits, duration } from '../shared/words.js';
import type { Today } from './ran-here.js';
import type { WidgetWords } from './widget-words.js';

export function creditLines(t: WidgetWords, { stats }: NodeState): TemplateResult {
  return html`<p class="credits" part="credits">
    <b>${credits(t, stats.credits)}</b>
    <span>${t.plural('widget.credits', stats.credits)} <span class="faint">${stats.pending > 0 ? t('widget.pending', { amount: credits(t, stats.pending) }) : ''}</span></span>
  </p>`;
}

export function figures(t: WidgetWords, { stats }: NodeState, today: Today): TemplateResult {
  const { rank, accounts, multiplier } = stats;
  const rows = [
    [t('widget.tasks'), `${t.number(today.tasks)}${today.isCut ? '+' : ''}`],
    [t('widget.time'), `${duration(t, today.busyMs)}${today.isCut ? '+' : ''}`],
    [t('widget.rank'), rank > 0 ? t('widget.rank.of', { rank: t.number(rank), accounts: t.number(accounts) }) : t('widget.rank.none')],
    [t('widget.multiplier'), t('widget.multiplier.times', { times: t.number(multiplier, 2) })],
  ] as const;
  return html`<dl part="stats">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`;
}
