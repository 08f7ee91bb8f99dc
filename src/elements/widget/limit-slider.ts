/** How much of the processor the node may use: the visitor's to say, whatever the site asked for. */
import { html, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { describeThrottle } from '../shared/words.js';
import { limitCpu, limitOf } from './visitor-wishes.js';
import type { WidgetWords } from './widget-words.js';

const PERCENT_MIN = 5;
const PERCENT_MAX = 50;

export class LimitSlider {
  #redraw: () => void;
  /** Where the thumb is while it is moved; the node hears of it once it rests. */
  #draft: number | undefined;
  /** A site may have asked for more; then as much can be had back. */
  #percentMax = PERCENT_MAX;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  draw(t: WidgetWords, node: EdgeNetNode): TemplateResult {
    const percent = this.#draft ?? Math.round(limitOf(node) * 100);
    this.#percentMax = Math.max(this.#percentMax, percent);
    const limit = t.percent(percent / 100);
    const onInput = (event: Event) => {
      this.#draft = Number((event.target as HTMLInputElement).value);
      this.#redraw();
    };
    const onChange = (event: Event) => {
      this.#draft = undefined;
      limitCpu(node, Number((event.target as HTMLInputElement).value) / 100);
      this.#redraw();
    };
    return html`<div class="limit" part="limit">
      <label for="limit">${t('widget.limit')}</label> <output for="limit">${limit}</output>
      <input id="limit" type="range" part="slider" min=${PERCENT_MIN} max=${this.#percentMax} step="1" .value=${String(percent)} aria-valuetext="${limit} ${t('widget.limit.hint')}"
        @input=${onInput} @change=${onChange} />
      <p class="faint throttle">${describeThrottle(t, node.state) || t('widget.limit.hint')}</p>
    </div>`;
  }
}
