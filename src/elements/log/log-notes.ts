/** What the log says where there is no list to show, and what it asks before it deletes one. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import type { LogWords } from './log-words.js';

export function note(words: string, action: TemplateResult | typeof nothing = nothing): TemplateResult {
  return html`<div class="note" part="note"><p>${words}</p>${action}</div>`;
}

/** No engine runs that could be asked. */
export function asleep(t: LogWords, node: EdgeNetNode): TemplateResult {
  const canAsk = ['awaiting-consent', 'declined'].includes(node.state.status) && node.consent !== 'denied';
  return note(t('log.asleep'), canAsk ? html`<button type="button" part="button" @click=${() => void node.requestConsent()}>${t('log.contribute')}</button>` : nothing);
}

/** Whether to delete the list. Escape keeps it. */
export function sure(t: LogWords, { keep, clear }: { keep(): void; clear(): void }): TemplateResult {
  const onKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    keep();
  };
  return html`<div class="sure" part="confirm" role="group" aria-labelledby="sure" @keydown=${onKey}>
    <p id="sure">${t('log.clear.sure')}</p>
    <div class="bar">
      <button type="button" part="button" id="keep" @click=${keep}>${t('log.clear.no')}</button>
      <button type="button" part="button" class="danger" @click=${clear}>${t('log.clear.yes')}</button>
    </div>
  </div>`;
}
