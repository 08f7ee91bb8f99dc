/** What stands behind a row: ids, digest and certificate in full, each to be copied. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { HistoryEntry } from '../../engine/index.js';
import type { Table } from './log-table.js';
import { tame } from './log-words.js';

/** The longest id is a digest of 43 characters; what is longer is no id of ours. */
const ID_CHARS_MAX = 128;

export function entryDetails({ t, copy }: Pick<Table, 't' | 'copy'>, { taskId, role, parties, digest, certificate }: HistoryEntry): TemplateResult {
  const party = role === 'worker' ? t('log.detail.requester') : t('log.detail.worker');
  const fields = [
    [t('log.detail.task'), [taskId]],
    [t('log.detail.digest'), [digest]],
    [party, parties],
    [t('log.detail.escrow'), [certificate?.escrow ?? '']],
    [t('log.detail.settlement'), [certificate?.settlement ?? '']],
    [t('log.detail.witness'), certificate?.witnesses ?? []],
  ] as const;
  return html`<dl>
      ${fields.map(([name, values]) => (values.some(Boolean) ? html`<div><dt>${name}</dt>${values.filter(Boolean).map((value) => copyable(name, value))}</div>` : nothing))}
    </dl>
    <p class="faint">${certificate ? t('log.certified') : t('log.certified.not')}</p>`;

  function copyable(name: string, value: string): TemplateResult {
    const click = ({ currentTarget }: Event) => copy(value, (currentTarget as HTMLElement).parentElement!.querySelector('code')!);
    return html`<dd><code dir="ltr">${tame(value, ID_CHARS_MAX)}</code><button type="button" part="copy" aria-label=${t('log.copy.what', { what: name })} @click=${click}>${t('log.copy')}</button></dd>`;
  }
}
