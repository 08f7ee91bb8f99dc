/** A menu button: arrow keys walk through it, Escape closes it and gives the focus back. */
import { html, type TemplateResult } from 'lit/html.js';
import type { EdgeNetNode } from '../node/node-element.js';
import type { WidgetWords } from './widget-words.js';

const HOUR_MS = 3_600_000;

export class SnoozeMenu {
  #redraw: () => void;
  #open = false;

  constructor(redraw: () => void) {
    this.#redraw = redraw;
  }

  draw(t: WidgetWords, node: EdgeNetNode): TemplateResult {
    const items = [
      [t('widget.snooze.hour'), () => node.snooze(HOUR_MS)],
      [t('widget.snooze.today'), () => node.snooze(untilMidnight())],
      [t('widget.snooze.resume'), () => node.pause('visitor')],
    ] as const;
    const choose = (event: Event, act: () => void) => {
      this.#close(event);
      act();
    };
    return html`<div class="menu" @keydown=${this.#onKey} @focusout=${this.#onFocusOut}>
      <button id="snooze" type="button" part="button snooze" aria-haspopup="menu" aria-controls="snoozes" aria-expanded=${this.#open} @click=${this.#toggle}>${t('widget.snooze')}</button>
      <ul id="snoozes" role="menu" part="menu" aria-labelledby="snooze" ?hidden=${!this.#open}>
        ${items.map(([words, act]) => html`<li role="none"><button type="button" role="menuitem" tabindex="-1" @click=${(event: Event) => choose(event, act)}>${words}</button></li>`)}
      </ul>
    </div>`;
  }

  #toggle = (event: Event): void => {
    if (this.#open) this.#close(event);
    else this.#show(event, 0);
  };

  /** @param at the item that gets the focus */
  #show(event: Event, at: number): void {
    const menu = menuOf(event);
    this.#open = true;
    this.#redraw();
    itemsOf(menu)[at]!.focus();
  }

  #close(event: Event): void {
    this.#open = false;
    menuOf(event).querySelector<HTMLElement>('#snooze')!.focus();
    this.#redraw();
  }

  /** On the button, which is no item, arrows open the menu. */
  #onKey = (event: KeyboardEvent): void => {
    const items = itemsOf(menuOf(event));
    const at = items.indexOf(event.target as HTMLElement);
    const last = items.length - 1;
    const steps: Readonly<Record<string, number>> = { ArrowDown: at < last ? at + 1 : 0, ArrowUp: at > 0 ? at - 1 : last, ...(this.#open ? { Home: 0, End: last, Escape: -1 } : {}) };
    const to = steps[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (to < 0) this.#close(event);
    else this.#show(event, to);
  };

  /** Left by Tab or by a click elsewhere; or taken away while it is drawn, and then there is no drawing inside the drawing. */
  #onFocusOut = (event: FocusEvent): void => {
    if (!this.#open || menuOf(event).contains(event.relatedTarget as Node | null)) return;
    this.#open = false;
    queueMicrotask(this.#redraw);
  };
}

function menuOf(event: Event): HTMLElement {
  return (event.target as Element).closest<HTMLElement>('.menu')!;
}

function itemsOf(menu: Element): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>('[role=menuitem]')];
}

/** By this machine's clock. */
function untilMidnight(): number {
  return Math.max(1, new Date().setHours(24, 0, 0, 0) - Date.now());
}
