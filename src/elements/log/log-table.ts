/**
 * The table. Narrow, each row becomes a card by CSS, which takes the table's roles from it: hence they are written out. The cards
 * repeat the column's name before each value, for the eyes alone.
 */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { repeat } from 'lit/directives/repeat.js';
import type { HistoryEntry } from '../../engine/index.js';
import type { LOG } from '../messages/en/log.js';
import type { Key } from '../messages/message.js';
import { entryDetails } from './log-details.js';
import { describeBytes, describeCredits, describeDuration, describeRequester, describeTask, describeTime, type LogWords } from './log-words.js';

export interface Table {
  readonly t: LogWords;
  readonly entries: readonly HistoryEntry[];
  /** Keys of the rows whose details are shown. */
  readonly expanded: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readonly now: number;
  nameOf(account: string): string;
  toggle(key: string): void;
  copy(text: string, field: HTMLElement): void;
}

const TONES: Readonly<Partial<Record<HistoryEntry['outcome'], string>>> = { running: 'busy', paid: 'good', resolved: 'good', unpaid: 'warn', refunded: 'warn', failed: 'bad' };

export function keyOf({ taskId, role }: Pick<HistoryEntry, 'taskId' | 'role'>): string {
  return `${role}/${taskId}`;
}

export function logTable(table: Table): TemplateResult {
  const { t, entries } = table;
  // Only what was bought has a duration: where nothing was, the column would be empty.
  const columns = ['time', 'task', 'requester', ...(entries.some(({ latencyMs }) => latencyMs > 0) ? ['duration'] as const : []), 'cpu', 'data', 'credits', 'outcome'] as const;
  const names = columns.map((column) => [column, t(`log.column.${column}`)] as const);
  return html`<table role="table" part="table" aria-labelledby="heading" aria-describedby="intro">
    <caption class="hidden">${t('log.heading')}</caption>
    <thead role="rowgroup"><tr role="row">${names.map(([column, name]) => html`<th role="columnheader" scope="col" class=${column}>${name}</th>`)}</tr></thead>
    <tbody role="rowgroup">${repeat(entries, keyOf, (entry, index) => row(table, entry, index, names))}</tbody>
  </table>`;
}

function row(table: Table, entry: HistoryEntry, index: number, names: readonly (readonly [column: string, name: string])[]): TemplateResult {
  const { t, expanded, now } = table;
  const key = keyOf(entry);
  const isOpen = expanded.has(key);
  const cells: Readonly<Record<string, unknown>> = {
    time: timeOf(t, entry.at, now),
    requester: html`<bdi>${describeRequester(t, entry, table.nameOf)}</bdi>`,
    duration: describeDuration(t, entry.latencyMs),
    cpu: describeDuration(t, entry.busyMs),
    data: describeBytes(t, entry.bytes),
    credits: html`<bdi>${describeCredits(t, entry.credits)}</bdi>`,
    outcome: html`<span class="outcome"><span class="dot" data-tone=${TONES[entry.outcome] ?? 'off'}></span>${outcomeOf(t, entry.outcome)}</span>`,
  };
  const task = (name: string) => html`<th role="rowheader" scope="row" class="task" data-name=${name}>
    <button type="button" class="open" part="row-button" aria-expanded=${String(isOpen)} aria-controls=${isOpen ? `details-${index}` : nothing} @click=${() => table.toggle(key)}>${describeTask(t, entry)}</button>
  </th>`;
  return html`<tr role="row" part="row" class=${isOpen ? 'row is-open' : 'row'}>
      ${names.map(([column, name]) => (column === 'task' ? task(name) : html`<td role="cell" class=${column} data-name=${name}>${cells[column]}</td>`))}
    </tr>
    ${isOpen ? html`<tr role="row" class="details" part="details" id=${`details-${index}`}><td role="cell" colspan=${names.length}>${entryDetails(table, entry)}</td></tr>` : nothing}`;
}

function timeOf(t: LogWords, at: number, now: number): TemplateResult | string {
  const words = describeTime(t, at, now);
  return words === '–' ? words : html`<time datetime=${new Date(at).toISOString()}>${words}</time>`;
}

/** An entry that another version wrote may have an outcome of its own. */
function outcomeOf(t: LogWords, outcome: HistoryEntry['outcome']): string {
  return outcome in TONES ? t(`log.outcome.${outcome}` as Key<typeof LOG>) : '–';
}
