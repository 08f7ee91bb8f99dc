/** Large ciphertexts go beside GUN, over HTTP, by the hash of what they are. */
import { sha256Id, toBase64url, utf8 } from '../../core/encoding.js';
import type { Id, Signed } from '../../core/record.js';
import { TICKET_HEADER } from './blob-ticket.js';

export interface BlobClient {
  /** False when the relay did not take it. */
  put(relay: string, hash: Id, bytes: Uint8Array, ticket: Signed): Promise<boolean>;
  /** Undefined when it is gone, too large or not what its name says. */
  get(relay: string, hash: Id, size: number): Promise<Uint8Array | undefined>;
  close(): void;
}

/** `wss://host/gun` -> `https://host/blob/<hash>` */
export const blobUrl = (relay: string, hash: Id): string => new URL(`blob/${hash}`, relay.replace(/^ws/, 'http')).href;

export function createBlobClient(fetch: typeof globalThis.fetch): BlobClient {
  const closing = new AbortController();
  return {
    async put(relay, hash, bytes, ticket) {
      try {
        const headers = { [TICKET_HEADER]: toBase64url(utf8(JSON.stringify({ b: ticket.b, s: ticket.s }))), 'content-type': 'application/octet-stream' };
        const response = await fetch(blobUrl(relay, hash), { method: 'PUT', headers, body: bytes as Uint8Array<ArrayBuffer>, signal: closing.signal });
        await response.arrayBuffer();
        return response.ok;
      } catch {
        return false;
      }
    },
    async get(relay, hash, size) {
      try {
        const response = await fetch(blobUrl(relay, hash), { signal: closing.signal });
        if (!response.ok || Number(response.headers.get('content-length') ?? size) !== size) {
          await response.body?.cancel();
          return undefined;
        }
        const bytes = new Uint8Array(await response.arrayBuffer());
        return bytes.length === size && sha256Id(bytes) === hash ? bytes : undefined;
      } catch {
        return undefined;
      }
    },
    close: () => closing.abort(),
  };
}
