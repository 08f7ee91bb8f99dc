/** The last tasks in a few words; all of them, and their proof, are in the log. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry } from '../../engine/index.js';
import type { Key } from '../messages/message.js';
import { STATUS } from '../messages/en/status.js';
import { WIDGET_HISTORY } from '../messages/en/widget-history.js';
import { clock, duration, inCredits, shortId } from '../shared/words.js';
import type { Words } from '../shared/wording.js';

const LINES = 5;

export const ENGLISH = { ...STATUS, ...WIDGET_HISTORY };

type HistoryWords = Words<typeof ENGLISH>;

export function section(t: HistoryWords, entries: readonly HistoryEntry[]): TemplateResult {
  return html`${entries.length > 0 ? html`<ul>${entries.slice(0, LINES).map((entry) => line(t, entry))}</ul>` : nothing}
    ${document.querySelector('edge-net-log') ? html`<button type="button" part="button" class="link" @click=${showLog}>${t('widget.history.all')}</button>` : nothing}`;
}

function line(t: HistoryWords, { kind, role, parties, at, busyMs, credits, outcome }: HistoryEntry): TemplateResult {
  const party = parties.map(shortId).join(', ') || t('widget.history.nobody');
  const whom = role === 'local' ? t('widget.history.local') : t(role === 'worker' ? 'widget.history.for' : 'widget.history.by', { party });
  const name = `widget.kind.${kind}`;
  const words = t(name as Key<typeof ENGLISH>);
  const figures = [...(busyMs > 0 ? [duration(t, busyMs)] : []), inCredits(t, credits), t(`widget.outcome.${outcome}`)];
  return html`<li>
    <b>${words === name ? kind : words}</b> <span>${whom}</span>
    <span class="faint"><time datetime=${new Date(at).toISOString()}>${clock(t, at)}</time> · ${figures.join(' · ')}</span>
  </li>`;
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
