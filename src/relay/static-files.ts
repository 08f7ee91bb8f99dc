/**
 * Files of one folder over HTTP. A path is taken as it came (a URL parser would resolve `..` before anybody
 * saw it), and what it leads to must lie inside the folder after all links are followed.
 */
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
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
  '.md': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface Shown {
  /** Names in the folder that are served; all of them where omitted. */
  readonly only?: readonly string[];
  /** A folder that is never served, wherever it lies: keys may be in it. */
  readonly never?: string;
}

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
  if (segments.some((segment) => segment === '' || segment.startsWith('.'))) return undefined;
  if (only && !only.includes(segments[0]!)) return undefined;
  try {
    const base = await realpath(root);
    const file = await realpath(join(base, ...segments));
    if (!isInside(base, file) || (never !== undefined && isInside(await realpath(never), file))) return undefined;
    const found = await stat(file);
    return found.isFile() ? { file, size: found.size } : undefined;
  } catch {
    return undefined;
  }
}

function isInside(dir: string, file: string): boolean {
  return file.startsWith(dir.endsWith(sep) ? dir : dir + sep);
}

/** Missing files are 404, never a page: a worker or module that loads HTML fails in ways nobody understands. */
export async function serveFile(root: string | undefined, shown: Shown, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const found = root === undefined ? undefined : await findFile(root, path, shown);
  if (!found) return refuse(response, 404, 'There is no such file here.');
  response.writeHead(200, {
    'content-type': TYPES[extname(found.file)] ?? 'application/octet-stream',
    'content-length': found.size,
    'cache-control': 'no-cache',
  });
  if (request.method === 'HEAD') return void response.end();
  pipeline(createReadStream(found.file), response, () => {});
}
