/** The relay's HTTP side: descriptor, blobs, health, metrics and files, readable from every origin. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import { TICKET_HEADER } from '../engine/adapters/transport/blob-ticket.js';
import type { BlobRoutes } from './blob-routes.js';
import { answer, refuse } from './http-answer.js';
import type { Metrics } from './metrics.js';
import { serveFile, type Shown } from './static-files.js';

export interface HttpOptions {
  readonly descriptor: string;
  readonly blobs: BlobRoutes;
  readonly metrics: Metrics;
  readonly staticDir: string | undefined;
  readonly shown: Shown;
}

export function createHttpServer({ descriptor, blobs, metrics, staticDir, shown }: HttpOptions): Server {
  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    // The path as it came: what a URL parser would tidy away is what must be refused.
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
    if (request.method === 'OPTIONS') return void response.writeHead(204).end();
    if (path.startsWith('/blob/')) return blobs(path.slice('/blob/'.length), request, response);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET here.');
    switch (path) {
      case '/gun':
        return refuse(response, 426, 'This is a WebSocket: connect to it with ws:// or wss://.');
      case '/edge-net.network.json':
        response.setHeader('cache-control', 'no-cache');
        return answer(response, 200, 'application/json; charset=utf-8', descriptor);
      case '/healthz':
        return answer(response, 200, 'application/json; charset=utf-8', '{"status":"ok"}');
      case '/metrics':
        return answer(response, 200, 'text/plain; version=0.0.4; charset=utf-8', metrics.text());
      default:
        return serveFile(staticDir, shown, path, request, response);
    }
  }

  return createServer({ keepAliveTimeout: 15_000, headersTimeout: 20_000, requestTimeout: 120_000 }, (request, response) => {
    handle(request, response).catch(() => refuse(response, 500, 'The relay failed to answer.'));
  });
}

/** Bundles, models, workers and ciphertexts are fetched by pages of any origin; none of it depends on who asks. */
const HEADERS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'GET, HEAD, PUT, OPTIONS',
  'access-control-allow-headers': `${TICKET_HEADER}, content-type`,
  'access-control-max-age': '86400',
  // By which a page compares its clock.
  'access-control-expose-headers': 'date',
  'cross-origin-resource-policy': 'cross-origin',
  'x-content-type-options': 'nosniff',
} as const;
