/**
 * dist/sri.json: the SHA-384 of every script and WASM file that a page may load, and the paste for a CDN that is held to
 * them. A tag's own hash covers its file alone; an import map covers what that imports, at once or later. Browsers hold
 * no import map against workers: a site that wants those checked too serves the files itself.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './setup.mjs';

const DIST = join(ROOT, 'dist');
const IMPORT = /\b(?:from|import)\s*\(?\s*"\.\/([^"]+\.js)"/gu;
const ENTRY = 'edge-net.js';
const CLASSIC = 'edge-net.global.js';

const integrityOf = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;

/** @returns {Promise<{version: string, files: Record<string, string>}>} integrity by file name, sorted */
export async function hashes(dist = DIST) {
  const { version } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8'));
  const names = (await readdir(dist)).filter((name) => /\.(?:m?js|wasm)$/u.test(name)).sort();
  const files = {};
  for (const name of names) files[name] = integrityOf(await readFile(join(dist, name)));
  return { version, files };
}

/** What the page itself imports of the package, at once or later; workers load the rest. */
export async function pageModules(dist = DIST) {
  const seen = new Set([ENTRY]);
  for (const name of seen) for (const [, imported] of (await readFile(join(dist, name), 'utf8')).matchAll(IMPORT)) seen.add(imported);
  return [...seen].sort();
}

/** @param base where the files lie, ending in a slash */
export function importMap({ files }, modules, base) {
  return { integrity: Object.fromEntries(modules.map((name) => [`${base}${name}`, files[name]])) };
}

export const cdnBase = ({ version }) => `https://cdn.jsdelivr.net/npm/@ruvector/edge-net@${version}/dist/`;

/** The two pastes: the tag alone, and the import map to go before it. */
export function snippets(sri, modules, base = cdnBase(sri)) {
  const tag = `<script async src="${base}${CLASSIC}"\n        integrity="${sri.files[CLASSIC]}" crossorigin="anonymous"\n        data-relays="wss://relay.example/gun" data-widget="bottom-end"></script>`;
  const map = `<script type="importmap">\n${JSON.stringify(importMap(sri, modules, base), null, 2)}\n</script>`;
  return { tag, map };
}

export async function writeSri(dist = DIST) {
  await writeFile(join(dist, 'sri.json'), `${JSON.stringify(await hashes(dist), null, 2)}\n`);
}

/** `node scripts/sri.mjs` prints the tag, `--import-map` also the map that covers what it loads. */
export async function printSnippet(withMap = false) {
  const { tag, map } = snippets(await hashes(), await pageModules());
  process.stdout.write(`${withMap ? `${map}\n` : ''}${tag}\n`);
  if (!withMap) process.stdout.write('\nThe chunks it loads are covered by an import map: node scripts/sri.mjs --import-map\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  if (process.argv.includes('--write')) await writeSri();
  else await printSnippet(process.argv.includes('--import-map'));
}
