/** The price, in a line that keeps its place; beside it what stands against paying it. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { isEdgeNetError } from '../shared/errors.js';
import { tame } from '../log/log-words.js';
import type { EdgeNetTask } from './task-element.js';
import { explain } from './task-failure.js';
import type { Price } from './task-price.js';
import type { TaskRun } from './task-run.js';
import { describeAmount, describeQuote, type TaskWords } from './task-words.js';

export function priceLine(t: TaskWords, run: TaskRun, host: EdgeNetTask, node: EdgeNetNode): TemplateResult {
  const { price } = run;
  const ask = node.local === 'only' ? undefined : askable(price);
  return html`<div class="price" part="price">
    <p aria-live="polite">${wordsOf(t, run, node)} ${node.state.status === 'offline' ? html`<span class="warn">${t('task.offline')}</span>` : nothing} ${against(t, run, host, node)}</p>
    ${ask ? html`<button type="button" part="button" @click=${() => run.askPrice(0)}>${t(ask)}</button>` : nothing}
  </div>`;
}

/** What the button says that asks for the price: for the first time, or where asking once more may help. */
function askable(price: Price): 'task.price.show' | 'task.retry' | undefined {
  if (price.kind === 'unasked') return 'task.price.show';
  return price.kind === 'failed' && isEdgeNetError(price.error) && price.error.retryable ? 'task.retry' : undefined;
}

function wordsOf(t: TaskWords, { price }: TaskRun, node: EdgeNetNode): string | TemplateResult {
  if (node.local === 'only') return t('task.price.local');
  if (price.kind === 'known') return describeQuote(t, price.quote);
  if (price.kind !== 'failed') return t(`task.price.${price.kind}`);
  // The engine's message names the field that is wrong; it is in English, whatever the page is in.
  const why = isEdgeNetError(price.error) && price.error.code === 'bad-input' ? tame(price.error.message, 200) : explain(t, price.error);
  return t('task.price.failed', { message: why });
}

function against(t: TaskWords, { price, isOverBudget }: TaskRun, host: EdgeNetTask, node: EdgeNetNode): TemplateResult | typeof nothing {
  if (price.kind !== 'known' || node.local === 'only') return nothing;
  if (isOverBudget) return html`<span class="warn">${t('task.price.over', { credits: describeAmount(t, host.maxCredits) })}</span>`;
  const { credits } = node.stats();
  // An account that has nothing yet may have others pay, a voucher's site or the network's first grant: nobody knows before.
  if (credits >= price.quote.cost || (credits === 0 && !node.state.reasons.includes('no-credits'))) return nothing;
  const had = { credits: describeAmount(t, credits) };
  return html`<span class="warn">${node.local === 'fallback' ? t('task.poor.fallback', had) : t('task.poor', had)}</span>`;
}
