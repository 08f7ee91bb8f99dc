/** Which entries of the log are listed, and the controls that say so. */
import { html, type TemplateResult } from 'lit/html.js';
import { live } from 'lit/directives/live.js';
import type { HistoryEntry } from '../../engine/index.js';
import { describeKind, describeTask, type LogWords } from './log-words.js';

/** Empty fields let everything through. */
export interface Filter {
  readonly role: '' | 'worked' | 'bought';
  readonly kind: string;
  readonly outcome: string;
  readonly text: string;
}

export const NO_FILTER: Filter = { role: '', kind: '', outcome: '', text: '' };

export const OUTCOMES = ['running', 'paid', 'unpaid', 'resolved', 'refunded', 'failed'] as const satisfies readonly HistoryEntry['outcome'][];

export function isFiltering(filter: Filter): boolean {
  return Object.values(filter).some(Boolean);
}

export function filtered(entries: readonly HistoryEntry[], { role, kind, outcome, text }: Filter, t: LogWords): readonly HistoryEntry[] {
  const sought = text.trim().toLowerCase();
  return entries.filter((entry) =>
    (!role || (role === 'worked') === (entry.role === 'worker'))
    && (!kind || entry.kind === kind)
    && (!outcome || entry.outcome === outcome)
    && (!sought || [describeTask(t, entry), entry.taskId, entry.kind, entry.digest, ...entry.parties].some((words) => words.toLowerCase().includes(sought))));
}

/** @param apply takes what changed */
export function filterForm(t: LogWords, filter: Filter, entries: readonly HistoryEntry[], apply: (change: Partial<Filter>) => void): TemplateResult {
  const kinds = [...new Set(entries.map(({ kind }) => kind))].map((kind) => [kind, describeKind(t, kind)] as const);
  const outcomes = OUTCOMES.filter((outcome) => entries.some((entry) => entry.outcome === outcome)).map((outcome) => [outcome, t(`log.outcome.${outcome}`)] as const);
  const choice = (name: 'role' | 'kind' | 'outcome', options: readonly (readonly [value: string, words: string])[]) => html`<label>
    <span>${t(`log.filter.${name}`)}</span>
    <select part="filter" @change=${({ target }: Event) => apply({ [name]: (target as HTMLSelectElement).value })}>
      <option value="" .selected=${live(!filter[name])}>${t('log.any')}</option>
      ${options.map(([value, words]) => html`<option value=${value} .selected=${live(filter[name] === value)}>${words}</option>`)}
    </select>
  </label>`;
  return html`<form role="search" aria-label=${t('log.filter')} @submit=${(event: Event) => event.preventDefault()}>
    ${choice('role', [['worked', t('log.role.worked')], ['bought', t('log.role.bought')]])}
    ${choice('kind', kinds)}
    ${choice('outcome', outcomes)}
    <label><span>${t('log.filter.text')}</span><input part="filter" type="search" autocomplete="off" .value=${live(filter.text)} @input=${({ target }: Event) => apply({ text: (target as HTMLInputElement).value })}></label>
  </form>`;
}
