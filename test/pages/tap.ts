/**
 * Stands before the relay and takes down everything that crosses its socket, in both directions: WebSocket messages
 * after the socket's own masking, and the bodies of HTTP requests and answers.
 */
import { createServer, type IncomingMessage, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

export interface Tap {
  readonly url: string;
  readonly frames: readonly Buffer[];
  /** Sockets that are open now. */
  readonly open: number;
  /** Sockets there ever were. */
  readonly connections: number;
  /** HTTP requests there ever were. */
  readonly requests: number;
  close(): Promise<void>;
}

export async function startTap(relayPort: number): Promise<Tap> {
  const frames: Buffer[] = [];
  const take = (frame: Buffer): void => void frames.push(frame);
  let connections = 0;
  let requests = 0;
  const server = createServer((incoming, outgoing) => {
    requests += 1;
    const { method, headers, url } = incoming;
    const onward = httpRequest({ port: relayPort, host: '127.0.0.1', path: url, method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      record(answer, take).pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    record(incoming, take).pipe(onward);
  });
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  sockets.on('connection', (socket, { url, headers }) => {
    connections += 1;
    const relay = new WebSocket(`ws://127.0.0.1:${relayPort}${url ?? ''}`, { perMessageDeflate: false, ...(headers.origin === undefined ? {} : { origin: headers.origin }) });
    const waiting: (() => void)[] = [];
    join(socket, relay, take, (send) => (relay.readyState === WebSocket.CONNECTING ? waiting.push(send) : send()));
    join(relay, socket, take, (send) => send());
    relay.on('open', () => waiting.forEach((send) => send()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/gun`,
    frames,
    get open() {
      return sockets.clients.size;
    },
    get connections() {
      return connections;
    },
    get requests() {
      return requests;
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function join(from: WebSocket, to: WebSocket, take: (frame: Buffer) => void, when: (send: () => void) => void): void {
  from.on('message', (data: Buffer, binary: boolean) => {
    take(data);
    when(() => to.send(data, { binary }));
  });
  from.on('close', () => to.terminate());
  from.on('error', () => to.terminate());
}

function record(stream: IncomingMessage, take: (frame: Buffer) => void): IncomingMessage {
  stream.on('data', take);
  return stream;
}
