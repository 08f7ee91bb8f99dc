/** The log by pages. Its buttons are never disabled, for that takes the focus from the one that was just pressed. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { LogWords } from './log-words.js';

export const PAGE_ROWS = 50;

/** "51–100 of 500" @param page from 0 */
export function pageWords(t: LogWords, page: number, count: number): string {
  const from = page * PAGE_ROWS;
  return t('log.shown', { from: t.number(from + 1), to: t.number(Math.min(from + PAGE_ROWS, count)), count: t.number(count) });
}

/** @param last the last page @param turnTo called with another page */
export function pages(t: LogWords, page: number, last: number, turnTo: (page: number) => void): TemplateResult | typeof nothing {
  if (last === 0) return nothing;
  const turn = (to: number, words: string) => {
    const isOver = to < 0 || to > last;
    return html`<button type="button" part="button" aria-disabled=${String(isOver)} @click=${() => isOver || turnTo(to)}>${words}</button>`;
  };
  return html`<nav aria-label=${t('log.pages')}>${turn(page - 1, t('log.newer'))} ${turn(page + 1, t('log.older'))}</nav>`;
}
