/** `node dev-server.mjs FOLDER`: the project's own Vite in development mode. Says as one line of JSON where it listens. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = process.argv[2];
const { resolve } = createRequire(join(root, 'package.json'));
const { createServer } = await import(pathToFileURL(join(resolve('vite/package.json'), '../dist/node/index.js')).href);
const server = await createServer({ root, configFile: join(root, 'vite.config.js'), logLevel: 'error', server: { host: '127.0.0.1', port: 0, hmr: false } });
await server.listen();
process.stdout.write(`${JSON.stringify({ url: server.resolvedUrls.local[0] })}\n`);
process.on('SIGTERM', () => void server.close().then(() => process.exit(0)));
