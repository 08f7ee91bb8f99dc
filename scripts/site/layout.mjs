/** The frame around every page: what leads to the others, and what leads around in this one. */
import { escape } from './html.mjs';

/**
 * @param {object} page `{file, title, description, html, sections, source}`
 * @param {{groups: {name: string, pages: {file: string, title: string}[]}[], previous?: object, next?: object, version: string}} around
 */
export function layout(page, { groups, previous, next, version }) {
  const { file, title, description, html, sections } = page;
  const isHome = file === 'index.html';
  // What the page is, then what is on it, then the rest.
  const lead = /^<h1 .*?<\/h1>\s*(?:<p>.*?<\/p>\n)?/su.exec(html)?.[0] ?? '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escape(isHome ? 'edge-net documentation' : `${title} · edge-net`)}</title>
<meta name="description" content="${escape(description)}">
<link rel="icon" href="icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="site.css">
<script defer src="site.js"></script>
</head>
<body>
<a class="skip" href="#content">Skip to the text</a>
<header class="top">
<a class="brand" href="index.html"${isHome ? ' aria-current="page"' : ''}><img src="icon.svg" alt="" width="24" height="24">edge-net <small>${escape(version)}</small></a>
<form class="search" role="search" hidden>
<label class="unseen" for="search">Search the documentation</label>
<input id="search" type="search" placeholder="Search" autocomplete="off" spellcheck="false" aria-keyshortcuts="Control+K Meta+K">
<ul id="found" aria-label="Search results" hidden></ul>
</form>
<button class="menu" type="button" popovertarget="pages">Pages</button>
</header>
<div class="frame">
<nav id="pages" popover aria-label="Pages">
${groups.map((group) => navGroup(group, file)).join('\n')}
</nav>
<main id="content" tabindex="-1">
<article>
<div class="lead">
${lead}</div>
${tableOfContents(sections)}<div class="text">
${html.slice(lead.length)}</div>
</article>
${neighbours(previous, next)}</main>
</div>
<footer class="end"><p>edge-net ${escape(version)}, MIT licensed.${page.source && !page.source.startsWith('@') ? ` This page is <code>${escape(page.source)}</code> in the repository.` : ''}</p></footer>
<p class="unseen" role="status" id="said"></p>
</body>
</html>
`;
}

function navGroup({ name, pages }, current) {
  const items = pages.map(({ file, title }) => `<li><a href="${file}"${file === current ? ' aria-current="page"' : ''}>${escape(title)}</a></li>`);
  return `<p class="group">${escape(name)}</p>\n<ul>\n${items.join('\n')}\n</ul>`;
}

/** Of two sections or more: a list of one says nothing. */
function tableOfContents(sections) {
  const listed = sections.filter(({ level }) => level === 2 || level === 3);
  if (listed.filter(({ level }) => level === 2).length < 2) return '';
  const items = listed.map(({ level, id, title }) => `<li class="level-${level}"><a href="#${id}">${escape(title)}</a></li>`);
  return `<nav class="contents" aria-label="On this page">\n<p class="group">On this page</p>\n<ul>\n${items.join('\n')}\n</ul>\n</nav>\n`;
}

function neighbours(previous, next) {
  if (!previous && !next) return '';
  const link = (page, rel, word) => (page ? `<a rel="${rel}" href="${page.file}"><small>${word}</small> ${escape(page.title)}</a>` : '<span></span>');
  return `<nav class="neighbours" aria-label="Previous and next page">${link(previous, 'prev', 'Previous')}${link(next, 'next', 'Next')}</nav>\n`;
}
