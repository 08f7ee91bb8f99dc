/** What every command needs first on a fresh clone. Uses Node's own modules alone, since nothing else is there yet. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Installs the locked packages unless they are there, and builds what changed. Says what it does on stderr alone. */
export async function setup({ build: wantsBuild = true, quiet = false } = {}) {
  if (!isInstalled()) {
    if (!quiet) process.stderr.write('Installing packages…\n');
    const { status } = spawnSync('npm', ['ci', '--loglevel=error'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' });
    if (status !== 0) throw new Error('npm ci failed.');
  }
  if (!wantsBuild) return;
  if (!quiet) process.stderr.write('Building…\n');
  const { build } = await import('./build.mjs');
  await build({ quiet });
}

/** Whether npm's own note of what it installed has every locked package; those of other platforms are optional. */
function isInstalled() {
  const installed = lockedIn('node_modules/.package-lock.json');
  return Object.entries(lockedIn('package-lock.json')).every(([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version);
}

function lockedIn(path) {
  try {
    return JSON.parse(readFileSync(join(ROOT, path), 'utf8')).packages;
  } catch {
    return {};
  }
}
