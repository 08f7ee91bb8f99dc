/**
 * What every element but the node has in common: each finds its node through the context, wherever it
 * stands and whichever upgrades first, and leaves the drawing to a chunk that is loaded when one is on the page.
 */
import { ContextEvent } from '@lit/context';
import { hubContext, type HubSnapshot } from '../hub/context.js';
import { hub } from '../hub/hub.js';
import type { Messages } from '../messages/message.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { adoptEarlyProperties, attributeOf, reflectAttributes, type Table } from './attributes.js';
import { ElementBase } from './server-safe.js';

const RETRY_MS = 10_000;

export interface View {
  /** Draws the node's present state; without a node, that there is none. */
  draw(node: EdgeNetNode | undefined): void;
  /** The element left the document; what is drawn again later starts anew. */
  rest?(): void;
}

type ViewModule = { readonly view: (host: never, root: ShadowRoot) => View };

export abstract class ViewElement extends ElementBase {
  /** Id of the node to show. */
  declare for: string;
  declare theme: 'auto' | 'light' | 'dark';
  /** Words of this element to be replaced, by their key. */
  declare messages: Messages;

  /** Attributes with their defaults, and names of other properties. */
  static table: Table;
  static others: readonly string[];

  #root = this.attachShadow({ mode: 'open' });
  #snapshot: HubSnapshot | undefined;
  #unsubscribe: (() => void) | undefined;
  #node: EdgeNetNode | undefined;
  #view: Promise<View | undefined> | undefined;

  protected abstract load(): Promise<ViewModule>;

  /** The node this element shows. */
  get node(): EdgeNetNode | undefined {
    return this.#node;
  }

  connectedCallback(): void {
    const { table, others } = this.constructor as typeof ViewElement;
    adoptEarlyProperties(this, [...Object.keys(table), ...others]);
    const receive = (snapshot: HubSnapshot, unsubscribe?: () => void) => {
      this.#unsubscribe = unsubscribe;
      this.#snapshot = snapshot;
      this.#pick();
    };
    this.dispatchEvent(new ContextEvent(hubContext, this, receive, true));
    this.redraw();
  }

  disconnectedCallback(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = this.#snapshot = undefined;
    this.#show(undefined);
    void this.#view?.then((view) => this.isConnected || view?.rest?.());
  }

  attributeChangedCallback(name: string): void {
    if (name === 'for') this.#pick();
    this.redraw();
  }

  #pick(): void {
    this.#show(this.#snapshot?.pick(this, this.for));
  }

  #show(node: EdgeNetNode | undefined): void {
    if (node === this.#node) return;
    this.#node?.removeEventListener('edge-net-state', this.redraw);
    this.#node = node;
    node?.addEventListener('edge-net-state', this.redraw);
    this.redraw();
  }

  /** Draws again what the node, the attributes and the language are now. */
  readonly redraw = (): void => {
    if (!this.isConnected) return;
    // A chunk that could not be loaded is tried again with a change, not with each of ten a second.
    this.#view ??= this.load().then(
      ({ view }) => view(this as never, this.#root),
      () => void hub().around.later(RETRY_MS, () => (this.#view = undefined)),
    );
    void this.#view.then((view) => this.isConnected && view?.draw(this.#node));
  };
}

/**
 * Gives a view's class its attributes, `for`, `theme`, `lang` and those of `table`, and other properties whose change is drawn:
 * `messages` and those named.
 */
export function withAttributes(element: typeof ViewElement, table: Table, ...properties: string[]): void {
  element.table = { for: '', theme: 'auto', ...table };
  element.others = ['messages', ...properties];
  Object.assign(element, { observedAttributes: ['lang', ...Object.keys(element.table).map(attributeOf)] });
  if (globalThis.HTMLElement) reflectAttributes(element.prototype, element.table);
  for (const name of element.others) {
    const values = new WeakMap<ViewElement, unknown>();
    Object.defineProperty(element.prototype, name, {
      configurable: true,
      enumerable: true,
      get(this: ViewElement) {
        return values.get(this);
      },
      set(this: ViewElement, value: unknown) {
        values.set(this, value);
        this.redraw();
      },
    });
  }
}
