/** What editors and frameworks read names every element, and the types accept what is right and refuse what is not. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const json = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

interface Named {
  readonly name: string;
  readonly attributes?: readonly Named[];
  readonly values?: readonly Named[];
}

const manifest = json('custom-elements.json') as { modules: { declarations: { tagName: string; attributes: Named[]; cssStates?: Named[]; cssParts?: Named[] }[] }[] };
const elements = manifest.modules.flatMap(({ declarations }) => declarations);
const tags = elements.map(({ tagName }) => tagName);

test('VS Code has each tag with its attributes and their words, and the states and parts for CSS', () => {
  const { tags: html } = json('dist/vscode.html-custom-data.json') as { tags: Named[] };
  assert.deepEqual(html.map(({ name }) => name), tags);
  for (const { tagName, attributes } of elements) assert.deepEqual(html.find(({ name }) => name === tagName)!.attributes!.map(({ name }) => name), attributes.map(({ name }) => name));
  const consent = html.find(({ name }) => name === 'edge-net-node')!.attributes!.find(({ name }) => name === 'consent');
  assert.deepEqual(consent!.values!.map(({ name }) => name), ['ask', 'granted', 'denied']);
  const css = json('dist/vscode.css-custom-data.json') as { pseudoClasses: Named[]; pseudoElements: Named[] };
  assert.deepEqual(new Set(css.pseudoClasses.map(({ name }) => name)), new Set(elements.flatMap(({ cssStates = [] }) => cssStates.map(({ name }) => `:state(${name})`))));
  assert.deepEqual(new Set(css.pseudoElements.map(({ name }) => name)), new Set(elements.flatMap(({ cssParts = [] }) => cssParts.map(({ name }) => `::part(${name})`))));
});

test("JetBrains' web types carry the package's name, version and every element", () => {
  const types = json('dist/web-types.json') as { name: string; version: string; contributions: { html: { elements: Named[] } } };
  const { name, version } = json('package.json') as { name: string; version: string };
  assert.deepEqual([types.name, types.version], [name, version]);
  assert.deepEqual(types.contributions.html.elements.map((element) => element.name), tags);
});

const project = new URL('node_modules/.cache/edge-net-types/', root);

before(() => mkdirSync(project, { recursive: true }));
after(() => rmSync(project, { recursive: true, force: true }));

/** @returns what the compiler says of a file that a user of the package might have */
function typeErrors(name: string, text: string): string {
  const compilerOptions = { target: 'ES2022', module: 'ESNext', moduleResolution: 'bundler', lib: ['ES2023', 'DOM', 'DOM.Iterable'], types: [], strict: true, noEmit: true, skipLibCheck: false };
  writeFileSync(new URL(`${name}.ts`, project), text);
  writeFileSync(new URL(`${name}.json`, project), JSON.stringify({ compilerOptions, files: [`${name}.ts`] }));
  const { stdout } = spawnSync(process.execPath, [fileURLToPath(new URL('node_modules/typescript/bin/tsc', root)), '-p', fileURLToPath(new URL(`${name}.json`, project))], { encoding: 'utf8' });
  // The frameworks' own declarations are theirs to mend.
  return stdout.split('\n').filter((line) => line.trim() && !/node_modules\/(?!\.cache)/u.test(line)).join('\n');
}

/** How a framework's types are used in each of these, given the props of a tag. */
const FRAMEWORKS: Readonly<Record<string, { readonly props: string; readonly onState: string }>> = {
  vue: { props: `import type { GlobalComponents } from 'vue';\ntype Props<Tag extends keyof GlobalComponents> = InstanceType<GlobalComponents[Tag]>['$props'];`, onState: 'onEdgeNetState' },
  svelte: { props: `import type { SvelteHTMLElements } from 'svelte/elements';\ntype Props<Tag extends keyof SvelteHTMLElements> = SvelteHTMLElements[Tag];`, onState: "'onedge-net-state'" },
};

for (const [framework, { props, onState }] of Object.entries(FRAMEWORKS)) {
  test(`${framework}: attributes, properties and events have the element's own types`, () => {
    const errors = typeErrors(framework, `
import type {} from '@ruvector/edge-net/types/${framework}';
${props}
export const node: Props<'edge-net-node'> = { relays: 'wss://a.example/gun', 'cpu-limit': '0.3', cpuLimit: 0.3, consent: 'granted', 'focus-required': true, id: 'one', class: 'a', ${onState}: (event) => event.detail.status === 'idle' };
export const widget: Props<'edge-net-widget'> = { for: 'one', theme: 'dark' };
${tags.map((tag, index) => `export const tag${index}: Props<'${tag}'> = { class: 'a' };`).join('\n')}
// @ts-expect-error no such word
export const word: Props<'edge-net-node'> = { consent: 'perhaps' };
// @ts-expect-error not a number
export const limit: Props<'edge-net-node'> = { 'cpu-limit': 'a third' };
// @ts-expect-error the detail has no such field
export const detail: Props<'edge-net-node'> = { ${onState}: (event) => event.detail.nothing };
`);
    assert.equal(errors, '');
  });
}
