/**
 * `npm run site`: the documentation as one folder of static pages. Every link is relative, no page asks anything of
 * another origin, and nothing is inline, so it works from a disk, under any path and any Content-Security-Policy.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { marked } from 'marked';
import { contents, elementFile, TYPES_SOURCE, tagOf } from './contents.mjs';
import { elementPage, readElements, typeTexts } from './elements.mjs';
import { heading, outline, summary } from './html.mjs';
import { layout } from './layout.mjs';
import { markdownRenderer, repositoryOf } from './markdown.mjs';
import { snippetFiller } from './snippets.mjs';
import { typesPage } from './types.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PARTS = fileURLToPath(new URL('page/', import.meta.url));

/** Named on pages written by hand, and by no element. */
const MORE_TYPES = ['InitOptions', 'WidgetOptions', 'NodeOptions', 'TaskOptions'];

/**
 * @param {{outDir?: string, root?: string, dist?: string}} [options] `outDir` is emptied first; `dist` is the built package
 * @returns {{files: string[]}} the pages, in reading order
 */
export function buildSite({ root = ROOT, dist = join(root, 'dist'), outDir = join(dist, 'site') } = {}) {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const pages = render(root, dist, manifest);
  const groups = [...new Set(pages.map(({ group }) => group))].map((name) => ({ name, pages: pages.filter(({ group }) => group === name) }));
  rmSync(outDir, { recursive: true, force: true });
  mkdirSync(outDir, { recursive: true });
  cpSync(PARTS, outDir, { recursive: true });
  pages.forEach((page, index) => {
    const around = { groups, previous: pages[index - 1], next: pages[index + 1], version: manifest.version };
    writeFileSync(join(outDir, page.file), layout(page, around));
  });
  writeFileSync(join(outDir, '404.html'), layout(notFound(), { groups, version: manifest.version }));
  writeFileSync(join(outDir, 'search-index.js'), searchIndex(pages));
  return { files: pages.map(({ file }) => file) };
}

function render(root, dist, manifest) {
  const elements = readElements(root);
  const byTag = new Map(elements.map((element) => [element.tagName, element]));
  const listed = contents(root, [...byTag.keys()]);
  const elsewhere = new Map([...elements.map(({ name, tagName }) => [name, elementFile(tagName)]), ['EdgeNetError', 'errors.html']]);
  const types = typesPage(root, [...typeTexts(elements), ...MORE_TYPES], elsewhere);
  const markdown = markdownRenderer({ files: filesBySource(listed, elements), repository: repositoryOf(manifest) });
  const fill = snippetFiller(root, dist);
  const inline = (text) => marked.parseInline(text);

  return listed.map((entry) => {
    const tag = tagOf(entry.source);
    const html = tag ? elementPage(byTag.get(tag), { link: types.link, inline })
      : entry.source === TYPES_SOURCE ? types.page
      : markdown(entry.source, fill(readFileSync(join(root, entry.source), 'utf8')));
    return finished(entry, html);
  });
}

/** Also what a document means when it points at the sources that pages are made of. */
function filesBySource(listed, elements) {
  return new Map([
    ...listed.map(({ source, file }) => [source, file]),
    ...elements.map(({ tagName }) => [`custom-elements.json#${tagName}`, elementFile(tagName)]),
    ['custom-elements.json', 'elements.html'],
    ['src/engine/api.ts', 'types.html'],
    ['README.md', 'index.html'],
  ]);
}

function finished(entry, html) {
  const sections = outline(html);
  const title = sections.find(({ level }) => level === 1)?.title;
  if (!title) throw new Error(`${entry.source} has no heading of the first level.`);
  return { ...entry, title, html, sections, description: summary(html) };
}

function notFound() {
  const words = '<p>There is no page at this address. The list of pages has all there are, and the search looks through their text.</p>\n<p><a href="index.html">To the first page</a></p>\n';
  return finished({ source: '@404', file: '404.html' }, heading(1, 'not-found', 'No such page') + words);
}

/** A script and no JSON file: a page that is opened from a disk may load the one and not the other. */
function searchIndex(pages) {
  const entries = pages.flatMap(({ file, title, sections }) => sections.map(({ level, id, title: section, text }) => [level === 1 ? file : `${file}#${id}`, title, level === 1 ? '' : section, text]));
  return `globalThis.edgeNetPages = ${JSON.stringify(entries)};\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files } = buildSite();
  process.stdout.write(`dist/site: ${files.length} pages\n`);
}
