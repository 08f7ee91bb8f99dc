/**
 * Builds the example guests of examples/guests/ for custom_wasm, each beside its source. Two builds are the same bytes.
 *
 *   node scripts/build-guests.mjs           rebuild in place what this machine can
 *   node scripts/build-guests.mjs --check   rebuild in memory; exit 1 unless it equals the committed files
 *
 * Rust is built where rustc has the target wasm32-unknown-unknown, and not checked: its bytes depend on its version.
 */
import { runClang } from '@yowasp/clang';
import asc from 'assemblyscript/asc';
import { execFile } from 'node:child_process';
import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import initWabt from 'wabt';

const folder = join(dirname(dirname(fileURLToPath(import.meta.url))), 'examples/guests');
const run = promisify(execFile);

async function buildC(source) {
  const flags = ['--target=wasm32', '-O2', '-ffreestanding', '-nostdlib', '-mbulk-memory', '-Wl,--no-entry,--strip-all', '-o', 'guest.wasm', 'guest.c'];
  const files = await runClang(['clang', ...flags], { 'guest.c': source }, { stdout: null, stderr: null });
  return files['guest.wasm'];
}

async function buildAssemblyScript(source) {
  let built;
  const { error, stderr } = await asc.main(
    // A failed assertion is `unreachable` instead of a call to the host, and the start function is called by name.
    ['guest.ts', '--outFile', 'guest.wasm', '-O3', '--runtime', 'stub', '--use', 'abort=', '--exportStart', '_initialize', '--noColors'],
    {
      readFile: (name) => (name === 'guest.ts' ? source : null),
      writeFile: (name, contents) => {
        if (name === 'guest.wasm') built = contents;
      },
      listFiles: () => [],
    },
  );
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
  return built;
}

async function buildWat(source) {
  const wabt = await initWabt();
  const module = wabt.parseWat('guest.wat', source);
  module.validate();
  return module.toBinary({}).buffer;
}

/** Undefined where rustc or its target is missing. */
async function buildRust(source) {
  const scratch = await mkdtemp(join(tmpdir(), 'edge-net-guest-'));
  const path = join(scratch, 'guest.wasm');
  try {
    const { stdout } = await run('rustc', ['--print', 'target-libdir', '--target', 'wasm32-unknown-unknown']);
    await access(stdout.trim());
  } catch {
    return undefined;
  }
  try {
    await writeFile(join(scratch, 'guest.rs'), source);
    const flags = ['--edition=2021', '--target', 'wasm32-unknown-unknown', '--crate-type=cdylib', '-C', 'opt-level=s', '-C', 'panic=abort', '-C', 'lto', '-C', 'link-arg=--strip-all'];
    await run('rustc', [...flags, '-o', path, join(scratch, 'guest.rs')]);
    return await readFile(path);
  } finally {
    await rm(scratch, { recursive: true });
  }
}

const GUESTS = [
  { name: 'c/sha256', source: 'c', build: buildC },
  { name: 'assemblyscript/mandelbrot', source: 'ts', build: buildAssemblyScript },
  { name: 'wat/crc32', source: 'wat', build: buildWat },
  { name: 'rust/word_count', source: 'rs', build: buildRust, unchecked: true },
];

const check = process.argv.includes('--check');
for (const { name, source, build, unchecked } of GUESTS) {
  const path = join(folder, `${name}.wasm`);
  const bytes = await build(await readFile(join(folder, `${name}.${source}`), 'utf8'));
  if (!bytes || (check && unchecked)) {
    console.log(`${name}: not built`);
  } else if (!check) {
    await writeFile(path, bytes);
    console.log(`${name}: ${bytes.length} bytes`);
  } else if (Buffer.compare(Buffer.from(bytes), await readFile(path)) === 0) {
    console.log(`${name}: as committed`);
  } else {
    console.log(`${name}: differs from the committed module`);
    process.exitCode = 1;
  }
}
