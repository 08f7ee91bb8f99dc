/** A clean page for each test, and ways to wait for what elements do without guessing how long it takes. */
import type { EdgeNetNode, EdgeNetWidget } from '../../../src/elements/edge-net.js';
import { engines, hub, refusal, time } from './engine.js';

export const RELAYS = 'wss://relay.example/gun';
const GRACE_MS = 2_000;

/** Takes everything away, the visitor's answer included. */
export function reset(): void {
  document.body.replaceChildren();
  time.pass(GRACE_MS);
  hub.visitor.forget();
  hub.visitor.wish({ pausedUntil: 0, cpuLimit: undefined }, false);
  // An answer that has run out is none.
  hub.visitor.decide('denied', 1);
  localStorage.clear();
  time.pass(2 * 86_400_000);
  engines.length = 0;
  refusal.error = undefined;
}

export function addNode(attributes: Record<string, string> = {}, parent: Node = document.body): EdgeNetNode {
  const node = document.createElement('edge-net-node');
  for (const [name, value] of Object.entries({ relays: RELAYS, ...attributes })) node.setAttribute(name, value);
  parent.appendChild(node);
  return node;
}

export function addWidget(attributes: Record<string, string> = {}, parent: Node = document.body): EdgeNetWidget {
  const widget = document.createElement('edge-net-widget');
  for (const [name, value] of Object.entries(attributes)) widget.setAttribute(name, value);
  parent.appendChild(widget);
  return widget;
}

/** Resolves when the condition holds; looked at whenever something was drawn or a promise may have settled. */
export async function until<T>(condition: () => T | null | undefined | false): Promise<T> {
  for (;;) {
    const value = condition();
    if (value) return value;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/** All promises that were ready have run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (port1.close(), resolve());
    port2.postMessage(null);
  });
}

export async function engineAt(index: number) {
  return until(() => engines[index]);
}

/** The engine of a node that the site says it has consent for, up and idle. */
export async function contributing(attributes: Record<string, string> = {}) {
  const node = addNode({ consent: 'granted', ...attributes });
  const engine = await engineAt(engines.length);
  await until(() => node.state.status === 'idle' || node.state.status === 'paused');
  return { node, engine };
}

export function once<Name extends keyof HTMLElementEventMap>(target: HTMLElement, name: Name): Promise<HTMLElementEventMap[Name]> {
  return new Promise((resolve) => target.addEventListener(name, resolve, { once: true }));
}

export async function prompt(node: EdgeNetNode): Promise<HTMLElement> {
  return until(() => node.shadowRoot!.querySelector<HTMLElement>('[role=dialog]'));
}
