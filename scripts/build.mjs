/**
 * `npm run build`: bundles, declarations, models and runtime files into dist/. Skips what is up to date, so that
 * `npm start` is quick; two builds at once take turns. `--only node` or `--only browser` builds one half.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DIST = join(ROOT, 'dist');
const RUNTIME = join(ROOT, 'node_modules/.cache/edge-net-runtime');
const LOCK = join(ROOT, 'node_modules/.cache/edge-net-build.lock');
const LOCK_STALE_MS = 300_000;

/** Read at run time beside the bundles: kernels' WASM, and ONNX Runtime with its glue. */
const ASSETS = [
  'src/kernels/vector_search/vector_search.wasm',
  'src/kernels/neural_inference/neural_inference.wasm',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm',
  'node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.mjs',
];

/** What decides how the same sources are built. */
const TOOLS = ['rollup.config.js', 'package-lock.json', 'scripts/build.mjs', 'scripts/third-party.mjs'];

/** They read the manifest for editors and frameworks. */
const EDITOR_TOOLS = ['scripts/editor-data.mjs', 'scripts/framework-types.mjs'];

const HALVES = {
  browser: { sources: ['src/elements', 'src/engine', 'src/kernels'], configs: ['browser', 'classic'], dir: DIST, commands: [] },
  node: { sources: ['src/engine', 'src/kernels', 'src/relay'], configs: ['node'], dir: join(DIST, 'node'), commands: ['cli.js'] },
};

/** @param {{only?: 'browser' | 'node', quiet?: boolean}} options */
export async function build({ only, quiet = false } = {}) {
  const release = await lock();
  try {
    run('scripts/build-model.mjs', [], quiet);
    await onceFor('runtime.stamp', TOOLS, () => rollup(['runtime'], quiet));
    for (const [name, half] of Object.entries(HALVES)) {
      if (only === undefined || only === name) await buildHalf(name, half, quiet);
    }
    run('scripts/sri.mjs', ['--write'], quiet);
    if (only === undefined) {
      await declare(quiet);
      await pages(quiet);
    }
  } finally {
    await release();
  }
}

async function buildHalf(name, { sources, configs, dir, commands }, quiet) {
  await onceFor(`${name}.stamp`, [...sources, ...TOOLS, ...ASSETS], async () => {
    await mkdir(dir, { recursive: true });
    const beganAt = Date.now();
    rollup(configs, quiet);
    for (const asset of ASSETS) await copyFile(join(ROOT, asset), join(dir, asset.split('/').at(-1)));
    for (const file of await readdir(RUNTIME)) await copyFile(join(RUNTIME, file), join(dir, file));
    // What this build did not write is of an older one; and a build that fails leaves the last that did not.
    for (const file of await readdir(dir)) if (/\.(?:m?js|map|wasm|txt)$/u.test(file) && (await stat(join(dir, file))).mtimeMs < beganAt) await rm(join(dir, file));
    // npm does this once, when it links the command; a rebuild writes a new file.
    for (const command of commands) await chmod(join(dir, command), 0o755);
  });
}

function rollup(configs, quiet) {
  run('node_modules/rollup/dist/bin/rollup', ['-c', '--silent', ...configs.map((config) => `--config-${config}`)], quiet);
}

/** Type declarations, for editors and for those who import the package. */
async function declare(quiet) {
  await onceFor('types.stamp', ['src', 'tsconfig.build.json', 'custom-elements.json', ...EDITOR_TOOLS], async () => {
    await rm(join(DIST, 'types'), { recursive: true, force: true });
    run('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json'], quiet);
    run(EDITOR_TOOLS[0], [], quiet);
  });
}

/** The stories of the gallery, the examples that need a bundler, and the documentation: for those who look, not shipped. */
async function pages(quiet) {
  await onceFor('stories.stamp', ['src/elements', 'src/engine', 'stories', 'test/browser/doubles', 'scripts/stories.mjs'], () => run('scripts/stories.mjs', [], quiet));
  await onceFor('examples.stamp', ['examples/drop-in', 'package-lock.json', 'scripts/examples.mjs'], () => run('scripts/examples.mjs', [], quiet));
  await onceFor('site.stamp', ['docs', 'SECURITY.md', 'CHANGELOG.md', 'package.json', 'custom-elements.json', 'scripts/site', 'dist/sri.json'], () => run('scripts/site/build.mjs', [], quiet));
}

/** Runs `work` unless the stamp says that it was done for exactly these sources. */
async function onceFor(stampName, sources, work) {
  await mkdir(DIST, { recursive: true });
  const stampPath = join(DIST, `.${stampName}`);
  const stamp = await hashOf(sources);
  if ((await readFile(stampPath, 'utf8').catch(() => '')) === stamp) return;
  await rm(stampPath, { force: true });
  await work();
  await writeFile(stampPath, stamp);
}

async function hashOf(paths) {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesOf(join(ROOT, path))) hash.update(file).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesOf(path) {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => undefined);
  if (!entries) return [path];
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name)).sort();
}

function run(script, args, quiet) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, script), ...args], { cwd: ROOT, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${script} failed:\n${stdout}${stderr}`);
  if (!quiet && stderr) process.stderr.write(stderr);
}

async function lock() {
  await mkdir(join(LOCK, '..'), { recursive: true });
  for (;;) {
    try {
      await writeFile(LOCK, `${process.pid} ${Date.now()}`, { flag: 'wx' });
      return () => rm(LOCK, { force: true });
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
      const [pid, since] = (await readFile(LOCK, 'utf8').catch(() => '')).split(' ').map(Number);
      if (!isAlive(pid) || Date.now() - since > LOCK_STALE_MS) await rm(LOCK, { force: true });
      else await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

function isAlive(pid) {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch {
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const at = process.argv.indexOf('--only');
  await build({ only: at < 0 ? undefined : process.argv[at + 1] });
  await (await import('./sri.mjs')).printSnippet();
}
