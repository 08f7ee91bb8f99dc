/** The stories in a real browser, each shown alone, in every variant that a page may have. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'puppeteer-core';
import { openBrowser, ROOT } from '../harness.js';
import { startSite, type Site } from '../site-server.js';

export interface Variant {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly theme: 'light' | 'dark';
  readonly lang: 'en' | 'ar';
}

export const VARIANTS: readonly Variant[] = [
  { name: 'light-1280', width: 1280, height: 720, theme: 'light', lang: 'en' },
  { name: 'dark-1280', width: 1280, height: 720, theme: 'dark', lang: 'en' },
  { name: 'light-320', width: 320, height: 640, theme: 'light', lang: 'en' },
  { name: 'dark-320-rtl', width: 320, height: 640, theme: 'dark', lang: 'ar' },
];

export interface StoryName {
  readonly id: string;
  readonly title: string;
  readonly name: string;
}

const NOW = 1_700_000_000_000;
/** A long list repeats itself below. */
const HEIGHT_MAX = 2_400;

/** What reads the clock, in a page whose timers are held too, reads this. */
const STILL_CLOCK = `{
  const Real = Date;
  globalThis.Date = class extends Real {
    constructor(...args) { super(...(args.length > 0 ? args : [${NOW}])); }
    static now() { return ${NOW}; }
  };
}`;

export async function storyNames(): Promise<StoryName[]> {
  return JSON.parse(await readFile(join(ROOT, 'dist/stories/index.json'), 'utf8')) as StoryName[];
}

export class Gallery {
  readonly complaints: string[] = [];

  private constructor(readonly site: Site, readonly browser: Browser, readonly page: Page) {}

  static async open(): Promise<Gallery> {
    const [site, browser] = await Promise.all([startSite({ root: ROOT }), openBrowser(['--force-color-profile=srgb', '--font-render-hinting=none', '--hide-scrollbars'])]);
    const page = await browser.newPage();
    const gallery = new Gallery(site, browser, page);
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warn') gallery.complaints.push(`${page.url()} ${message.text()}`);
    });
    page.on('pageerror', (error) => gallery.complaints.push(`${page.url()} ${String(error)}`));
    await page.emulateTimezone('UTC');
    await page.evaluateOnNewDocument(STILL_CLOCK);
    return gallery;
  }

  /** Resolves when the story has played and everything of it is drawn. */
  async show(id: string, { width, height, theme, lang }: Variant, forcedColors = false): Promise<void> {
    const { page } = this;
    await page.setViewport({ width, height });
    await page.emulateMediaFeatures([
      { name: 'prefers-color-scheme', value: theme },
      { name: 'prefers-reduced-motion', value: 'reduce' },
      ...(forcedColors ? [{ name: 'forced-colors', value: 'active' }] : []),
    ] as Parameters<Page['emulateMediaFeatures']>[0]);
    const asked = new URLSearchParams({ story: id, lang, dir: lang === 'ar' ? 'rtl' : 'ltr' });
    await page.goto(`${this.site.url}stories/frame.html?${asked.toString()}`);
    await page.waitForSelector('.story[data-played]');
    await page.evaluate(async () => {
      await document.fonts.ready;
      for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
    });
  }

  /** The page from its top on, as PNG. In a window as high as the page: what Chromium takes beyond its window it shifts where a page runs from right to left. */
  async shoot(): Promise<Buffer> {
    const { page } = this;
    const { width, height } = page.viewport()!;
    const content = await page.evaluate(() => document.documentElement.scrollHeight);
    if (content > height) await page.setViewport({ width, height: Math.min(content, HEIGHT_MAX) });
    return Buffer.from(await page.screenshot({ type: 'png' }));
  }

  async close(): Promise<void> {
    await this.browser.close();
    await this.site.close();
  }
}
