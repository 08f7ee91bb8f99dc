/** A web server of one origin: files of a folder with the headers of the test, `{{name}}` in pages filled in. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findFile } from '../../src/relay/static-files.js';

export interface Site {
  readonly origin: string;
  /** Ends in a slash. */
  readonly url: string;
  /** Paths that were asked for, in order. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

export interface SiteOptions {
  readonly root: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly values?: Readonly<Record<string, string>>;
}

const TYPES: Readonly<Record<string, string>> = { html: 'text/html; charset=utf-8', js: 'text/javascript', mjs: 'text/javascript', wasm: 'application/wasm', json: 'application/json', css: 'text/css', svg: 'image/svg+xml', png: 'image/png', woff2: 'font/woff2' };

export async function startSite({ root, headers = {}, values = {} }: SiteOptions): Promise<Site> {
  const requests: string[] = [];
  const fill = (text: string, query: URLSearchParams): string => text.replace(/\{\{(\w+)\}\}/gu, (_, name: string) => query.get(name) ?? values[name] ?? '');
  const server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://site');
    requests.push(url.pathname);
    const found = await findFile(root, url.pathname);
    if (!found) return void response.writeHead(404, headers).end();
    const type = url.pathname.split('.').at(-1) ?? '';
    const body = await readFile(found.file);
    const filled = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, fill(value, url.searchParams)]));
    response.writeHead(200, { 'content-type': TYPES[type] ?? 'application/octet-stream', ...filled });
    response.end(type === 'html' ? fill(body.toString('utf8'), url.searchParams) : body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    origin, url: `${origin}/`, requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
