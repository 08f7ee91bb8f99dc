/** One page of one engine: Chromium and Firefox by puppeteer, WebKit by WebDriver. */
import { launch, type Browser, type ElementHandle } from 'puppeteer-core';
// @ts-expect-error a plain script without types
import { firefoxPath, webKitCapabilities } from '../../scripts/installed-engines.mjs';
import { openBrowser } from '../pages/harness.js';
import { buttonInShadow } from './button.js';
import { WebDriverSession } from './webdriver.js';

export interface BrowserPage {
  go(url: string): Promise<void>;
  /** Runs a function in the page; it sees its arguments alone. */
  evaluate<Given extends readonly unknown[], Value>(work: (...given: Given) => Value | Promise<Value>, ...given: Given): Promise<Value>;
  /** Waits for a button with these words in an element's shadow root, and presses it as a pointer does. */
  pressInShadow(host: string, words: string): Promise<void>;
  close(): Promise<void>;
}

export async function openBrowserPage(engine: string): Promise<BrowserPage> {
  if (engine !== 'webkit') return puppeteerPage(engine === 'firefox' ? await launch({ browser: 'firefox', executablePath: firefoxPath() as string }) : await openBrowser());
  return WebDriverSession.open(Number(process.env['EDGE_NET_WEBDRIVER_PORT']), webKitCapabilities() as Record<string, unknown>);
}

async function puppeteerPage(browser: Browser): Promise<BrowserPage> {
  const page = await browser.newPage();
  // Compiled functions call a helper that keeps names.
  await page.evaluateOnNewDocument('globalThis.__name ??= (value) => value;');
  return {
    go: async (url) => void (await page.goto(url)),
    evaluate: (work, ...given) => page.evaluate(work as unknown as (...given: unknown[]) => unknown, ...given) as Promise<never>,
    async pressInShadow(host, words) {
      const button = await page.evaluateHandle(buttonInShadow, host, words);
      await (button as ElementHandle<Element>).click();
    },
    close: () => browser.close(),
  };
}
