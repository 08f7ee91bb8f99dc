/** custom-elements.json from the sources; `--check` fails where the one in the tree does not follow from them. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './setup.mjs';

const OUT = 'node_modules/.cache/manifest';
const made = join(ROOT, OUT, 'custom-elements.json');
const kept = join(ROOT, 'custom-elements.json');

// The analyser exits 0 when its configuration crashes: only a file that is there and right counts.
const { stdout, stderr } = spawnSync(process.execPath, ['node_modules/@custom-elements-manifest/analyzer/cem.js', 'analyze', '--config', 'custom-elements-manifest.config.mjs', '--outdir', OUT], { cwd: ROOT, encoding: 'utf8' });
process.stdout.write(stdout + stderr);
if (!process.argv.includes('--check')) copyFileSync(made, kept);
else if (readFileSync(made, 'utf8') !== readFileSync(kept, 'utf8')) {
  process.stdout.write('custom-elements.json is out of date: run npm run analyze and commit it.\n');
  process.exit(1);
}
