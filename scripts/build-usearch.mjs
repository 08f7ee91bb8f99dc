/**
 * Builds src/kernels/vector_search/vector_search.wasm from native/ and the headers of the npm package `usearch`,
 * with the pinned clang of the npm package `@yowasp/clang`. About a minute. Two builds are the same bytes.
 *
 *   node scripts/build-usearch.mjs           rebuild in place
 *   node scripts/build-usearch.mjs --check   rebuild in memory; exit 1 unless it equals the committed file
 */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runClang, runLLVM } from '@yowasp/clang';
import { keepArtefact } from './artefact.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = join(root, 'src/kernels/vector_search');
const artefact = join(folder, 'vector_search.wasm');
const require = createRequire(import.meta.url);

/** The scan's loops are worth their unrolling; the index waits for memory, and a visitor downloads every byte of it. */
const SOURCES = { scan: '-O3', metrics: '-O3', index: '-Os', runtime: '-Os' };

const COMPILE = [
  '--target=wasm32-wasip1', '-std=c++17', '-DNDEBUG', '-D_WASI_EMULATED_MMAN', '-w',
  '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden', '-ffunction-sections', '-fdata-sections', '-fno-threadsafe-statics',
  // Contraction would let the compiler fuse a multiplication and an addition, which rounds once instead of twice.
  '-ffp-contract=off',
  '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext', '-msimd128',
  '-I', 'config', '-I', 'include', '-include', 'native/single_thread.hpp',
];

const LINK = [
  '--no-entry', '--export=__wasm_call_ctors', '--gc-sections', '--strip-all', '-O3',
  '-z', 'stack-size=65536', '--max-memory=4294967296',
];

async function readTree(path, pattern) {
  const names = (await readdir(path)).filter((name) => pattern.test(name)).sort();
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(path, name), 'utf8')])));
}

/** libc++'s own configuration with threads switched off: the package builds it with them, and they need imports. */
async function singleThreadedConfig() {
  const tar = await readFile(join(dirname(require.resolve('@yowasp/clang')), 'llvm-resources.tar'));
  for (let at = 0; tar[at] !== 0; ) {
    const name = tar.toString('latin1', at, at + 100).replace(/\0.*$/s, '');
    const bytes = Number.parseInt(tar.toString('latin1', at + 124, at + 136), 8);
    if (name === 'include/c++/v1/__config_site') {
      const text = tar.toString('utf8', at + 512, at + 512 + bytes);
      return text.replace('_LIBCPP_HAS_THREADS 1', '_LIBCPP_HAS_THREADS 0').replace('#define _LIBCPP_PSTL_BACKEND_STD_THREAD', '#define _LIBCPP_PSTL_BACKEND_SERIAL');
    }
    at += 512 + Math.ceil(bytes / 512) * 512;
  }
  throw new Error('The clang package holds no libc++ configuration.');
}

async function build() {
  const include = join(dirname(require.resolve('usearch')), '../../../include/usearch');
  let tree = {
    native: await readTree(join(folder, 'native'), /\.(cpp|hpp)$/),
    include: { usearch: await readTree(include, /\.hpp$/) },
    config: { __config_site: await singleThreadedConfig() },
  };
  for (const [name, optimise] of Object.entries(SOURCES)) {
    tree = await runClang(['clang++', ...COMPILE, optimise, '-c', `native/${name}.cpp`, '-o', `${name}.o`], tree);
  }
  const library = '/usr/lib/wasm32-wasip1';
  tree = await runLLVM([
    'wasm-ld', ...LINK, ...Object.keys(SOURCES).map((name) => `${name}.o`), '-L', library, '-lc++', '-lc++abi', '-lc',
    '/usr/lib/wasm32-unknown-wasip1/libclang_rt.builtins.a', '-o', 'out.wasm',
  ], tree);
  return tree['out.wasm'];
}

await keepArtefact(artefact, 'node scripts/build-usearch.mjs', build);
