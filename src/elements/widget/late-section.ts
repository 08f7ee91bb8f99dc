/** A part of the widget that many never see: its code, and its words, come when it is first drawn. */
import { nothing, type TemplateResult } from 'lit/html.js';
import type { Messages } from '../messages/message.js';
import { sheet } from '../shared/dom.js';
import { Wording, type Words } from '../shared/wording.js';
import { later } from './visitor-wishes.js';
import type { EdgeNetWidget } from './widget-element.js';

const RETRY_MS = 10_000;

/** What the section's module exports. */
export interface SectionModule<English extends Messages, Props> {
  readonly ENGLISH: English;
  readonly STYLES?: string;
  readonly section: (t: Words<English>, props: Props) => TemplateResult;
}

export class LateSection<English extends Messages, Props> {
  #host: EdgeNetWidget;
  #load: () => Promise<SectionModule<English, Props>>;
  #redraw: () => void;
  #module: SectionModule<English, Props> | undefined;
  #loading = false;
  #wording: Wording<English> | undefined;

  constructor(host: EdgeNetWidget, redraw: () => void, load: () => Promise<SectionModule<English, Props>>) {
    this.#host = host;
    this.#redraw = redraw;
    this.#load = load;
  }

  draw(props: Props): TemplateResult | typeof nothing {
    if (!this.#module) this.#fetch();
    const t = this.#module && (this.#wording ??= new Wording(this.#host, this.#module.ENGLISH, this.#host.redraw)).words;
    return t ? this.#module!.section(t, props) : nothing;
  }

  rest(): void {
    this.#wording?.rest();
    this.#wording = undefined;
  }

  /** What could not be loaded is tried again with a later drawing, not with each of ten a second. */
  #fetch(): void {
    if (this.#loading) return;
    this.#loading = true;
    this.#load().then(
      (module) => {
        this.#module = module;
        if (module.STYLES) this.#host.shadowRoot!.adoptedStyleSheets.push(sheet(module.STYLES));
        this.#redraw();
      },
      () => void later(RETRY_MS, () => (this.#loading = false)),
    );
  }
}
