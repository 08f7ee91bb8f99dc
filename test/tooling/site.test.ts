/** The documentation as it is built: nothing leads nowhere, nothing public is left out, and what is shown as code would work. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { buildSite } from '../../scripts/site/build.mjs';
import { ERROR_CODES } from '../../src/engine/core/code.js';
import EdgeNetInNode from '../../src/engine/node/index.js';
import { EdgeNet } from '../../src/elements/facade.js';
import { NAMES } from '../../src/elements/shared/attributes.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** The build under test. */
const DIST = process.env['EDGE_NET_DIST'] ?? join(ROOT, 'dist');
const site = mkdtempSync(join(tmpdir(), 'edge-net-site-'));
const { files } = buildSite({ outDir: site, dist: DIST });
after(() => rmSync(site, { recursive: true, force: true }));

const pages = new Map([...files, '404.html'].map((file) => [file, readFileSync(join(site, file), 'utf8')]));
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const all = (html: string, pattern: RegExp): string[] => [...html.matchAll(pattern)].map(([, found]) => found!);
const plain = (html: string): string => html.replace(/<[^>]+>/gu, '').replace(/&lt;/gu, '<').replace(/&gt;/gu, '>').replace(/&quot;/gu, '"').replace(/&#39;/gu, "'").replace(/&amp;/gu, '&');

/** Code blocks of the pages that are written by hand for users, by language. */
function snippets(language: string): { readonly page: string; readonly code: string }[] {
  const pattern = new RegExp(`<code class="language-${language}">(.*?)</code></pre>`, 'gsu');
  return [...pages].flatMap(([page, html]) => (/^(?:guide|faq|index|javascript|cms-|elements\.)/u.test(page) ? all(html, pattern).map((code) => ({ page, code: plain(code) })) : []));
}

test('every link and file of a page is there, and every anchor', () => {
  const ids = new Map([...pages].map(([page, html]) => [page, all(html, / id="([^"]+)"/gu)]));
  let checked = 0;
  for (const [page, html] of pages) {
    assert.equal(new Set(ids.get(page)).size, ids.get(page)!.length, `an id twice in ${page}`);
    for (const target of all(html, / (?:href|src)="([^"]+)"/gu).filter((link) => !/^https?:/u.test(link))) {
      const [file, anchor] = target.split('#') as [string, string?];
      assert.ok(file === '' || existsSync(join(site, file)), `${page} leads to ${target}`);
      if (anchor) assert.ok(ids.get(file || page)?.includes(anchor), `${page} leads to ${target}`);
      checked += 1;
    }
  }
  assert.ok(checked > 1_000);
});

test('a page has title, language, description, one first heading, and a place in the list of pages', () => {
  const titles = [...pages.values()].map((html) => all(html, /<title>([^<]+)<\/title>/gu)[0]);
  assert.equal(new Set(titles).size, pages.size);
  for (const [page, html] of pages) {
    assert.match(html, /^<!doctype html>\n<html lang="en">/u, page);
    assert.equal(html.match(/<h1[ >]/gu)?.length, 1, page);
    assert.ok((all(html, /<meta name="description" content="([^"]+)">/gu)[0]?.length ?? 0) > 30, page);
    if (page !== '404.html') assert.match(html, new RegExp(`href="${page}"[^>]* aria-current="page"`, 'u'), page);
  }
});

test('pages ask nothing of others, and have nothing inline that a policy would refuse', () => {
  for (const [page, html] of pages) {
    const shown = html.replace(/<pre.*?<\/pre>/gsu, '');
    assert.doesNotMatch(shown, /<(?:script|img|link|iframe|source)\b[^>]*(?:src|href)="(?:https?:)?\/\//u, page);
    assert.doesNotMatch(shown, /<style|<script(?![^>]* src=)| style=| on\w+="/u, page);
    assert.doesNotMatch(shown, / (?:href|src)="\//u, page);
  }
  assert.doesNotMatch(readFileSync(join(site, 'site.css'), 'utf8'), /@import|url\(/u);
});

test('no path of the machine that built it, and no placeholder, is left', () => {
  for (const name of readdirSync(site)) {
    const content = readFileSync(join(site, name), 'utf8');
    assert.ok(!content.includes(ROOT) && !content.includes(site), name);
    if (name !== 'contributing.html') assert.doesNotMatch(content, /\/home\/|\/Users\/|file:\/\/\//u, name);
    // The page about these pages is the one that names double braces, in words.
    assert.doesNotMatch(content, /\{\{(?:version|cdn|integrity)/u, name);
  }
});

interface Named {
  readonly name: string;
  readonly kind?: string;
  readonly privacy?: string;
  readonly static?: boolean;
}
interface Declared {
  readonly tagName?: string;
  readonly [list: string]: unknown;
}

test('every element, and everything public of it, is on its page', () => {
  const { modules } = JSON.parse(text('custom-elements.json')) as { modules: { declarations: Declared[] }[] };
  const elements = modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName);
  assert.ok(elements.length >= 3);
  for (const element of elements) {
    const page = pages.get(`${element.tagName!.replace('edge-net-', 'element-')}.html`);
    assert.ok(page, element.tagName);
    const lists = { attributes: 'attribute', events: 'event', slots: 'slot', cssParts: 'part', cssProperties: 'css', cssStates: 'state' };
    for (const [list, kind] of Object.entries(lists)) {
      for (const { name } of (element[list] as Named[] | undefined) ?? []) assert.ok(page.includes(`id="${kind}-${name || 'default'}"`), `${element.tagName} ${kind} ${name}`);
    }
    for (const { name, kind, privacy, static: isStatic } of element['members'] as Named[]) {
      if (privacy !== undefined && privacy !== 'public') continue;
      if (isStatic || name.startsWith('#')) continue;
      assert.ok(kind === 'method' ? page.includes(`id="method-${name}"`) : page.includes(`>${name}</code>`), `${element.tagName} ${name}`);
    }
  }
});

test('every call of the facade and of the Node entry is on the page about JavaScript', () => {
  const page = plain(pages.get('javascript.html')!);
  for (const name of Object.keys(EdgeNet)) assert.ok(page.includes(`EdgeNet.${name}`), name);
  for (const name of Object.keys(EdgeNetInNode)) assert.ok(page.includes(name), name);
});

test('every error code has its heading', () => {
  for (const code of ERROR_CODES) assert.ok(pages.get('errors.html')!.includes(`<h3 id="${code}">`), code);
});

test('pasted tags name the version and the hash of what was built, and settings that there are', () => {
  const { version } = JSON.parse(text('package.json')) as { version: string };
  const { modules } = JSON.parse(text('custom-elements.json')) as { modules: { declarations: Declared[] }[] };
  const attributesOf = new Map(modules.flatMap(({ declarations }) => declarations).map(({ tagName, attributes }) => [tagName, ((attributes as Named[] | undefined) ?? []).map(({ name }) => name)]));
  const onScript = new Set([...NAMES, 'id', 'widget', 'theme', 'edge-net'].map((name) => `data-${name}`));
  const pastes = snippets('html');
  assert.ok(pastes.length > 12);
  for (const { page, code } of pastes) {
    for (const [, tag, attributes] of code.matchAll(/<(edge-net-[a-z]+|script)\b([^>]*)>/gu)) {
      const names = all(attributes!, /\s([a-z][\w-]*)(?==|\s|$)/gu);
      const known = tag === 'script' ? [...onScript, 'async', 'src', 'integrity', 'crossorigin', 'type'] : [...attributesOf.get(tag!) ?? [], 'id', 'class'];
      for (const name of names) assert.ok(known.includes(name), `${page}: <${tag} ${name}>`);
      const [source] = all(attributes!, / src="(https:[^"]+)"/gu);
      if (!source) continue;
      const file = source.replace(`https://cdn.jsdelivr.net/npm/@ruvector/edge-net@${version}/`, '');
      assert.match(file, /^dist\/[\w.-]+$/u, `${page}: ${source}`);
      const hash = createHash('sha384').update(readFileSync(join(DIST, file.slice(5)))).digest('base64');
      assert.match(attributes!, new RegExp(`integrity="sha384-${hash.replaceAll('+', '\\+')}"\\s+crossorigin="anonymous"`, 'u'), page);
    }
  }
});

test('scripts in the pages are what TypeScript holds for right, against the types of the package', () => {
  const folder = join(ROOT, 'node_modules/.cache/edge-net-snippets');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const scripts = [...snippets('js'), ...snippets('html').flatMap(({ page, code }) => all(code, /<script>\n(.*?)<\/script>/gsu).map((script) => ({ page, code: script })))];
  assert.ok(scripts.length > 12);
  scripts.forEach(({ page, code }, index) => {
    const isNode = page === 'javascript.html' && code.includes('ws://127.0.0.1');
    const own = isNode ? code.replace("'@ruvector/edge-net'", "'@ruvector/edge-net/node'") : code;
    writeFileSync(join(folder, `${page.replace('.html', '')}-${index}.ts`), `${own}\nexport {};\n`);
  });
  writeFileSync(join(folder, 'globals.d.ts'), [
    'declare global {',
    '  var consentPolicyManager: { getCurrentConsentPolicy(): { policy: Record<string, boolean> } } | undefined;',
    '  interface DocumentEventMap { visitorConsentCollected: CustomEvent<Record<string, boolean>>; wp_listen_for_consent_change: CustomEvent<Record<string, string>> }',
    '}',
    'export {};',
  ].join('\n'));
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    extends: '../../../tsconfig.json',
    compilerOptions: {
      noImplicitAny: false, strictNullChecks: false, noUnusedLocals: false, noUnusedParameters: false, useUnknownInCatchVariables: false, allowJs: false, types: ['node'], module: 'ESNext', moduleResolution: 'Bundler',
      paths: { '@ruvector/edge-net': ['../../../src/elements/edge-net.ts'], '@ruvector/edge-net/node': ['../../../src/engine/node/index.ts'] },
    },
    include: ['./*.ts', '../../../types'], exclude: [],
  }));
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '--noEmit', '-p', folder], { cwd: ROOT, encoding: 'utf8' });
  // What is wrong elsewhere is told elsewhere.
  const complaints = stdout.split('\n').filter((line) => line.includes('edge-net-snippets'));
  assert.deepEqual(complaints, []);
});

test('commands in the pages are those of the command line', () => {
  const commands = snippets('sh').flatMap(({ page, code }) => [...code.replace(/\\\n/gu, ' ').matchAll(/npx edge-net ((?:(?:site|network|collection) )?[\w-]+)([^\n|]*)/gu)].map(([, name, rest]) => ({ page, name: name!, options: all(rest!, / (--[a-z-]+)/gu) })));
  assert.ok(commands.length >= 4);
  for (const { page, name, options } of commands) {
    const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', join(ROOT, 'src/relay/cli.ts'), ...name.split(' '), '--help'], { cwd: ROOT, encoding: 'utf8' });
    assert.equal(status, 0, `${page}: edge-net ${name}`);
    for (const option of options) assert.ok(stdout.includes(option), `${page}: edge-net ${name} ${option}`);
  }
});
