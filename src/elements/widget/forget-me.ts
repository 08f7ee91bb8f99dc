/** "Stop and forget me", which cannot be taken back: the card itself asks once more. */
import { html, nothing, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { inCredits } from '../shared/words.js';
import type { WidgetWords } from './widget-words.js';

export class ForgetMe {
  #redraw: () => void;
  #asks = false;
  failed = false;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  /** While it asks, nothing else is to be done. */
  get asks(): boolean {
    return this.#asks;
  }

  button(t: WidgetWords): TemplateResult {
    return html`<button id="stop" type="button" part="button stop" class="link" @click=${(event: Event) => this.#turn(event, true)}>${t('widget.stop')}</button>`;
  }

  question(t: WidgetWords, node: EdgeNetNode): TemplateResult {
    const { credits, pending, staked } = node.state.stats;
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape') return;
      event.preventDefault();
      this.#turn(event, false);
    };
    return html`<div class="confirm" part="confirm" role="group" aria-labelledby="question" aria-describedby="loss" @keydown=${onKey}>
      <p id="question"><b>${t('widget.stop.question')}</b></p>
      <p id="loss">${t('widget.stop.text', { credits: inCredits(t, credits + pending + staked) })}</p>
      <div class="row">
        <button id="keep" type="button" part="button" @click=${(event: Event) => this.#turn(event, false)}>${t('widget.stop.keep')}</button>
        <button type="button" part="button" class="danger" @click=${() => this.#forget(node)}>${t('widget.stop.yes')}</button>
      </div>
    </div>`;
  }

  notice(t: WidgetWords): TemplateResult | typeof nothing {
    return this.failed ? html`<p class="problem" role="alert">${t('widget.stop.failed')}</p>` : nothing;
  }

  /** Asked by the keyboard, answered by the keyboard: the focus goes with what is drawn. */
  #turn(event: Event, asks: boolean): void {
    const root = (event.currentTarget as Element).getRootNode() as ShadowRoot;
    this.#asks = asks;
    this.failed = false;
    this.#redraw();
    root.querySelector<HTMLElement>(asks ? '#keep' : '#stop')?.focus();
  }

  /** Where a site vouches for the consent, forgetting alone would start it again on the next page: the no is kept. */
  async #forget(node: EdgeNetNode): Promise<void> {
    await node.forget().catch(() => (this.failed = true));
    if (node.consent === 'granted') node.revokeConsent();
    this.#asks = false;
    this.#redraw();
  }
}
