/** The types that the API names, as they stand in the sources: what is printed cannot fall behind what is meant. */
import { parse } from '@babel/parser';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeBlock, escape, heading } from './html.mjs';

/** Where a name that the elements use may be declared. */
const SOURCES = ['src/engine/api.ts', 'src/engine/core/code.ts', 'src/engine/core/message.ts', 'src/engine/node/index.ts'];
const FOLDER = 'src/elements';

/** @returns {Map<string, {text: string, about: string}>} exported interfaces and type aliases by name */
function declarations(root) {
  const own = readdirSync(join(root, FOLDER), { recursive: true }).map((path) => `${FOLDER}/${path.replaceAll('\\', '/')}`);
  const found = new Map();
  for (const path of [...SOURCES, ...own.filter((file) => file.endsWith('.ts')).sort()]) {
    const source = readFileSync(join(root, path), 'utf8');
    for (const node of parse(source, { sourceType: 'module', plugins: ['typescript'] }).program.body) {
      const { type, id } = node.declaration ?? {};
      if (!['TSInterfaceDeclaration', 'TSTypeAliasDeclaration'].includes(type) || found.has(id.name)) continue;
      const comment = node.leadingComments?.at(-1);
      const isAbout = comment?.type === 'CommentBlock' && comment.value.startsWith('*') && !source.slice(comment.end, node.start).trim();
      found.set(id.name, { text: source.slice(node.declaration.start, node.end), about: isAbout ? comment.value.replace(/^\s*\*+ ?/gmu, '').trim() : '' });
    }
  }
  return found;
}

/**
 * @param {Iterable<string>} roots texts that name types
 * @param {Map<string, string>} elsewhere names that have a page of their own, with its file
 * @returns {{page: string, link: (text: string) => string}} the page's HTML, and how a text with types in it is linked
 */
export function typesPage(root, roots, elsewhere) {
  const all = declarations(root);
  const used = new Set();
  const visit = (text) => {
    for (const [name] of text.matchAll(/\b[A-Z]\w+/gu)) {
      if (!all.has(name) || elsewhere.has(name) || used.has(name)) continue;
      used.add(name);
      visit(all.get(name).text);
    }
  };
  for (const text of roots) visit(text);

  const link = (text, page = 'types.html') =>
    text.split(/(\b[A-Z]\w+\b)/u).map((part) => {
      const target = elsewhere.get(part) ?? (used.has(part) ? `${page}#${part.toLowerCase()}` : undefined);
      return target ? `<a href="${target}">${escape(part)}</a>` : escape(part);
    }).join('');

  const sections = [...used].sort().map((name) => {
    const { text, about } = all.get(name);
    return heading(2, name.toLowerCase(), escape(name)) + (about ? `<p>${escape(about)}</p>\n` : '') + codeBlock(text, 'ts', link(text, ''));
  });
  const intro = '<p>What attributes, events and calls take and give, as TypeScript has it. The package carries these declarations: an editor shows them where they are used.</p>\n';
  return { page: heading(1, 'types', 'Types') + intro + sections.join(''), link };
}
