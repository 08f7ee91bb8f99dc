/** Why a relay should store a blob: who answers for it, and what exactly it is. */
import type { Id, NodeId, Signed } from '../../core/record.js';
import { isId, isKey } from '../../core/encoding.js';
import { parseJson } from './shallow-json.js';

export const TICKET_HEADER = 'x-edge-net-ticket';

export interface BlobTicket {
  readonly kind: 'blob';
  readonly net: Id;
  readonly node: NodeId;
  readonly hash: Id;
  readonly size: number;
}

/** What a ticket grants, once `signed.s` proves to be `node`'s signature. */
export type BlobGrant = Omit<BlobTicket, 'kind'>;

/** An escrow answers for its ciphertext, a `blob` ticket for anything else. Undefined for all other bodies. */
export function readTicket(signed: Signed): BlobGrant | undefined {
  const body = parseJson(signed.b, 8);
  if (typeof body !== 'object' || body === null) return undefined;
  const { kind, net, author, inC, inSize, node, hash, size } = body as Readonly<Record<string, unknown>>;
  if (kind === 'escrow') return grant(net, author, inC, inSize);
  return kind === 'blob' ? grant(net, node, hash, size) : undefined;
}

function grant(net: unknown, node: unknown, hash: unknown, size: unknown): BlobGrant | undefined {
  return isId(net) && isKey(node) && isId(hash) && Number.isSafeInteger(size) && (size as number) >= 0 ? { net, node, hash, size: size as number } : undefined;
}
