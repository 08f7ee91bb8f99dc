/** A man in the middle of one client and its relay: writes down every frame and body that crosses, and may change or drop frames. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';

export interface Crossing {
  readonly by: 'client' | 'relay';
  /** A frame's text, or a blob's bytes as latin1. */
  readonly text: string;
}

export interface Tap {
  /** What the client dials instead of the relay. */
  readonly url: string;
  readonly crossings: readonly Crossing[];
  /** Called for each frame from now on: what it returns goes on, undefined goes nowhere. */
  intercept(change: (crossing: Crossing) => string | undefined): void;
  /** The first crossing, past or future, that fits. A future one is told of before it goes on. */
  seen(fits: (crossing: Crossing) => boolean): Promise<Crossing>;
  close(): Promise<void>;
}

/** Whether a frame carries a direct message of this type. */
export const carries = (type: string) => ({ text }: Crossing): boolean => text.includes(`{\\"t\\":\\"${type}\\"`);

export async function tap(relay: string): Promise<Tap> {
  const crossings: Crossing[] = [];
  const watchers = new Set<(crossing: Crossing) => void>();
  let change = ({ text }: Crossing): string | undefined => text;
  const note = (crossing: Crossing): void => {
    crossings.push(crossing);
    for (const watch of [...watchers]) watch(crossing);
  };

  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    note({ by: 'client', text: body.toString('latin1') });
    const headers = Object.entries(request.headers).filter(([name]) => name === 'content-type' || name.startsWith('x-')) as [string, string][];
    const answer = await fetch(new URL(request.url!, relay.replace(/^ws/u, 'http')), { method: request.method!, headers, ...(body.length > 0 && { body }) });
    const bytes = Buffer.from(await answer.arrayBuffer());
    note({ by: 'relay', text: bytes.toString('latin1') });
    response.writeHead(answer.status, { 'content-length': bytes.length }).end(bytes);
  });
  const sockets = new WebSocketServer({ server });
  const upstreams = new Set<WebSocket>();
  sockets.on('connection', (client) => {
    const upstream = new WebSocket(relay);
    upstreams.add(upstream);
    const opened = once(upstream, 'open').catch(() => undefined);
    const pass = (by: Crossing['by'], to: WebSocket) => async (data: unknown): Promise<void> => {
      await opened;
      const crossing = { by, text: String(data) };
      const changed = change(crossing);
      note(crossing);
      if (changed !== undefined && to.readyState === WebSocket.OPEN) to.send(changed);
    };
    client.on('message', pass('client', upstream));
    upstream.on('message', pass('relay', client));
    for (const [one, other] of [[client, upstream], [upstream, client]] as const) {
      one.on('error', () => one.terminate());
      one.on('close', () => other.terminate());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gun`,
    crossings,
    intercept(next) {
      change = next;
    },
    seen: (fits) => new Promise((resolve) => {
      const look = (crossing: Crossing): void => {
        if (!fits(crossing)) return;
        watchers.delete(look);
        resolve(crossing);
      };
      watchers.add(look);
      crossings.forEach(look);
    }),
    async close() {
      for (const socket of [...sockets.clients, ...upstreams]) socket.terminate();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
