/**
 * `npm run storybook`: the stories as a static Storybook in dist/storybook. Storybook is not among our packages, since nothing but
 * this needs it: it is installed into the cache, in the one version that was tried.
 */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const HOME = join(ROOT, 'node_modules/.cache/storybook');
const PACKAGES = { storybook: '10.6.7', '@storybook/web-components-vite': '10.6.0', vite: '8.3.8', lit: '3.3.3' };

function run(command, args, cwd) {
  const { status } = spawnSync(command, args, { cwd, stdio: 'inherit', env: { ...process.env, STORYBOOK_HOME: HOME, STORYBOOK_DISABLE_TELEMETRY: '1', CI: '1' } });
  if (status !== 0) process.exit(status ?? 1);
}

await mkdir(HOME, { recursive: true });
await writeFile(join(HOME, 'package.json'), JSON.stringify({ private: true, type: 'module', dependencies: PACKAGES }));
if (!existsSync(join(HOME, 'node_modules/storybook'))) run('npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts=false'], HOME);
run(process.execPath, [join(HOME, 'node_modules/storybook/dist/bin/dispatcher.js'), 'build', '--config-dir', join(ROOT, 'stories/.storybook'), '--output-dir', join(ROOT, 'dist/storybook'), '--quiet'], HOME);
