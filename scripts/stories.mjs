/** Bundles the stories for the gallery of index.html and for the tests: dist/stories/, and the list of them in index.json. */
import { build } from 'esbuild';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const OUT = join(ROOT, 'dist/stories');
const ORDER = ['consent', 'badge', 'widget', 'leaderboard', 'log', 'task', 'dashboard'];
const FONTS = join(ROOT, 'node_modules/@fontsource/noto-sans-arabic/files');

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
await build({
  entryPoints: { frame: join(ROOT, 'stories/frame.ts') },
  outdir: OUT, absWorkingDir: ROOT, bundle: true, splitting: true, format: 'esm', target: 'es2022', minify: true, chunkNames: '[name]-[hash]', logLevel: 'error',
});
for (const weight of [400, 600]) await copyFile(join(FONTS, `noto-sans-arabic-arabic-${weight}-normal.woff2`), join(OUT, `noto-sans-arabic-${weight}.woff2`));

/** As Storybook does it: read from the source, without running a story. */
const list = [];
for (const file of ORDER) {
  const source = await readFile(join(ROOT, `stories/${file}.stories.ts`), 'utf8');
  const title = /title: '([^']+)'/u.exec(source)[1];
  for (const [, key] of source.matchAll(/^export const (\w+)/gmu)) list.push({ id: `${slug(title)}--${slug(key)}`, title, name: spaced(key) });
}
await writeFile(join(OUT, 'index.json'), `${JSON.stringify(list, undefined, 1)}\n`);

function spaced(key) {
  const words = key.replace(/([a-z\d])([A-Z])/gu, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function slug(text) {
  return spaced(text).toLowerCase().replaceAll(/[^a-z\d]+/gu, '-');
}
