/** Text into HTML, and what a page's HTML says again: its outline for the contents, its text for the search. */

const ESCAPES = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const ENTITIES = Object.fromEntries(Object.entries(ESCAPES).map(([char, entity]) => [entity, char]));

export function escape(text) {
  return String(text).replace(/[&<>"']/gu, (char) => ESCAPES[char]);
}

/** The text of our own HTML, on one line. */
export function textOf(html) {
  const bare = html.replace(/<a class="anchor".*?<\/a>/gu, '').replace(/<\/(?:p|li|td|th|h\d|div|pre|dt|dd)>/gu, ' ').replace(/<[^>]+>/gu, '');
  return bare.replace(/&(?:amp|lt|gt|quot|#39);/gu, (entity) => ENTITIES[entity]).replace(/\s+/gu, ' ').trim();
}

/** An id as GitHub makes one of a heading, so that a link works in both places. @param {Map<string, number>} taken by this page so far */
export function slug(text, taken) {
  const base = text.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').trim().replace(/\s/gu, '-') || 'section';
  const count = taken.get(base) ?? 0;
  taken.set(base, count + 1);
  return count === 0 ? base : `${base}-${count}`;
}

/** A heading with a link to itself beside it: inside, the link would be read as part of the heading. */
export function heading(level, id, html) {
  if (level === 1) return `<h1 id="${id}">${html}</h1>\n`;
  return `<div class="heading"><h${level} id="${id}">${html}</h${level}><a class="anchor" href="#${id}" aria-label="Link to: ${escape(textOf(html))}">#</a></div>\n`;
}

/** A code block. It takes the focus, so that a long line can be scrolled to by keys. */
export function codeBlock(code, language, html = escape(code)) {
  return `<div class="code"><pre tabindex="0"><code${language ? ` class="language-${escape(language)}"` : ''}>${html}</code></pre></div>\n`;
}

/** @returns {{level: number, id: string, title: string, text: string}[]} each heading with the text up to the next */
export function outline(html) {
  const headings = [...html.matchAll(/<h([1-4]) id="([^"]+)">(.*?)<\/h\1>/gsu)];
  return headings.map((match, index) => {
    const [whole, level, id, title] = match;
    return { level: Number(level), id, title: textOf(title), text: textOf(html.slice(match.index + whole.length, headings[index + 1]?.index)) };
  });
}

/** The first paragraph, cut at a word. @param {number} [lengthMax] in characters */
export function summary(html, lengthMax = 160) {
  const text = textOf(/<p>(.*?)<\/p>/su.exec(html)?.[1] ?? '');
  return text.length <= lengthMax ? text : `${text.slice(0, lengthMax - 1).replace(/\s+\S*$/u, '')}…`;
}
