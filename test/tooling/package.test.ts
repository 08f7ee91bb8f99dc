/** What the package promises to those who install it, looked up in what was built. */
import assert from 'node:assert/strict';
import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { readCounts } from '../../scripts/counts.mjs';

const root = new URL('../../', import.meta.url);
const text = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const manifest = JSON.parse(text('package.json')) as { exports: unknown; bin: Record<string, string>; unpkg: string; jsdelivr: string; customElements: string; types: string };

const paths = (value: unknown): string[] => (typeof value === 'string' ? [value] : Object.values(value as object).flatMap(paths));

const chunks = readdirSync(new URL('dist/', root)).filter((name) => name.endsWith('.js'));
const matches = (chunk: string, pattern: RegExp): string[] => [...text(`dist/${chunk}`).matchAll(pattern)].map(([, name]) => name!);
const importsNow = (chunk: string): string[] => matches(chunk, /\b(?:from|import)\s*"\.\/([^"]+)"/gu);
const importsLater = (chunk: string): string[] => matches(chunk, /\bimport\((?:new URL\()?"\.\/([^"]+)"/gu);

test('every file that package.json names is there', () => {
  const { exports, bin, unpkg, jsdelivr, customElements, types } = manifest;
  for (const path of paths({ exports, bin, unpkg, jsdelivr, customElements, types })) assert.ok(existsSync(new URL(path, root)), path);
  assert.match(text(manifest.bin['edge-net']!), /^#!\/usr\/bin\/env node\n/);
});

test('Node gets the engine that needs no page, by the name of the package', async () => {
  assert.equal(import.meta.resolve('@ruvector/edge-net'), new URL('dist/node/index.js', root).href);
  const name = '@ruvector/edge-net';
  const entry = (await import(name)) as { default: Record<string, unknown> };
  for (const call of ['init', 'submit', 'submitBatch', 'result']) assert.equal(typeof entry.default[call], 'function', call);
});

test('every chunk that another imports is there, and none but the classic stub imports the entry', () => {
  for (const chunk of chunks) {
    for (const name of [...importsNow(chunk), ...importsLater(chunk)]) {
      assert.ok(existsSync(new URL(`dist/${name}`, root)), `${chunk} imports ${name}`);
      // A page may have loaded the entry by another URL, and would get a second one.
      if (chunk !== 'edge-net.global.js') assert.notEqual(name, 'edge-net.js', chunk);
    }
  }
});

test('the classic script loads the ES module, and nothing else', () => {
  assert.deepEqual(importsLater('edge-net.global.js'), ['edge-net.js']);
  assert.doesNotMatch(text('dist/edge-net.global.js'), /^(?:import|export)\b/mu);
});

test('bundles carry no code of Node in the page, and notices of what is inside', () => {
  for (const chunk of ['edge-net.js', 'edge-net.engine.js', 'edge-net.compute.js']) assert.doesNotMatch(text(`dist/${chunk}`), /from\s*"node:/u, chunk);
  for (const name of ['gun', 'tweetnacl', 'lit-html']) assert.match(text('dist/THIRD-PARTY.txt'), new RegExp(`^## ${name} \\d`, 'mu'));
});

test('counts are the last ones printed on a line of their own', () => {
  assert.deepEqual(readCounts('1 passed, 1 failed\nlog: 9 passed, 9 failed\n3 passed, 0 failed, 2 skipped\nbye'), { passed: 3, failed: 0, skipped: 2 });
  assert.equal(readCounts('Segmentation fault'), undefined);
});

test('the built command may be executed, also after a rebuild', { skip: process.platform === 'win32' }, () => {
  accessSync(new URL(manifest.bin['edge-net']!, root), constants.X_OK);
});
