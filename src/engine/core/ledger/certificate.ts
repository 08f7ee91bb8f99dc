/**
 * Certificates: witnesses sign the Merkle root of a batch, every record carries its path to it.
 *
 * A leaf is the record's id (32 bytes), for an escrow followed by the SHA-256 of its assignment's text, so that the
 * assignment is as certain as the record.
 */
import { fromBase64url, hash, isId, isKey, isSignature, sha256Id, toBase64url } from '../encoding.js';
import type { Check } from '../message.js';
import type { Network } from '../network.js';
import type { Certificate, Certified, Id } from '../record.js';
import { merklePaths, merkleRoot, rootFromPath } from './merkle.js';
import { type Fault, fault, fits, integer, isObject, list, misfit, shape, text } from './shape.js';

/** A batch has fewer leaves than this. */
const BATCH_MAX = 1 << 20;
export const ASSIGNMENT_LENGTH_MAX = 4_096;

const CERTIFICATE = shape(
  {
    root: isId,
    index: integer(0, BATCH_MAX),
    size: integer(1, BATCH_MAX),
    path: list(isId, 20),
    sigs: list(fits(shape({ by: isKey, s: isSignature })), 64, 1),
  },
  { x: text(ASSIGNMENT_LENGTH_MAX) },
);

export interface CertifiedItem {
  readonly id: Id;
  readonly x?: string;
}

export interface Batch {
  readonly root: Id;
  /** What the witnesses sign. */
  readonly body: string;
  /** One for each item, in their order; the signatures are still to be added. */
  readonly certificates: readonly Omit<Certificate, 'sigs'>[];
}

/** Leaf data, 32 or 64 bytes. `id` must be an id. */
export function leafOf(id: Id, x?: string): Uint8Array {
  const bytes = fromBase64url(id)!;
  if (x === undefined) return bytes;
  const leaf = new Uint8Array(64);
  leaf.set(bytes);
  leaf.set(hash(x), 32);
  return leaf;
}

/** The text witnesses sign. No record's body starts like it, so neither signature passes for the other. */
export function certificateBody(net: Id, root: Id): string {
  return `edge-net certificate v1\n${net}\n${root}`;
}

export function certify(net: Id, items: readonly CertifiedItem[]): Batch {
  const leaves = items.map(({ id, x }) => leafOf(id, x));
  const root = toBase64url(merkleRoot(leaves));
  const paths = merklePaths(leaves);
  const certificates = items.map(({ x }, index) => ({
    root,
    index,
    size: items.length,
    path: paths[index]!.map(toBase64url),
    ...(x === undefined ? {} : { x }),
  }));
  return { root, body: certificateBody(net, root), certificates };
}

/** Signatures that make a certificate: 2f+1 of 3f+1, and in between enough that any two such sets share f+1 witnesses. */
export function quorum(witnesses: number): number {
  const faulty = Math.floor((witnesses - 1) / 3);
  return Math.floor((witnesses + faulty) / 2) + 1;
}

/**
 * Checks structure and path, and returns the signatures still to be verified: all of them must hold. They are by
 * distinct witnesses of the descriptor, a quorum at least.
 */
export function certificateChecks(network: Network, signed: Certified): Check[] | Fault {
  return checksOf(network, sha256Id(signed.b), signed.c);
}

/** The same, for an id that is known already; `c` may be anything. */
export function checksOf(network: Network, id: Id, c: unknown): Check[] | Fault {
  const wrong = misfit(c, CERTIFICATE);
  if (wrong !== undefined || !isObject(c)) return fault(`The certificate ${wrong}.`);
  const { root, index, size, path, sigs, x } = c as unknown as Certificate;
  const reached = rootFromPath(leafOf(id, x), index, size, path.map((sibling) => fromBase64url(sibling)!));
  if (!reached || toBase64url(reached) !== root) return fault('The certificate is not about this record.');
  const witnesses = new Set(network.witnesses.map(({ node }) => node));
  const signers = new Set(sigs.map(({ by }) => by).filter((by) => witnesses.has(by)));
  if (signers.size !== sigs.length) return fault('The certificate is signed twice by one witness, or by somebody who is none.');
  if (signers.size < quorum(witnesses.size)) return fault('Too few witnesses signed the certificate.');
  const body = certificateBody(network.net, root);
  return sigs.map(({ by, s }) => ({ by, body, s }));
}
