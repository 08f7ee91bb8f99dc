/** What is going on, in words, and what the visitor may do about it. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { NodeState } from '../../engine/index.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { clock, describeProgress, type Description } from '../shared/words.js';
import type { ForgetMe } from './forget-me.js';
import type { LimitSlider } from './limit-slider.js';
import type { SnoozeMenu } from './snooze-menu.js';
import { isPaused } from './stage.js';
import { snoozedUntil } from './visitor-wishes.js';
import type { WidgetWords } from './widget-words.js';

interface Parts {
  readonly snooze: SnoozeMenu;
  readonly limit: LimitSlider;
  readonly forget: ForgetMe;
}

/** The words are no live region: tasks come and go. What is announced stands apart, and changes seldom. */
export function statusLines(t: WidgetWords, node: EdgeNetNode | undefined, { title, hint, tone, announcement }: Description, isEmpty: boolean): TemplateResult {
  const error = node?.state.error;
  return html`<div class="status" part="status">
      <span class="dot" data-tone=${tone}></span>
      <p class="title" part="status-title">${title}</p>
      <p class="hint faint" part="status-hint">${node ? detail(t, node, isEmpty) || hint : hint}</p>
    </div>
    <p class="hidden" role="status">${announcement}</p>
    ${error
      ? html`<details class="details" part="error"><summary>${t('status.details')}</summary><p lang="en" dir="ltr">${error.message} (${error.code})</p></details>`
      : nothing}`;
}

/** What this very node has to say instead of the general hint. */
function detail(t: WidgetWords, { state }: EdgeNetNode, isEmpty: boolean): string {
  if (state.progress) return describeProgress(t, state.progress);
  if (state.status === 'paused' && state.reasons[0] === 'snoozed') return untilWhen(t, snoozedUntil());
  if (state.status === 'idle' && isEmpty && state.reasons.includes('no-work') && !state.reasons.includes('no-peers')) return emptyWords(t, state);
  return '';
}

/** A time alone would be taken for today's. */
function untilWhen(t: WidgetWords, until: number): string {
  return until < new Date().setHours(24, 0, 0, 0) ? t('widget.snoozed', { time: clock(t, until) }) : '';
}

/** "Nothing has run yet. No one needs work now." */
export function emptyWords(t: WidgetWords, { reasons }: NodeState): string {
  return `${t('widget.empty')} ${reasons.includes('no-work') ? t('status.reason.no-work.hint') : ''}`;
}

/** Where nothing runs yet: what it would be, and the way in. A site that said no leaves none. */
export function invitation(t: WidgetWords, node: EdgeNetNode): TemplateResult | typeof nothing {
  if (node.consent === 'denied') return nothing;
  const isDeclined = node.state.status === 'declined';
  return html`<p class="invitation faint">${t(isDeclined ? 'widget.contribute.again' : 'widget.contribute.hint')}</p>
    <div class="row"><button type="button" part="button contribute" @click=${() => node.requestConsent()}>${t('widget.contribute')}</button></div>`;
}

export function controls(t: WidgetWords, node: EdgeNetNode, { snooze, limit, forget }: Parts): TemplateResult {
  if (forget.asks) return forget.question(t, node);
  // One button with two names: it keeps the focus when it is pressed.
  const toggle = () => (isPaused(node) ? node.resume('visitor') : node.pause('visitor'));
  return html`<div class="row">
      <button type="button" part="button pause" @click=${toggle}>${t(isPaused(node) ? 'status.resume' : 'status.pause')}</button>
      ${snooze.draw(t, node)}
    </div>
    ${limit.draw(t, node)} ${forget.button(t)}`;
}
