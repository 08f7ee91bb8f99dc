/** The whole pages of the contact sheet: examples, demo and documentation, served by a relay with contributors, and used before they are shown. */
import type { Page } from 'puppeteer-core';
import { EXAMPLES, fill, untilText } from './examples-tools.js';
import { isUp, press, untilState, type World } from './harness.js';
import { VARIANTS, type Variant } from './stories/gallery.js';

interface SheetPage {
  readonly group: string;
  readonly name: string;
  /** Under the relay's address. */
  readonly path: string;
  /** What a visitor would have done. */
  readonly use: (page: Page) => Promise<unknown>;
}

const look = async (): Promise<void> => {};
const asked = (page: Page): Promise<unknown> => page.waitForSelector('aria/[role="dialog"]');

async function desk(page: Page): Promise<void> {
  await page.waitForSelector('button.primary');
  await page.click('button.primary');
  await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent && !document.querySelector('progress:not([hidden])'));
}

const USES: Partial<Record<(typeof EXAMPLES)[number], SheetPage['use']>> = {
  'contributor/': asked,
  async 'consumer/'(page) {
    await (await page.waitForSelector('aria/[role="button"]'))!.click();
    await page.waitForFunction(() => {
      const buttons = [...(document.querySelector('edge-net-task')?.shadowRoot?.querySelectorAll('button') ?? [])];
      return buttons.at(-1)?.ariaDisabled === 'false' && (buttons.at(-1)!.click(), true);
    });
    await page.waitForFunction(() => document.querySelector('edge-net-task')?.shadowRoot?.querySelector('[part~=proof]'));
    await page.click('#run');
    await untilText(page, '#outcome', /machines/u);
  },
  'dashboard/': (page) => page.waitForFunction(() => document.querySelector('edge-net-dashboard')?.shadowRoot?.querySelector('svg')),
  async 'vector-search/'(page) {
    await page.click('#documents button');
    await page.waitForSelector('#find:not([disabled])');
    await page.click('#find');
    await page.waitForSelector('#found li');
  },
  async 'chatbot/'(page) {
    await fill(page, '#question', 'What does it cost to bring a book back late?');
    await page.keyboard.press('Enter');
    await untilText(page, '#talk > li:last-child', /same results/u);
    await page.click('#talk > li:last-child summary');
  },
  'drop-in/plain.html': desk,
  'drop-in/one-tag.html': asked,
  async 'drop-in/wordpress-block.html'(page) {
    await untilState(page, ({ status }) => status === 'awaiting-consent');
  },
  'drop-in/react/': desk,
  'drop-in/vue/': desk,
  'drop-in/svelte/': desk,
};

async function demo(page: Page): Promise<void> {
  await page.click('#run');
  await page.waitForFunction(() => document.querySelectorAll('#account li').length === 2);
}

export const PAGES: readonly SheetPage[] = [
  { group: 'Demo', name: 'Demo', path: '', use: demo },
  ...EXAMPLES.map((path) => ({ group: 'Examples', name: path.replace(/\/$|\.html$/u, ''), path: `examples/${path}`, use: USES[path] ?? look })),
  ...['index', 'guide', 'element-widget'].map((name) => ({ group: 'Documentation', name, path: `dist/site/${name}.html`, use: look })),
];

/** Shows one page in every variant, used once for each direction of writing. */
export async function* showings(world: World, { path, use }: SheetPage): AsyncGenerator<{ readonly variant: Variant; readonly page: Page }> {
  for (const lang of ['en', 'ar'] as const) {
    const visitor = await world.visitor();
    const page = await visitor.open(`http://127.0.0.1:${world.directRelay.port}/${path}`, (opened) => opened.evaluateOnNewDocument(written, lang));
    if (lang === 'ar') await page.addStyleTag({ content: FONT });
    await use(page);
    for (const variant of VARIANTS) {
      if (variant.lang !== lang) continue;
      await page.setViewport({ width: variant.width, height: variant.height });
      await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: variant.theme }, { name: 'prefers-reduced-motion', value: 'reduce' }]);
      await page.evaluate(settle);
      yield { variant, page };
    }
    await visitor.leave();
  }
}

/** The test browser has one font, which knows no Arabic. */
const ARABIC = [400, 600].map((weight) => `@font-face { font-family: Sheet; src: url('/dist/stories/noto-sans-arabic-${weight}.woff2'); font-weight: ${weight}; unicode-range: U+0600-06FF, U+0750-077F, U+FB50-FDFF, U+FE70-FEFF; }`);
const FONT = `${ARABIC.join('\n')} html { --edge-net-font: Sheet, system-ui, sans-serif; }`;

/** What watches its own size has drawn itself anew. */
async function settle(): Promise<void> {
  await document.fonts.ready;
  for (let frame = 0; frame < 5; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}

/** The page's own words stay what they are; the elements follow its language, and its layout the direction. */
function written(lang: 'en' | 'ar'): void {
  if (lang === 'en') return;
  document.addEventListener('readystatechange', () => Object.assign(document.documentElement, { lang, dir: 'rtl' }), { once: true });
}

/** Work for the figures of the dashboard, and for somebody to be in the leaderboard. */
export async function warmUp(world: World): Promise<void> {
  const visitor = await world.visitor();
  const page = await visitor.open(`http://127.0.0.1:${world.directRelay.port}/examples/contributor/`);
  await press(page, 'Allow');
  await untilState(page, isUp);
  await page.goto(`http://127.0.0.1:${world.directRelay.port}/examples/chatbot/`);
  await USES['chatbot/']!(page);
  await visitor.leave();
}
