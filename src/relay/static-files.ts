/**
 * Files of one folder over HTTP. A path is taken as it came (a URL parser would resolve `..` before anybody
 * saw it), and what it leads to must lie inside the folder after all links are followed.
 */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream';
import { refuse } from './http-answer.js';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.xml': 'application/xml; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface Shown {
  /** Names in the folder that are served; all of them where omitted. */
  readonly only?: readonly string[];
  /** A folder that is never served, wherever it lies: keys may be in it. */
  readonly never?: string;
}

/** What this program calls files with keys and the folders that hold them, wherever somebody put them. */
const KEYS: ReadonlySet<string> = new Set(['keys', 'identity.json', 'founder.json', 'witness.json']);

/** The file that `path` (percent-encoded, without query) names under `root`; undefined if there is none to be shown. */
export async function findFile(root: string, path: string, { only, never }: Shown = {}): Promise<{ readonly file: string; readonly size: number } | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(path);
  } catch {
    return undefined;
  }
  if (!decoded.startsWith('/') || /[\0\\:]/.test(decoded)) return undefined;
  const segments = decoded.slice(1).split('/');
  if (segments.at(-1) === '') segments[segments.length - 1] = 'index.html';
  if (!isShown(segments, only)) return undefined;
  try {
    const base = await realpath(root);
    const file = await realpath(join(base, ...segments));
    // Where links lead counts as well, and how the file's own system spells it.
    if (!isInside(base, file) || !isShown(relative(base, file).split(sep), only) || (never !== undefined && isInside(await realpath(never), file))) return undefined;
    const found = await stat(file);
    return found.isFile() ? { file, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}

function isShown(segments: readonly string[], only: Shown['only']): boolean {
  if (segments.some((segment) => segment === '' || segment.startsWith('.') || KEYS.has(segment.toLowerCase()))) return false;
  return !only || only.includes(segments[0]!);
}

function isInside(dir: string, file: string): boolean {
  return file.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}

/** Missing files are 404, never a page: a worker or module that loads HTML fails in ways nobody understands. */
export async function serveFile(root: string | undefined, shown: Shown, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const find = async (wanted: string): ReturnType<typeof findFile> => (root === undefined ? undefined : findFile(root, wanted, shown));
  const found = await find(path);
  // Without its slash, the links of a folder's page would lead beside the folder.
  if (!found && !path.endsWith('/') && (await find(`${path}/`))) return redirect(request, `${path}/`, response);
  if (!found) return refuse(response, 404, 'There is no such file here.');
  response.writeHead(200, {
    'content-type': TYPES[extname(found.file)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') return void response.end();
  pipeline(createReadStream(found.file), response, () => {});
}

function redirect({ url = '' }: IncomingMessage, path: string, response: ServerResponse): void {
  const query = url.indexOf('?');
  response.writeHead(308, { location: query < 0 ? path : path + url.slice(query), 'content-length': 0, 'cache-control': 'no-cache' }).end();
}
