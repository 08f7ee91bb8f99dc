/** What went wrong: in words, then the code and the message for who can do something about it. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import { isEdgeNetError } from '../shared/errors.js';
import { tame } from '../log/log-words.js';
import { UnreadableField } from './task-payload.js';
import { describeFailure, type TaskWords } from './task-words.js';

const MESSAGE_CHARS_MAX = 400;

export function failure(t: TaskWords, error: unknown, retry: () => void): TemplateResult {
  const known = isEdgeNetError(error) ? error : undefined;
  const seconds = Math.ceil((known?.retryAfterMs ?? 0) / 1_000);
  return html`<div class="failure" part="error">
    <h3>${t('task.failed')}</h3>
    <p>${explain(t, error)} ${seconds > 0 ? t.plural('task.error.later', seconds) : nothing}</p>
    ${known ? html`<p class="faint message" lang="en" dir="ltr">${tame(known.message, MESSAGE_CHARS_MAX)}</p>` : nothing}
    <p class="row">
      ${known?.retryable ? html`<button type="button" part="button" @click=${retry}>${t('task.retry')}</button>` : nothing}
      ${known ? html`<a part="link" href=${known.docs} target="_blank" rel="noopener">${t('task.error.docs', { code: known.code })}</a>` : nothing}
    </p>
  </div>`;
}

/** In a sentence. */
export function explain(t: TaskWords, error: unknown): string {
  if (error instanceof UnreadableField) return error.field ? t('task.field.json', { field: tame(error.field) }) : t('task.payload.json');
  return describeFailure(t, isEdgeNetError(error) ? error.code : '');
}
