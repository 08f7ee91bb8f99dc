/**
 * The relay: GUN's graph behind a guard, direct messages between proven keys, blobs and files. It decides
 * nothing and can read no payload; the witness is one more endpoint on it (`local`).
 */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { attachmentsFor } from '../engine/core/attachment.js';
import type { DescriptorFile, Network } from '../engine/core/network.js';
import type { NodeId } from '../engine/core/record.js';
import { createGuard } from '../engine/guard.js';
import type { Signer } from '../engine/ports/signer.js';
import type { Transport } from '../engine/ports/transport.js';
import { createGraph } from '../engine/adapters/transport/gun.js';
import { createBlobRoutes } from './blob-routes.js';
import { openBlobStore } from './blobs.js';
import type { Connection } from './connection.js';
import { CLOSE, openConnection } from './connection.js';
import { createGraphFeed } from './graph-feed.js';
import { openGraphStore } from './graph-store.js';
import { createHttpServer } from './http-server.js';
import { createHub } from './hub.js';
import type { RelayLimits } from './limits.js';
import { RELAY_LIMITS } from './limits.js';
import { createLocalEndpoint } from './local-endpoint.js';
import { Metrics } from './metrics.js';

const SWEEP_MS = 600_000;
const CIPHER_OVERHEAD = 1 << 10;

export interface RelayOptions {
  /** 0 takes a free one. */
  readonly port: number;
  readonly host?: string;
  readonly dataDir: string;
  /** As served at /edge-net.network.json, and as checked. */
  readonly network: DescriptorFile;
  readonly parsed: Network;
  readonly signer: Pick<Signer, 'verify'>;
  /** Origins whose pages may connect; all of them where omitted. Connections without an origin (Node) always may. */
  readonly allowOrigins?: readonly string[];
  readonly staticDir?: string;
  /** Names in `staticDir` that are served; all of them where omitted. The data folder never is. */
  readonly staticOnly?: readonly string[];
  readonly limits?: Partial<RelayLimits>;
}

export interface Relay {
  readonly port: number;
  /** `ws://host:port/gun` */
  readonly url: string;
  readonly metrics: Metrics;
  /** A transport for a role inside this process. */
  local(node: NodeId): Transport;
  close(): Promise<void>;
}

/** @throws when the port is taken or the data folder cannot be used. */
export async function startRelay(options: RelayOptions): Promise<Relay> {
  const { dataDir, parsed: network, signer, allowOrigins, host = '127.0.0.1' } = options;
  const limits = { ...RELAY_LIMITS, ...options.limits };
  const now = Date.now;
  const newId = (): string => randomBytes(12).toString('base64url');
  const metrics = new Metrics();
  const hub = createHub(metrics);
  const graph = createGraph({ role: 'relay' });

  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const store = await openGraphStore({
    dir: join(dataDir, 'gun'), net: network.net, bytesMax: limits.graphDiskBytesMax, failed: () => metrics.add('store_failures'),
  });
  const { payloadBytesMax, resultBytesMax, shardBytesMax } = network.parameters;
  const blobs = await openBlobStore({
    dir: join(dataDir, 'blobs'), bytesMax: Math.max(payloadBytesMax, resultBytesMax, shardBytesMax) + CIPHER_OVERHEAD, diskBytesMax: limits.blobDiskBytesMax, hours: limits.blobHours, now,
  });
  const feed = createGraphFeed({ graph, store, guard: createGuard(network, signer), metrics, hours: limits.graphHours, now, newId });
  await feed.load();

  const server = createHttpServer({
    descriptor: JSON.stringify(options.network),
    blobs: createBlobRoutes({ net: network.net, blobs, hub, signer, metrics, bytesPerHour: limits.blobBytesPerHour, now }),
    metrics,
    staticDir: options.staticDir,
    shown: { only: options.staticOnly, never: dataDir },
  });
  const sockets = new WebSocketServer({ noServer: true, maxPayload: limits.frameBytesMax, perMessageDeflate: false });
  const connections = new Set<Connection>();
  const perAddress = new Map<string, number>();
  const context = { network, signer, hub, graph, feed, limits, metrics, now };

  /** Why a connection is refused: after the handshake, because a page learns nothing from a refused one. */
  function refusal({ headers: { origin } }: IncomingMessage, address: string): readonly [code: number, reason: string] | undefined {
    if (origin !== undefined && allowOrigins?.length && !allowOrigins.includes(origin)) return [CLOSE.origin, 'origin-not-allowed'];
    if (connections.size >= limits.connectionsMax || (perAddress.get(address) ?? 0) >= limits.connectionsPerAddressMax) return [CLOSE.crowded, 'rate-limited: too many connections'];
    return undefined;
  }

  function upgrade(request: IncomingMessage, raw: Duplex, head: Buffer): void {
    raw.on('error', () => raw.destroy());
    if (request.url?.split('?', 1)[0] !== '/gun') return void raw.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n');
    const address = request.socket.remoteAddress ?? '';
    sockets.handleUpgrade(request, raw, head, (socket) => {
      const refused = refusal(request, address);
      if (refused) {
        socket.on('error', () => socket.terminate());
        return socket.close(...refused);
      }
      perAddress.set(address, (perAddress.get(address) ?? 0) + 1);
      const connection = openConnection(socket, context, () => {
        connections.delete(connection);
        const left = (perAddress.get(address) ?? 1) - 1;
        if (left) perAddress.set(address, left);
        else perAddress.delete(address);
        metrics.set('connections', connections.size);
      });
      connections.add(connection);
      metrics.set('connections', connections.size);
    });
  }
  server.on('upgrade', upgrade);

  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, host, () => resolve(server.off('error', reject) && undefined));
  });

  const sweep = (): void => {
    Promise.all([feed.sweep(), blobs.sweep()]).then(() => metrics.set('blob_bytes', blobs.bytes), () => metrics.add('store_failures'));
  };
  const timers = [
    setInterval(() => connections.forEach((connection) => connection.ping()), limits.pingMs),
    setInterval(sweep, SWEEP_MS),
  ];
  sweep();

  const { port } = server.address() as AddressInfo;
  const shownHost = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    port,
    url: `ws://${shownHost}:${port}/gun`,
    metrics,
    local: (node) => createLocalEndpoint(node, { hub, feed, blobs, newId, wantsAttachment: attachmentsFor(network, node) }),
    async close() {
      timers.forEach(clearInterval);
      connections.forEach((connection) => connection.terminate());
      sockets.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      graph.close();
      await store.close();
    },
  };
}
