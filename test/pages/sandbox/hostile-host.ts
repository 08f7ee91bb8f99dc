/** A site with the sandbox's files under a policy of the test's choice, and another server that nobody should ever reach. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { bundle } from '../../pool/fixtures/bundle.js';

export interface HostileHost {
  /** @param policy of the page; `{{origin}}` in it is the site's */
  page(policy?: string, nonce?: string): string;
  /** What arrived at the other server since it was last asked: paths, and connections without a request. */
  reached(): readonly string[];
  readonly target: string;
  close(): Promise<void>;
}

const source = (path: string): URL => new URL(path, import.meta.url);

export async function startHost(): Promise<HostileHost> {
  const [bed, frame, sandbox, guests, hostile] = await Promise.all([
    bundle(source('./bed.ts')), bundle(source('../../../src/engine/sandbox/frame.ts')), bundle(source('../../pool/fixtures/sandbox-script.ts')),
    bundle(source('../../../src/engine/sandbox/entry.ts')), bundle(source('./hostile.ts')),
  ]);
  const arrived: string[] = [];

  const other = createServer((request, response) => {
    arrived.push(request.url!);
    response.writeHead(200, { 'access-control-allow-origin': '*', 'content-type': request.url!.includes('events') ? 'text/event-stream' : 'text/javascript' }).end(request.url!.includes('events') ? 'data: x\n\n' : '0');
  });
  // A preconnect sends no request, only opens the line.
  const mute = new Set<Socket>();
  other.on('connection', (socket) => void mute.add(socket));
  other.prependListener('request', ({ socket }) => void mute.delete(socket));
  other.on('upgrade', (request, socket) => {
    arrived.push(request.url!);
    socket.destroy();
  });
  await once(other.listen(0, '127.0.0.1'), 'listening');
  const target = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;

  const scripts: Readonly<Record<string, string>> = {
    '/bed.js': bed, '/frame.js': frame, '/sandbox.js': sandbox, '/guests.js': guests, '/hostile.js': `const TARGET = ${JSON.stringify(target)};\n${hostile}`,
  };
  const site = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://site');
    const script = scripts[pathname];
    if (script) return void response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    if (pathname !== '/') return void response.writeHead(404).end();
    const policy = searchParams.get('policy');
    const nonce = searchParams.get('nonce');
    response.writeHead(200, { 'content-type': 'text/html', ...(policy && { 'content-security-policy': policy }) });
    response.end(`<!doctype html><html lang="en"><head><title>secret of the page</title><link rel="icon" href="data:,"></head><body><h1>A page</h1><a href="#one">one</a> <a href="#two">two</a><script src="/bed.js"${nonce ? ` nonce="${nonce}"` : ''}></script></body></html>`);
  });
  await once(site.listen(0, '127.0.0.1'), 'listening');
  const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;

  return {
    target,
    page: (policy = '', nonce = '') => `${origin}/?${new URLSearchParams({ policy: policy.replaceAll('{{origin}}', origin), nonce })}`,
    reached() {
      const seen = [...arrived.splice(0), ...[...mute].map(() => 'connection')];
      mute.clear();
      return seen;
    },
    async close() {
      for (const server of [site, other]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
