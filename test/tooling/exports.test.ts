/** The exports map: how each entry is found, and that its source maps help whoever debugs it and tell on nobody. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');

type Target = string | { readonly [condition: string]: Target };
const { name, exports } = JSON.parse(text('package.json')) as { name: string; exports: Readonly<Record<string, Target>> };

/** Every object of conditions in the map, with where it stands. */
function conditions(target: Target, at: string): (readonly [at: string, names: readonly string[]])[] {
  if (typeof target === 'string') return [];
  return [[at, Object.keys(target)], ...Object.entries(target).flatMap(([condition, inner]) => conditions(inner, `${at} ${condition}`))];
}

test('conditions are tried in order: types first, default last', () => {
  for (const [at, names] of Object.entries(exports).flatMap(([path, target]) => conditions(target, path))) {
    assert.equal(names.at(-1), 'default', at);
    if (names.includes('types')) assert.equal(names[0], 'types', at);
  }
});

test('every script that can be imported has its types', () => {
  for (const [at, target] of Object.entries(exports)) {
    const leaves = conditions(target, at).filter(([, names]) => !names.includes('browser'));
    if (typeof target === 'string') assert.match(target, /\.json$/u, at);
    for (const [where, names] of leaves) assert.ok(names.includes('types'), where);
  }
});

test('Node finds every entry by its name, and the engine without a page by that of the package', () => {
  for (const path of Object.keys(exports)) assert.ok(existsSync(new URL(import.meta.resolve(`${name}${path.slice(1)}`))), path);
  assert.equal(import.meta.resolve(name), new URL('dist/node/index.js', root).href);
});

for (const folder of ['dist/', 'dist/node/']) {
  const scripts = readdirSync(new URL(folder, root)).filter((file) => file.endsWith('.js'));

  test(`${folder}: every script names its source map, which has the sources inside and names no machine's path`, () => {
    assert.ok(scripts.length > 0);
    const machine = [fileURLToPath(root), homedir(), tmpdir()].filter((path) => path.length > 1).map((path) => `"${path.replace(/\/$/u, '')}/`);
    for (const file of scripts) {
      assert.match(text(`${folder}${file}`), new RegExp(`sourceMappingURL=${file.replaceAll('.', '\\.')}\\.map\\s*$`, 'u'), file);
      const map = text(`${folder}${file}.map`);
      const { sources, sourcesContent } = JSON.parse(map) as { sources: string[]; sourcesContent: (string | null)[] };
      assert.ok(sources.every((source) => source.startsWith('../')), file);
      assert.ok(sourcesContent.length === sources.length && sourcesContent.every((content) => typeof content === 'string'), file);
      assert.ok(machine.every((path) => !map.includes(path)), file);
    }
  });
}
