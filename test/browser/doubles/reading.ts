/** What somebody reads of an element. */
import { until } from './page.js';

export async function drawn(element: Element): Promise<ShadowRoot> {
  await until(() => element.shadowRoot!.querySelector('.card'));
  return element.shadowRoot!;
}

export function button(root: ParentNode, name: string): HTMLButtonElement | undefined {
  return [...root.querySelectorAll('button')].find((candidate) => words(candidate) === name || candidate.ariaLabel === name);
}

export function words(element: Element): string {
  return element.textContent!.replaceAll(/\s+/gu, ' ').trim();
}

export function text(root: ParentNode, selector: string): string {
  return words(root.querySelector(selector)!);
}
