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

  /** @param at the item that gets the focus; negative counts from the last */
  #show(event: Event, at: number): void {
    const menu = menuOf(event);
    this.#open = true;
    this.#redraw();
    itemsOf(menu).at(at)?.focus();
  }

  #close(event: Event): void {
    this.#open = false;
    menuOf(event).querySelector<HTMLElement>('#snooze')?.focus();
    this.#redraw();
  }

  #onKey = (event: KeyboardEvent): void => {
    const items = itemsOf(menuOf(event));
    const at = items.indexOf(event.target as HTMLButtonElement);
    const act = this.#open ? this.#keysOfMenu(event, items, at) : this.#keysOfButton(event);
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };

  #keysOfButton(event: KeyboardEvent): (() => void) | undefined {
    if (event.key === 'ArrowDown') return () => this.#show(event, 0);
    return event.key === 'ArrowUp' ? () => this.#show(event, -1) : undefined;
  }

  #keysOfMenu(event: KeyboardEvent, items: readonly HTMLElement[], at: number): (() => void) | undefined {
    const steps: Readonly<Record<string, () => void>> = {
      ArrowDown: () => items[(at + 1) % items.length]?.focus(),
      ArrowUp: () => items.at(at < 0 ? -1 : at - 1)?.focus(),
      Home: () => items[0]?.focus(),
      End: () => items.at(-1)?.focus(),
      Escape: () => this.#close(event),
    };
    return steps[event.key];
  }

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
