/** The last tasks in a few words; all of them, and their proof, are in the log. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry } from '../../engine/index.js';
import type { Key } from '../messages/message.js';
import { tame } from '../log/log-words.js';
import { STATUS } from '../messages/en/status.js';
import { WIDGET_HISTORY } from '../messages/en/widget-history.js';
import { clock, duration, inCredits, shortId } from '../shared/words.js';
import type { Words } from '../shared/wording.js';

const LINES = 5;
const ID_CHARS_MAX = 64;

export const ENGLISH = { ...STATUS, ...WIDGET_HISTORY };

type HistoryWords = Words<typeof ENGLISH>;

export function section(t: HistoryWords, entries: readonly HistoryEntry[]): TemplateResult {
  return html`${entries.length > 0 ? html`<ul>${entries.slice(0, LINES).map((entry) => line(t, entry))}</ul>` : nothing}
    ${document.querySelector('edge-net-log') ? html`<button type="button" part="button" class="link" @click=${showLog}>${t('widget.history.all')}</button>` : nothing}`;
}

function line(t: HistoryWords, { kind, role, parties, at, busyMs, credits, outcome }: HistoryEntry): TemplateResult {
  const party = parties.map((account) => shortId(tame(account, ID_CHARS_MAX))).join(', ') || t('widget.history.nobody');
  const whom = role === 'local' ? t('widget.history.local') : t(role === 'worker' ? 'widget.history.for' : 'widget.history.by', { party });
  const figures = [...(busyMs > 0 ? [duration(t, busyMs)] : []), inCredits(t, credits), named(t, 'outcome', outcome)];
  return html`<li>
    <b><bdi>${named(t, 'kind', kind)}</bdi></b> <span>${whom}</span>
    <span class="faint">${timeOf(t, at)}${figures.join(' · ')}</span>
  </li>`;
}

/** Another version wrote what has no name here: it is called as it calls itself. */
function named(t: HistoryWords, what: 'kind' | 'outcome', name: string): string {
  const key = `widget.${what}.${name}`;
  const words = t(key as Key<typeof ENGLISH>);
  return words === key ? tame(name) : words;
}

function timeOf(t: HistoryWords, at: number): TemplateResult | typeof nothing {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? nothing : html`<time datetime=${date.toISOString()}>${clock(t, at)}</time> · `;
}

/** The log may stand anywhere on the page, without an id to link to. */
function showLog(): void {
  const log = document.querySelector('edge-net-log');
  if (!log) return;
  const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
  log.scrollIntoView({ behavior: still ? 'auto' : 'smooth', block: 'start' });
  if (log.tabIndex < 0) log.tabIndex = -1;
  log.focus({ preventScroll: true });
}
