/** A file that is built by a script and committed: written anew, or with `--check` compared with what is there. */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/**
 * Ends the process with 1 where the build fails, imports anything, or differs from the committed file.
 * @param {string} path of the .wasm file
 * @param {string} script that builds it, as one types it
 * @param {() => Promise<Uint8Array>} build
 */
export async function keepArtefact(path, script, build) {
  const name = basename(path);
  const give = (message) => {
    console.error(`${name}: ${message}`);
    process.exit(1);
  };
  // The tool chain's own error carries the whole file tree, and has already said on stderr what is wrong.
  const built = await build().catch((cause) => give(`the build failed: ${cause.message}`));
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(built));
  if (imports.length > 0) give(`the module must import nothing, but wants ${imports.map((wanted) => wanted.name).join(', ')}.`);
  if (process.argv.includes('--check')) {
    const committed = sha256(await readFile(path));
    if (sha256(built) !== committed) give(`committed ${committed}, rebuilt ${sha256(built)}. Run ${script} and commit the result.`);
  } else {
    await writeFile(path, built);
  }
  console.log(`${name}: ${built.length} bytes, sha256 ${sha256(built)}`);
}
