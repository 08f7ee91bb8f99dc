/**
 * What the widget and the leaderboard have in common: each finds its node through the context, wherever it
 * stands and whichever upgrades first, and leaves the drawing to a chunk that is loaded when one is on the page.
 */
import { ContextEvent } from '@lit/context';
import { hubContext, type HubSnapshot } from '../hub/context.js';
import type { EdgeNetNode } from '../node/node-element.js';
import { ElementBase } from './server-safe.js';

export interface View {
  /** Draws the node's present state; without a node, that there is none. */
  draw(node: EdgeNetNode | undefined): void;
}

export abstract class ViewElement extends ElementBase {
  /** Id of the node to show. */
  declare for: string;
  declare theme: 'auto' | 'light' | 'dark';

  #root = this.attachShadow({ mode: 'open' });
  #snapshot: HubSnapshot | undefined;
  #unsubscribe: (() => void) | undefined;
  #node: EdgeNetNode | undefined;
  #view: Promise<View> | undefined;

  protected abstract load(root: ShadowRoot): Promise<View>;

  /** The node this element shows. */
  get node(): EdgeNetNode | undefined {
    return this.#node;
  }

  connectedCallback(): void {
    const receive = (snapshot: HubSnapshot, unsubscribe?: () => void) => {
      this.#unsubscribe = unsubscribe;
      this.#snapshot = snapshot;
      this.#pick();
    };
    askForHub(this, receive);
    this.#draw();
  }

  disconnectedCallback(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = this.#snapshot = undefined;
    this.#show(undefined);
  }

  attributeChangedCallback(name: string): void {
    if (name === 'for') this.#pick();
    this.#draw();
  }

  #pick(): void {
    this.#show(this.#snapshot?.pick(this, this.for));
  }

  #show(node: EdgeNetNode | undefined): void {
    if (node === this.#node) return;
    this.#node?.removeEventListener('edge-net-state', this.#draw);
    this.#node = node;
    node?.addEventListener('edge-net-state', this.#draw);
    this.#draw();
  }

  #draw = (): void => {
    if (!this.isConnected) return;
    this.#view ??= this.load(this.#root);
    void this.#view.then((view) => view.draw(this.#node));
  };
}

function askForHub(element: Element, receive: (snapshot: HubSnapshot, unsubscribe?: () => void) => void): void {
  element.dispatchEvent(new ContextEvent(hubContext, element, receive, true));
}
