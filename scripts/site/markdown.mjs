/** Documents into HTML: headings that can be linked to, tables and code that can be scrolled, links that stay in the site. */
import { posix } from 'node:path';
import { Marked } from 'marked';
import { codeBlock, escape, heading, slug, textOf } from './html.mjs';

/**
 * @param {{files: Map<string, string>, repository?: string}} site `files` has the page of each document, and of
 * some documents' parts (`custom-elements.json#edge-net-node`)
 * @returns {(source: string, markdown: string) => string}
 */
export function markdownRenderer({ files, repository }) {
  return (source, markdown) => {
    const taken = new Map();
    const marked = new Marked({
      renderer: {
        heading({ tokens, depth }) {
          const html = this.parser.parseInline(tokens);
          return heading(depth, slug(textOf(html), taken), html);
        },
        code: ({ text, lang }) => codeBlock(text, lang),
        // Nothing in our documents is meant as HTML: `<kind>` outside a code span is a word.
        html: ({ text }) => escape(text),
        table(token) {
          const rows = token.rows.map((row) => `<tr>${row.map(({ tokens }) => `<td>${this.parser.parseInline(tokens)}</td>`).join('')}</tr>`);
          // An empty header cell, as above names of rows, would be read as a heading.
          const head = token.header.map(({ tokens, text }) => (text ? `<th scope="col">${this.parser.parseInline(tokens)}</th>` : '<td></td>'));
          const columns = token.header.map(({ tokens }) => textOf(this.parser.parseInline(tokens))).filter(Boolean);
          return `<div class="table" role="group" tabindex="0" aria-label="Table: ${escape(columns.join(', '))}"><table>\n<thead><tr>${head.join('')}</tr></thead>\n<tbody>\n${rows.join('\n')}\n</tbody></table></div>\n`;
        },
        link({ href, tokens }) {
          const html = this.parser.parseInline(tokens);
          const target = resolve(href);
          return target === undefined ? html : `<a href="${escape(target)}"${/^https?:/u.test(target) ? ' rel="noopener"' : ''}>${html}</a>`;
        },
      },
    });

    /** @returns where the link leads from a page of the site; undefined for a file that is not part of it (scripts/check-docs.mjs tells of one that is not there at all) */
    function resolve(href) {
      if (/^[a-z]+:/iu.test(href) || href.startsWith('#')) return href;
      const [path, hash = ''] = href.split('#');
      const target = posix.normalize(posix.join(posix.dirname(source), path));
      const generated = files.get(`${target}#${hash}`);
      if (generated !== undefined) return generated;
      const page = files.get(target);
      if (page !== undefined) return page + (hash && `#${hash}`);
      return repository && `${repository}/blob/main/${target}`;
    }

    return marked.parse(markdown);
  };
}

/** The repository's address on the web, where package.json names one. */
export function repositoryOf({ repository }) {
  const url = typeof repository === 'string' ? repository : repository?.url;
  return url?.replace(/^git\+/u, '').replace(/\.git$/u, '');
}
