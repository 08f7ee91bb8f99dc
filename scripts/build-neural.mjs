/**
 * Builds src/kernels/neural_inference/neural_inference.wasm from native/ with the pinned clang of the npm package
 * `@yowasp/clang`, without a runtime or library. Some seconds. Two builds are the same bytes.
 *
 *   node scripts/build-neural.mjs           rebuild in place
 *   node scripts/build-neural.mjs --check   rebuild in memory; exit 1 unless it equals the committed file
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLLVM } from '@yowasp/clang';

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
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(linked['out.wasm']));
  if (imports.length > 0) throw new Error(`The module must import nothing, but wants ${imports.map(({ name }) => name).join(', ')}.`);
  return linked['out.wasm'];
}

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const built = await build().catch((cause) => {
  // The tool chain's own error carries the whole file tree, and has already said on stderr what is wrong.
  console.error(`The build failed: ${cause.message}`);
  process.exit(1);
});
if (process.argv.includes('--check')) {
  const committed = sha256(await readFile(artefact));
  if (sha256(built) !== committed) {
    console.error(`neural_inference.wasm: committed ${committed}, rebuilt ${sha256(built)}. Run node scripts/build-neural.mjs and commit the result.`);
    process.exit(1);
  }
} else {
  await writeFile(artefact, built);
}
console.log(`neural_inference.wasm: ${built.length} bytes, sha256 ${sha256(built)}`);
