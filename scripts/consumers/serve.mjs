/** A plain web server for a folder, as any host of static files is. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css', '.json': 'application/json', '.wasm': 'application/wasm' };

/** @returns {Promise<{url: string, missing: string[], stop(): Promise<void>}>} `url` ends in a slash */
export async function serve(root) {
  const missing = [];
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, 'http://site');
    const file = join(root, normalize(pathname.endsWith('/') ? `${pathname}index.html` : decodeURIComponent(pathname)));
    const body = file.startsWith(root) ? await readFile(file).catch(() => undefined) : undefined;
    if (!body) missing.push(pathname);
    response.writeHead(body ? 200 : 404, { 'content-type': TYPES[extname(file)] ?? 'application/octet-stream' }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    missing,
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
