/**
 * `edge-net copy-assets`: the files that a page loads, for a site that serves them itself. A list of what was copied stays
 * beside them, by which a later version clears up after this one and leaves alone what is not ours.
 */
import { copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { EdgeNetError } from '../../engine/error.js';
import { ASSET_BASE } from '../../engine/node/node-platform.js';
import { printJson, say } from './output.js';

export interface CopyAssetsCommand {
  readonly models?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

const DIST = fileURLToPath(new URL('../', ASSET_BASE));
const LIST = 'edge-net.assets.json';
/** Scripts, WebAssembly, hashes and licences. Source maps and editors' data stay behind. */
const ASSET = /^(?:.+\.m?js|.+\.wasm|sri\.json|THIRD-PARTY.*\.txt)$/u;
const NOTHING: readonly string[] = [];

export async function runCopyAssets(dir: string, { models = false, force = false, json = false }: CopyAssetsCommand): Promise<void> {
  const files = await assets(models);
  const before = await listed(dir);
  if (!before && !force && (await entries(dir)).length > 0) {
    throw new EdgeNetError('config-conflict', `${dir} has files in it that copy-assets did not put there. Name an empty folder, or add --force to copy beside them.`);
  }
  for (const old of (before ?? NOTHING).filter((name) => isBelow(name) && !files.includes(name))) await rm(join(dir, old), { force: true });
  let bytes = 0;
  for (const name of files) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await copyFile(join(DIST, name), join(dir, name));
    bytes += (await stat(join(dir, name))).size;
  }
  const { version } = JSON.parse(await readFile(join(DIST, '../package.json'), 'utf8')) as { version: string };
  await writeFile(join(dir, LIST), `${JSON.stringify({ version, files }, null, 1)}\n`);
  say(`${files.length} files of version ${version}, ${(bytes / 2 ** 20).toFixed(1)} MB, are in ${dir}${models ? ', models among them' : ''}.`);
  say(`Where the folder is served as /edge-net/, write <script type="module" src="/edge-net/edge-net.js"></script>${models ? '' : ', and model-base in the tag: models are not among the files (--models copies them)'}.`);
  say("A Content-Security-Policy has script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:; connect-src 'self' and the relay.");
  if (json) printJson({ dir, version, bytes, files });
}

/** Names of what is copied, folders with forward slashes. */
async function assets(models: boolean): Promise<string[]> {
  const flat = (await entries(DIST)).filter((name) => ASSET.test(name));
  if (!flat.includes('edge-net.js')) throw new EdgeNetError('unsupported', `${DIST} has no built files. Run npm run build first.`);
  if (!models) return flat;
  const found = await readdir(join(DIST, 'models'), { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name).slice(DIST.length).replaceAll('\\', '/'));
  return [...flat, ...paths.sort()];
}

/** What an earlier copy-assets put there; undefined where none did. */
async function listed(dir: string): Promise<readonly string[] | undefined> {
  try {
    const { files } = JSON.parse(await readFile(join(dir, LIST), 'utf8')) as { files?: unknown };
    return Array.isArray(files) ? files.filter((name) => typeof name === 'string') : NOTHING;
  } catch {
    return undefined;
  }
}

/** A list that somebody wrote must not reach beyond its folder. */
function isBelow(name: string): boolean {
  return !name.startsWith('/') && !name.split(/[/\\]/u).includes('..') && !name.includes(':');
}

/** @throws EdgeNetError `config-conflict` where `dir` is no folder */
async function entries(dir: string): Promise<string[]> {
  return readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    if (error.code === 'ENOTDIR') throw new EdgeNetError('config-conflict', `${dir} is a file. Name a folder.`, { cause: error });
    throw error;
  });
}
