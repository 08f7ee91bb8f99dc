/**
 * `npm run sheet`: every story, every example, the demo and some of the documentation, in light and dark, narrow and wide, from left
 * and from right, on one sheet: dist/contact-sheet/index.html, whose thumbnails lead to the full images, and dist/contact-sheet.png.
 * `npm run sheet -- widget log` takes those alone whose names have one of these words.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
// @ts-expect-error a plain script without types
import { setup } from '../../scripts/setup.mjs';
import { openBrowser, ROOT, World } from './harness.js';
import { PAGES, showings, warmUp } from './sheet-pages.js';
import { Gallery, storyNames, VARIANTS, type Variant } from './stories/gallery.js';

const OUT = join(ROOT, 'dist/contact-sheet');
const PICTURE = join(ROOT, 'dist/contact-sheet.png');
/** Of a thumbnail, in CSS pixels: what is below is cut off. */
const THUMB_HEIGHT = 200;
const THUMB_WIDTHS: Readonly<Record<number, number>> = { 320: 110, 1280: 284 };
/** Chromium draws no higher picture. */
const PICTURE_HEIGHT_MAX = 16_000;
const COLUMN_WIDTH = 1140;
const GAP = 24;

interface Row {
  readonly group: string;
  readonly name: string;
  /** What the files are called, before their variant. */
  readonly file: string;
}

const wanted = process.argv.slice(2);
const isWanted = (...names: readonly string[]): boolean => wanted.length === 0 || wanted.some((word) => names.some((name) => name.toLowerCase().includes(word.toLowerCase())));
const slug = (text: string): string => text.toLowerCase().replace(/[^a-z\d]+/gu, '-').replace(/^-|-$/gu, '');
const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** The whole page, and the upper part of it made small. */
async function shoot(page: Page, { file }: Row, { name, width }: Variant): Promise<void> {
  const path = join(OUT, `${file}.${name}`);
  await page.screenshot({ path: `${path}.png`, fullPage: true });
  const scale = THUMB_WIDTHS[width]! / width;
  await page.screenshot({ path: `${path}.webp`, type: 'webp', quality: 90, clip: { x: 0, y: 0, width, height: THUMB_HEIGHT / scale, scale }, captureBeyondViewport: true });
}

async function shootStories(): Promise<Row[]> {
  const stories = (await storyNames()).filter(({ id }) => isWanted(id));
  const gallery = await Gallery.open();
  const rows: Row[] = [];
  for (const { id, title, name } of stories) {
    const row = { group: title, name, file: slug(id) };
    for (const variant of VARIANTS) {
      await gallery.show(id, variant);
      await shoot(gallery.page, row, variant);
    }
    rows.push(row);
    say(id);
  }
  gallery.complaints.forEach(say);
  await gallery.close();
  return rows;
}

async function shootPages(): Promise<Row[]> {
  const pages = PAGES.filter(({ group, name }) => isWanted(group, name));
  if (pages.length === 0) return [];
  const world = await World.open({ args: ['--hide-scrollbars', '--force-color-profile=srgb', '--font-render-hinting=none'] });
  const rows: Row[] = [];
  try {
    await world.crew();
    await warmUp(world);
    for (const shown of pages) {
      const row = { group: shown.group, name: shown.name, file: slug(`${shown.group} ${shown.name}`) };
      for await (const { variant, page } of showings(world, shown)) await shoot(page, row, variant);
      rows.push(row);
      say(`${shown.group}: ${shown.name}`);
    }
  } finally {
    await world.close();
  }
  return rows;
}

function sheet(rows: readonly Row[]): string {
  const groups = [...new Set(rows.map(({ group }) => group))];
  const thumbs = ({ name, file }: Row): string =>
    VARIANTS.map((variant) => `<a href="${file}.${variant.name}.png"><img src="${file}.${variant.name}.webp" alt="${name}, ${variant.name}" width="${THUMB_WIDTHS[variant.width]}" height="${THUMB_HEIGHT}" loading="lazy"></a>`).join('');
  const figures = (group: string): string =>
    rows.filter((row) => row.group === group).map((row) => `<figure><figcaption><b>${group}</b> ${row.name}</figcaption><div>${thumbs(row)}</div></figure>`).join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>edge-net: contact sheet</title>
<link rel="icon" href="data:,">
<style>
  body { margin: ${GAP}px; background: #e9ebef; color: #1a1d23; font: 15px/1.4 system-ui, sans-serif; }
  h1 { margin: 0 0 4px; font-size: 28px; }
  main { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, ${COLUMN_WIDTH}px), 1fr)); gap: ${GAP}px; margin-block-start: ${GAP}px; }
  figure { margin: 0; min-width: 0; }
  figcaption { margin-block-end: 4px; overflow-wrap: anywhere; }
  figure div { display: flex; flex-wrap: wrap; gap: 8px; }
  img { display: block; border: 1px solid #c4c9d2; background: #fff; }
  a:focus-visible { outline: 2px solid #1f5fd6; }
</style>
</head>
<body>
<h1>edge-net: contact sheet</h1>
<p>${rows.length} stories and pages, each as ${VARIANTS.map(({ name }) => name).join(', ')}. A thumbnail leads to the whole picture.</p>
<main>
${groups.map(figures).join('\n')}
</main>
</body>
</html>
`;
}

/** As many columns as keep it low enough to be drawn. */
async function shootSheet(): Promise<void> {
  const browser = await openBrowser(['--hide-scrollbars', '--allow-file-access-from-files']);
  const page = await browser.newPage();
  await page.goto(`file://${join(OUT, 'index.html')}`);
  await page.$$eval('img', (images) => images.forEach((image) => (image.loading = 'eager')));
  for (let columns = 2; ; columns++) {
    await page.setViewport({ width: columns * (COLUMN_WIDTH + GAP) + GAP, height: 1000 });
    if ((await page.evaluate(() => document.documentElement.scrollHeight)) <= PICTURE_HEIGHT_MAX) break;
  }
  await page.waitForFunction(() => [...document.images].every(({ complete }) => complete), { timeout: 60_000 });
  await page.screenshot({ path: PICTURE, fullPage: true });
  await browser.close();
}

await setup();
await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const rows = [...(await shootStories()), ...(await shootPages())];
if (rows.length === 0) throw new Error(`Nothing is called ${wanted.join(' or ')}.`);
await writeFile(join(OUT, 'index.html'), sheet(rows));
await shootSheet();
say(`${rows.length} stories and pages: dist/contact-sheet.png, and dist/contact-sheet/index.html to click through.`);
