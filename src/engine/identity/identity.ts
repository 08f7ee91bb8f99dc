/**
 * Who a node is: an Ed25519 key. Kept and carried as a short JSON text with a checksum, so that a damaged or
 * mistyped copy is noticed instead of becoming somebody else.
 */
import nacl from 'tweetnacl';
import { fromBase64url, isKey, sha256Id, toBase64url } from '../core/encoding.js';
import type { NodeId } from '../core/record.js';
import type { Random } from '../ports/clock.js';

export interface Identity {
  readonly id: NodeId;
  /** The 32-byte seed of RFC 8032, base64url. */
  readonly secretKey: string;
}

const VERSION = 1;
const SEED_BYTES = 32;
const CHECK_LENGTH = 8;

export class IdentityError extends Error {
  readonly code = 'bad-input';

  constructor(message: string) {
    super(message);
    this.name = 'IdentityError';
  }
}

export function createIdentity(random: Random): Identity {
  return identityOf(random.bytes(SEED_BYTES));
}

/** @param secretKey what `Identity.secretKey` holds. @throws IdentityError */
export function identityFrom(secretKey: string): Identity {
  if (!isKey(secretKey)) throw new IdentityError('A private key is 32 bytes as base64url, 43 characters; this is not.');
  return identityOf(fromBase64url(secretKey)!);
}

/** Keep the text as safe as a password: it is the whole account. */
export function exportIdentity({ id, secretKey }: Identity): string {
  return JSON.stringify({ 'edge-net-identity': VERSION, id, secretKey, check: checkOf(secretKey) });
}

/** @throws IdentityError that says what is wrong, never with the secret in it. */
export function importIdentity(text: string): Identity {
  const fields = parse(text);
  const version = fields['edge-net-identity'];
  if (version === undefined) throw new IdentityError('This is not an exported identity: it has no "edge-net-identity" field.');
  if (version !== VERSION) throw new IdentityError(`This identity has version ${String(version)}; version ${VERSION} is understood here.`);
  const { id, secretKey, check } = fields;
  if (!isKey(secretKey)) throw new IdentityError('The exported identity has no well-formed secretKey.');
  if (check !== checkOf(secretKey)) throw new IdentityError('The checksum does not fit: the exported identity was damaged or mistyped.');
  const identity = identityFrom(secretKey);
  if (id !== identity.id) throw new IdentityError('The id of the exported identity belongs to another key.');
  return identity;
}

function identityOf(seed: Uint8Array): Identity {
  return { id: toBase64url(nacl.sign.keyPair.fromSeed(seed).publicKey), secretKey: toBase64url(seed) };
}

function checkOf(secretKey: string): string {
  return sha256Id(`edge-net-identity ${VERSION} ${secretKey}`).slice(0, CHECK_LENGTH);
}

function parse(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // Falls through to the one message for everything that is no JSON object.
  }
  throw new IdentityError('This is not an exported identity: a JSON object was expected.');
}
