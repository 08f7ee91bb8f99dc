/** A pinned widget folds into a pill with its dot, and stays as it was left as long as the page lives. */
import { html, type TemplateResult } from 'lit/html.js';
import type { Description } from '../shared/words.js';
import type { EdgeNetWidget } from './widget-element.js';
import type { WidgetWords } from './widget-words.js';

/** On less than this an open card hides what the visitor came for. */
const NARROW = '(max-width: 480px)';

/** By the visitor, for every widget that comes and goes on this page. */
let chosen: boolean | undefined;

export class Fold {
  #host: EdgeNetWidget;
  #root: ShadowRoot;
  #redraw: () => void;
  #isNarrow = matchMedia(NARROW).matches;

  /** @param redraw draws at once, for the focus moves to what is drawn */
  constructor(host: EdgeNetWidget, root: ShadowRoot, redraw: () => void) {
    this.#host = host;
    this.#root = root;
    this.#redraw = redraw;
  }

  get isPinned(): boolean {
    return this.#host.position !== '';
  }

  get isFolded(): boolean {
    return this.isPinned && (chosen ?? this.#isNarrow);
  }

  pill(t: WidgetWords, { title, tone, announcement }: Description): TemplateResult {
    return html`<div class="pill" lang=${t.lang} dir=${t.dir}>
      <button id="open" class="card" part="pill" type="button" aria-expanded="false" aria-label=${t('widget.open', { status: title })} @click=${() => this.#turn(false)}>
        <span class="dot" data-tone=${tone}></span><span>${title}</span>
      </button>
      <p class="hidden" role="status">${announcement}</p>
    </div>`;
  }

  button(t: WidgetWords): TemplateResult {
    return html`<button id="fold" class="fold" part="fold" type="button" aria-expanded="true" aria-label=${t('widget.minimise')} title=${t('widget.minimise')} @click=${() => this.#turn(true)}><span></span></button>`;
  }

  #turn(folds: boolean): void {
    chosen = folds;
    this.#redraw();
    this.#root.querySelector<HTMLElement>(folds ? '#open' : '#fold')?.focus();
  }
}
