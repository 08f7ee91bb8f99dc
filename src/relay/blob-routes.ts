/** `PUT` and `GET /blob/<sha256>`: whoever is logged in may leave a ciphertext that it signed for; anybody may fetch one. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream';
import { fromBase64url, isId, isSignature } from '../engine/core/encoding.js';
import type { NodeId, Signed } from '../engine/core/record.js';
import type { Signer } from '../engine/ports/signer.js';
import type { BlobGrant } from '../engine/adapters/transport/blob-ticket.js';
import { readTicket, TICKET_HEADER } from '../engine/adapters/transport/blob-ticket.js';
import { parseJson } from '../engine/adapters/transport/shallow-json.js';
import type { BlobStore } from './blobs.js';
import { answer, refuse } from './http-answer.js';
import type { Hub } from './hub.js';
import { Allowance } from './limits.js';
import type { Metrics } from './metrics.js';

const STATUS = { 'bad-input': 400, 'payload-too-large': 413, 'storage-full': 507 } as const;
const MESSAGE = {
  'bad-input': 'The bytes are not what the name and the ticket say.',
  'payload-too-large': 'The blob is larger than the network allows.',
  'storage-full': 'The relay has no room left for blobs.',
} as const;
const ALLOWANCES_MAX = 10_000;

export interface BlobRoutesOptions {
  readonly net: string;
  readonly blobs: BlobStore;
  readonly hub: Hub;
  readonly signer: Pick<Signer, 'verify'>;
  readonly metrics: Metrics;
  readonly bytesPerHour: number;
  now(): number;
}

export type BlobRoutes = (hash: string, request: IncomingMessage, response: ServerResponse) => Promise<void>;

export function createBlobRoutes({ net, blobs, hub, signer, metrics, bytesPerHour, now }: BlobRoutesOptions): BlobRoutes {
  const allowances = new Map<NodeId, Allowance>();

  async function grantOf(header: string | string[] | undefined): Promise<BlobGrant | undefined> {
    const bytes = typeof header === 'string' ? fromBase64url(header) : undefined;
    const signed = bytes && (parseJson(new TextDecoder().decode(bytes), 4) as Signed | null | undefined);
    if (typeof signed?.b !== 'string' || !isSignature(signed.s)) return undefined;
    const grant = readTicket(signed);
    return grant?.net === net && hub.isHere(grant.node) && (await signer.verify(grant.node, signed.b, signed.s)) ? grant : undefined;
  }

  function isWithinRate(node: NodeId, size: number): boolean {
    if (allowances.size > ALLOWANCES_MAX) for (const known of allowances.keys()) if (!hub.isHere(known)) allowances.delete(known);
    const allowance = allowances.get(node) ?? new Allowance(bytesPerHour / 3_600, bytesPerHour, now());
    allowances.set(node, allowance);
    return allowance.take(size, now()) === 0;
  }

  async function put(hash: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const deny = (status: number, message: string, code: string): void => {
      metrics.add('blobs_refused');
      // The rest of the body is not worth reading.
      response.setHeader('connection', 'close');
      refuse(response, status, message, code);
    };
    const grant = await grantOf(request.headers[TICKET_HEADER]);
    if (!grant || grant.hash !== hash) return deny(403, 'A blob needs a ticket: an escrow or a blob ticket for this hash, signed by a node that is connected.', 'relay-rejected');
    const length = request.headers['content-length'];
    if (length !== undefined && Number(length) !== grant.size) return deny(400, MESSAGE['bad-input'], 'bad-input');
    if (!isWithinRate(grant.node, grant.size)) return deny(429, 'This node has stored too much in the last hour.', 'rate-limited');
    const fault = await blobs.put(hash, grant.size, request);
    if (fault) return deny(STATUS[fault], MESSAGE[fault], fault);
    metrics.add('blobs_stored');
    answer(response, 201, 'text/plain', '');
  }

  function get(hash: string, request: IncomingMessage, response: ServerResponse): void {
    const size = blobs.size(hash);
    if (size === undefined) return refuse(response, 404, 'There is no such blob here.');
    response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': size, 'cache-control': 'public, max-age=86400, immutable' });
    if (request.method === 'HEAD') return void response.end();
    pipeline(blobs.stream(hash), response, () => {});
  }

  return async (hash, request, response) => {
    if (!isId(hash)) return refuse(response, 404, 'There is no such blob here.');
    if (request.method === 'PUT') return put(hash, request, response);
    if (request.method === 'GET' || request.method === 'HEAD') return get(hash, request, response);
    refuse(response, 405, 'Blobs are PUT and GET.');
  };
}
