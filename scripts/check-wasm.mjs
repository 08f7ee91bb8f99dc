/** Rebuilds every committed WebAssembly module and compares: what is shipped is what the sources say. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPTS = ['build-usearch.mjs', 'build-neural.mjs', 'build-guests.mjs'];

for (const script of SCRIPTS) {
  const { status } = spawnSync(process.execPath, [fileURLToPath(new URL(script, import.meta.url)), '--check'], { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
}
