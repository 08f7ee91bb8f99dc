/**
 * Builds src/kernels/neural_inference/neural_inference.wasm from native/ with the pinned clang of the npm package
 * `@yowasp/clang`, without a runtime or library. Some seconds. Two builds are the same bytes.
 *
 *   node scripts/build-neural.mjs           rebuild in place
 *   node scripts/build-neural.mjs --check   rebuild in memory; exit 1 unless it equals the committed file
 */
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLLVM } from '@yowasp/clang';
import { keepArtefact } from './artefact.mjs';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'src/kernels/neural_inference');
const artefact = join(folder, 'neural_inference.wasm');

const COMPILE = [
  '--target=wasm32-unknown-unknown', '-std=c++17', '-O3', '-Wall', '-Wextra', '-Werror',
  '-ffreestanding', '-nostdinc++', '-fno-exceptions', '-fno-rtti', '-fvisibility=hidden',
  // Contraction would let the compiler fuse a multiplication and an addition, which rounds once instead of twice.
  '-ffp-contract=off',
  '-mbulk-memory', '-mnontrapping-fptoint', '-msign-ext', '-msimd128',
];

const LINK = ['--no-entry', '--gc-sections', '--strip-all', '-O3', '-z', 'stack-size=16384', '--max-memory=4294967296'];

async function build() {
  const names = (await readdir(join(folder, 'native'))).sort();
  const sources = Object.fromEntries(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, 'native', name), 'utf8')])));
  const compiled = await runLLVM(['clang++', ...COMPILE, '-c', 'network.cpp', '-o', 'network.o'], sources);
  const linked = await runLLVM(['wasm-ld', ...LINK, 'network.o', '-o', 'out.wasm'], compiled);
  return linked['out.wasm'];
}

await keepArtefact(artefact, 'node scripts/build-neural.mjs', build);
