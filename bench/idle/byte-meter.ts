/** Stands before a relay and counts every byte of TCP's content both ways: HTTP, WebSocket frames with their headers, pings. */
import { connect, createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface ByteMeter {
  /** `ws://…/gun`, to be used instead of the relay's. */
  readonly url: string;
  /** Since it started. */
  readonly bytes: { readonly up: number; readonly down: number };
  close(): Promise<void>;
}

/** @param relay `ws://host:port/gun` */
export async function startByteMeter(relay: string): Promise<ByteMeter> {
  const { hostname, port, pathname } = new URL(relay);
  const bytes = { up: 0, down: 0 };
  const open = new Set<Socket>();
  const server = createServer((peer) => {
    const onward = connect(Number(port), hostname);
    for (const [from, to, way] of [[peer, onward, 'up'], [onward, peer, 'down']] as const) {
      open.add(from);
      from.on('data', (chunk: Buffer) => (bytes[way] += chunk.length));
      from.on('error', () => to.destroy());
      from.on('close', () => {
        open.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}${pathname}`,
    bytes,
    async close() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
