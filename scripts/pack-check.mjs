/**
 * `npm run pack:check`: packs as npm would publish, into a folder of its own, and looks at the tarball: publint, are the
 * types wrong, everything that package.json names is inside, nothing is inside that belongs to the repository alone.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { countsLine } from './counts.mjs';
import { ROOT } from './setup.mjs';

const MB = 1024 * 1024;
const PRIVATE = /^(?:src|test|bench|scripts|stories|node_modules|\.)|\.test\.|\.stamp$|(?<!\.d)\.ts$|\.env$/u;

/** @returns {{tarball: string, files: {path: string, size: number}[], size: number, unpackedSize: number}} packed into `folder` */
export function pack(folder) {
  const { status, stdout, stderr } = run('npm', ['pack', '--pack-destination', folder, '--json', '--loglevel=error']);
  if (status !== 0) throw new Error(`npm pack failed:\n${stderr}`);
  const [{ filename, files, size, unpackedSize }] = JSON.parse(stdout);
  return { tarball: join(folder, filename), files, size, unpackedSize };
}

/** Every file that package.json names, relative and without a leading `./`. */
export function named({ exports, bin, types, jsdelivr, unpkg, customElements, 'web-types': webTypes }) {
  const leaves = (value) => (typeof value === 'string' ? [value] : Object.values(value ?? {}).flatMap(leaves));
  return [...new Set(leaves([exports, bin, types, jsdelivr, unpkg, customElements, webTypes]).map((path) => path.replace(/^\.\//u, '')))];
}

function run(command, args) {
  return spawnSync(command, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64 * MB, shell: process.platform === 'win32' });
}

const tool = (path, ...args) => {
  const { status, stdout, stderr } = run(process.execPath, [join(ROOT, 'node_modules', path), ...args]);
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
};

/** Each check by name, with what is wrong. */
function checks({ tarball, files }) {
  const inside = new Set(files.map(({ path }) => path));
  const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const scripts = files.filter(({ path }) => /^dist\/.*\.js$/u.test(path) && !path.endsWith('/none.js'));
  return {
    publint: tool('publint/src/cli.js', 'run', tarball, '--strict'),
    'are the types wrong': tool('@arethetypeswrong/cli/dist/index.js', tarball, '--profile', 'esm-only', '--no-emoji', '--format', 'ascii'),
    'holds what package.json names': named(manifest).filter((path) => !inside.has(path)),
    'holds readme and license': ['README.md', 'LICENSE'].filter((path) => !inside.has(path)),
    'holds nothing of the repository alone': [...inside].filter((path) => PRIVATE.test(path)),
    'every script has its source map': scripts.map(({ path }) => `${path}.map`).filter((path) => !inside.has(path)),
  };
}

function main() {
  const folder = mkdtempSync(join(tmpdir(), 'edge-net-pack-'));
  try {
    const packed = pack(folder);
    const counts = { passed: 0, failed: 0 };
    for (const [name, wrong] of Object.entries(checks(packed))) {
      counts[wrong.length > 0 ? 'failed' : 'passed'] += 1;
      process.stdout.write(`${wrong.length > 0 ? '✖' : '✔'} ${name}\n${wrong.map((line) => `  ${line}\n`).join('')}`);
    }
    process.stdout.write(`${packed.files.length} files, ${(packed.size / MB).toFixed(1)} MB packed, ${(packed.unpackedSize / MB).toFixed(1)} MB unpacked\n`);
    process.stdout.write(`${countsLine(counts)}\n`);
    return counts.failed > 0 ? 1 : 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exit(main());
