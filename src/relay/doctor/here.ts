/** What works on this machine. */
import { constants } from 'node:fs';
import { access, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { openEngine } from '../../engine/host/engine.js';
import { nodeConfig } from '../../engine/node/config.js';
import { ASSET_BASE, nodePlatform } from '../../engine/node/node-platform.js';
import { bad, fine, reason, type Finding } from './finding.js';

const NODE_MAJOR_MIN = 20;
const TASK_MS_MAX = 60_000;
/** A function that returns i32x4.splat(0), lane 0: valid only where there is SIMD. */
const SIMD_MODULE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 127, 3, 2, 1, 0, 10, 11, 1, 9, 0, 65, 0, 253, 17, 253, 27, 0, 11]);
const GROUP_AND_OTHERS = 0o077;

export async function examineHere(dataDir: string): Promise<Finding[]> {
  return [nodeVersion(), simd(), await threads(), await installed(), ...(await folder(dataDir))];
}

function nodeVersion(): Finding {
  const { node } = process.versions;
  return Number(node.split('.')[0]) >= NODE_MAJOR_MIN ? fine('here', 'node', node) : bad('here', 'node', node, `Install Node ${NODE_MAJOR_MIN} or later.`);
}

function simd(): Finding {
  return WebAssembly.validate(SIMD_MODULE) ? fine('here', 'wasm', 'WebAssembly with SIMD') : bad('here', 'wasm', 'WebAssembly without SIMD', 'Use a processor and a Node build with WebAssembly SIMD: contributors compute with it.');
}

/** As contributors compute: a task through the pool, on a thread, with its WebAssembly from the package. */
async function threads(): Promise<Finding> {
  const config = nodeConfig({ local: 'only', workersMax: 1 });
  const engine = await openEngine(config, nodePlatform(config));
  try {
    const { matches } = await engine.submit({ type: 'vector_search', payload: { query: [0, 1], vectors: [[1, 0], [0, 1]], k: 1 }, options: { local: 'only', timeout: TASK_MS_MAX } });
    const nearest = (matches as { id: number }[][])[0]?.[0]?.id;
    return nearest === 1 ? fine('here', 'threads', 'a task ran on a worker thread') : bad('here', 'threads', `a task gave a wrong result: ${String(nearest)}`, 'Report this with the version of Node and the processor.');
  } catch (error) {
    return bad('here', 'threads', `a task failed: ${reason(error)}`, 'Install the package anew, or run npm run build in a clone.');
  } finally {
    await engine.close();
  }
}

async function installed(): Promise<Finding> {
  try {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', ASSET_BASE), 'utf8')) as { version: string };
    await access(new URL('../edge-net.js', ASSET_BASE));
    return fine('here', 'package', `version ${version} with its browser files`);
  } catch (error) {
    return bad('here', 'package', `browser files are missing: ${reason(error)}`, 'Install the package anew, or run npm run build in a clone.');
  }
}

async function folder(dir: string): Promise<Finding[]> {
  const place = resolve(dir);
  const existing = await nearestFolder(place);
  if (existing !== place) {
    return [await access(existing, constants.W_OK).then(
      () => fine('here', 'data', `${dir} can be made`),
      (error: unknown) => bad('here', 'data', reason(error), `Make ${existing} writable, or name another folder with --data.`),
    )];
  }
  const trial = join(place, `.doctor-${process.pid}`);
  try {
    await writeFile(trial, '', { flag: 'wx', mode: 0o600 });
    await unlink(trial);
  } catch (error) {
    return [bad('here', 'data', reason(error), `Make ${dir} a writable folder with room in it, or name another with --data.`)];
  }
  return [fine('here', 'data', `${dir} is writable`), ...(await keys(place))];
}

/** Keys that others may read are refused when they are used; better now than then. */
async function keys(dir: string): Promise<Finding[]> {
  if (process.platform === 'win32') return [];
  const found: Finding[] = [];
  for (const name of ['identity.json', 'keys/witness.json', 'keys/founder.json']) {
    const mode = await stat(join(dir, name)).then(({ mode: bits }) => bits, () => undefined);
    if (mode === undefined) continue;
    found.push((mode & GROUP_AND_OTHERS) === 0 ? fine('here', 'keys', `${name} is for its owner alone`) : bad('here', 'keys', `others may read ${name}`, `Run chmod 600 ${join(dir, name)}.`));
  }
  return found;
}

async function nearestFolder(path: string): Promise<string> {
  const isThere = await access(path).then(() => true, () => false);
  return isThere || dirname(path) === path ? path : nearestFolder(dirname(path));
}
