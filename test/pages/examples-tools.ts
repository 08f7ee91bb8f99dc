/** What the tests of examples/ share: pages as `npm start` serves them, asked for by their roles and by what they say. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer-core';
import { eventually, type World } from './harness.js';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every page under examples/. */
export const EXAMPLES = [
  'index.html', 'contributor/', 'consumer/', 'dashboard/', 'vector-search/', 'chatbot/',
  'drop-in/plain.html', 'drop-in/one-tag.html', 'drop-in/wordpress-block.html', 'drop-in/react/', 'drop-in/vue/', 'drop-in/svelte/',
] as const;

/** The relay itself serves them, beside dist/. */
export const addressOf = (world: World, path: string): string => `http://127.0.0.1:${world.directRelay.port}/examples/${path}`;

/** Puts words in place of those in a field. */
export async function fill(page: Page, selector: string, words: string): Promise<void> {
  await page.$eval(selector, (field) => (field as HTMLInputElement).select());
  await page.type(selector, words);
}

/** What an element says to somebody who looks, its shadow tree included. */
export function textOf(page: Page, selector: string): Promise<string> {
  return page.$eval(selector, (element) => {
    const read = (node: Node): string => {
      if (node instanceof HTMLStyleElement || node instanceof HTMLScriptElement) return '';
      if (node.nodeType === Node.TEXT_NODE) return node.textContent ?? '';
      const inside = node instanceof Element && node.shadowRoot ? node.shadowRoot : node;
      return [...inside.childNodes].map(read).join(' ');
    };
    return read(element).replace(/\s+/gu, ' ').replace(/ (?=[.,;])/gu, '').trim();
  });
}

/** Waits until an element is there and says so. */
export async function untilText(page: Page, selector: string, pattern: RegExp): Promise<string> {
  let text = '';
  const says = async (): Promise<boolean> => {
    text = (await page.$(selector)) ? await textOf(page, selector).catch(() => text) : text;
    return pattern.test(text);
  };
  await eventually(says, `${selector} says ${String(pattern)}`).catch((error: Error) => {
    throw new Error(`${error.message}; it says: ${text}`);
  });
  return text;
}

/** Name of what has the focus, however deep in shadow trees. */
export function focused(page: Page): Promise<string> {
  return page.evaluate(() => {
    let active = document.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    return active?.textContent?.trim() || active?.id || '';
  });
}

/** @returns one line a finding: the rule, and where */
export async function axe(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as { axe: { run(context: unknown): Promise<{ violations: { id: string; nodes: { target: unknown; failureSummary: string }[] }[] }> } };
    const { violations } = await checker.run(document);
    return violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id} ${JSON.stringify(target)} ${failureSummary}`));
  });
}
