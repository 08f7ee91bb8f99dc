/** What a site's owner sees before there is anything to count: how far the site has come, as it happens. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { Report } from '../../engine/index.js';
import type { EdgeNetNode } from '../node/node-element.js';
import type { DashboardWords } from './format.js';

interface Step {
  readonly isDone: boolean;
  readonly name: string;
  readonly todo: string;
}

/** Statuses of a node that may contribute. */
const ALLOWED: ReadonlySet<string> = new Set(['loading', 'connecting', 'idle', 'working', 'paused', 'following', 'offline']);

export function stepsOf(node: EdgeNetNode | undefined, report: Report | undefined, t: DashboardWords): TemplateResult {
  const state = node?.state;
  const isSetUp = state !== undefined && state.status !== 'unconfigured';
  const steps: Step[] = [
    { isDone: node !== undefined, name: t('dashboard.step.tag'), todo: t('dashboard.step.tag-todo') },
    { isDone: report !== undefined || (isSetUp && state.link !== 'none'), name: t('dashboard.step.relay'), todo: t(node && !isSetUp ? 'dashboard.step.relay-missing' : 'dashboard.step.relay-todo') },
    // The ledger has whoever allowed it; of this page's own visitor it is known before the record is.
    { isDone: (report?.totals.visitorsAllowed ?? 0) > 0 || (state !== undefined && ALLOWED.has(state.status)), name: t('dashboard.step.consent'), todo: t('dashboard.step.consent-todo') },
  ];
  const current = steps.findIndex(({ isDone }) => !isDone);
  return html`<div class="empty" part="empty">
    <h3>${t(current < 0 ? 'dashboard.empty-done' : 'dashboard.empty')}</h3>
    <ol class="steps">${steps.map(({ isDone, name, todo }, at) => html`<li data-done=${String(isDone)} aria-current=${at === current ? 'step' : nothing}>
      <span class="tick" aria-hidden="true">${isDone ? nothing : t.number(at + 1)}</span>
      <div><p class="step"><span class="hidden">${t(isDone ? 'dashboard.done' : 'dashboard.todo')} </span>${name}</p>
      ${at === current ? html`<p class="todo">${todo}</p>` : nothing}</div>
    </li>`)}</ol>
  </div>`;
}
