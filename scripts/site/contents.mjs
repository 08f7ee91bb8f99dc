/** Which pages there are, in which order, and which file each is made of. A document that nobody listed comes last. */
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';

/** `[source, file]`; the title is the document's own. A `*` stands for the pages that are made of the manifest. */
const GROUPS = [
  { name: 'Start', pages: [['docs/README.md', 'index.html'], ['docs/guide.md', 'guide.html'], ['docs/faq.md', 'faq.html']] },
  {
    name: 'In your site',
    pages: [
      ['docs/cms/plain.md', 'cms-plain.html'], ['docs/cms/wordpress.md', 'cms-wordpress.html'], ['docs/cms/ghost.md', 'cms-ghost.html'],
      ['docs/cms/webflow.md', 'cms-webflow.html'], ['docs/cms/shopify.md', 'cms-shopify.html'], ['docs/cms/wix.md', 'cms-wix.html'], ['docs/frameworks.md', 'frameworks.html'],
      ['docs/csp.md', 'csp.html'],
    ],
  },
  { name: 'Elements', pages: ['*'] },
  {
    name: 'JavaScript and tasks',
    pages: [
      ['docs/javascript.md', 'javascript.html'], ['docs/task-kinds.md', 'task-kinds.html'], ['docs/guest-abi.md', 'guest-abi.html'],
      ['examples/guests/README.md', 'guests.html'], ['docs/errors.md', 'errors.html'], ['@types', 'types.html'],
    ],
  },
  { name: 'Network', pages: [['docs/protocol.md', 'protocol.html'], ['SECURITY.md', 'security.html'], ['docs/operating.md', 'operating.html']] },
  {
    name: 'Project',
    pages: [['docs/ARCHITECTURE.md', 'architecture.html'], ['CONTRIBUTING.md', 'contributing.html'], ['CHANGELOG.md', 'changelog.html'], ['docs/decisions.md', 'decisions.html'], ['docs/dependencies.md', 'dependencies.html']],
  },
];

/** Listed where they belong, and no fault where they are missing. */
const OPTIONAL = new Set(['docs/csp.md', 'docs/frameworks.md']);

export const TYPES_SOURCE = '@types';
const ELEMENT = '@element:';

/** @returns {{source: string, file: string, group: string}[]} in reading order; `source` is a document, `@types` or `@element:tag` */
export function contents(root, tags) {
  const listed = GROUPS.flatMap(({ name, pages }) => pages.flatMap((page) => (page === '*' ? elementPages(tags) : [page])).map(([source, file]) => ({ source, file, group: name })));
  const known = new Set(listed.map(({ source }) => source));
  const others = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md') && !known.has(`docs/${name}`)).sort();
  const unlisted = others.map((name) => ({ source: `docs/${name}`, file: `${basename(name, '.md').toLowerCase()}.html`, group: 'Project' }));
  return [...listed, ...unlisted].filter(({ source }) => source.startsWith('@') || existsSync(join(root, source)) || !OPTIONAL.has(source));
}

function elementPages(tags) {
  return [['docs/elements.md', 'elements.html'], ...tags.map((tag) => [`${ELEMENT}${tag}`, elementFile(tag)])];
}

export const elementFile = (tag) => `${tag.replace(/^edge-net-/u, 'element-')}.html`;

/** The tag of a page that is made of the manifest. */
export const tagOf = (source) => (source.startsWith(ELEMENT) ? source.slice(ELEMENT.length) : undefined);
