/**
 * The cryptography of one task, composed from the Signer's primitives: what is encrypted to whom, and which
 * commitments bind it (PROTOCOL section 1).
 *
 * - content key: 32 random bytes; `keyC` is its SHA-256, `inC` the SHA-256 of the ciphertext
 * - digest: HMAC-SHA-256 under HKDF(content key), so that a low-entropy result cannot be guessed from it
 * - receipt: signed JSON, sealed to the witness, so that no worker can copy another's digest
 */
import { hkdf } from '@noble/hashes/hkdf.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { fromBase64url, hmac, sha256Id, toBase64url, utf8 } from '../core/encoding.js';
import type { Locked } from '../core/event.js';
import type { Receipt, StorageProof } from '../core/message.js';
import { parseProof, parseReceipt } from '../core/message-shape.js';
import type { BoxKey, Id, NodeId, Signed } from '../core/record.js';
import type { Random } from '../ports/clock.js';
import type { Signer } from '../ports/signer.js';

const KEY_BYTES = 32;
const DIGEST_INFO = utf8('edge-net result digest v1');

export interface Answer {
  readonly receipt: string;
  /** As the receipt has it. */
  readonly digest: string;
  readonly result: Uint8Array;
  /** Lets the relay hold the result as a blob. */
  readonly ticket: Signed;
}

export interface TaskCrypto {
  lock(payload: Uint8Array): Promise<Locked>;
  box(contentKey: string, to: readonly { readonly node: NodeId; readonly box: BoxKey }[]): Promise<Record<NodeId, string>>;
  unlock(sealed: { readonly ciphertext: Uint8Array; readonly box: string; readonly inC: Id; readonly keyC: Id }): Promise<Unlocked>;
  answer(to: { readonly net: Id; readonly escrow: Id; readonly contentKey: string; readonly output: Uint8Array; readonly fuel: number; readonly resultKey: BoxKey; readonly witnessBox: BoxKey }): Promise<Answer>;
  readResult(sealed: Uint8Array, resultSecret: string, contentKey: string): Promise<{ output: Uint8Array; digest: string } | undefined>;
  readReceipt(sealed: string, by: NodeId): Promise<Receipt | undefined>;
  readProof(sealed: string): Promise<StorageProof | undefined>;
}

export type Unlocked =
  | { readonly payload: Uint8Array; readonly contentKey: string }
  | { readonly fault: 'wrong-key' | 'wrong-ciphertext' };

export function resultDigest(contentKey: Uint8Array, output: Uint8Array): string {
  return toBase64url(hmac(hkdf(sha256, contentKey, undefined, DIGEST_INFO, KEY_BYTES), output));
}

export function createTaskCrypto(signer: Signer, random: Random): TaskCrypto {
  return {
    async lock(payload) {
      const key = random.bytes(KEY_BYTES);
      const [ciphertext, pair] = await Promise.all([signer.encrypt(payload, key), signer.newBoxPair()]);
      return { ciphertext, inC: sha256Id(ciphertext), contentKey: toBase64url(key), keyC: sha256Id(key), resultKey: pair.publicKey, resultSecret: pair.secretKey };
    },

    async box(contentKey, to) {
      const key = keyBytes(contentKey);
      // A worker that announced a key nobody can seal to gets none; that must not cost the others theirs.
      const boxes = await Promise.allSettled(to.map(async ({ node, box }) => [node, toBase64url(await signer.seal(key, box))] as const));
      return Object.fromEntries(boxes.flatMap((boxed) => (boxed.status === 'fulfilled' ? [boxed.value] : [])));
    },

    async unlock({ ciphertext, box, inC, keyC }) {
      const sealed = fromBase64url(box);
      const key = sealed && (await signer.open(sealed));
      if (!key || key.length !== KEY_BYTES || sha256Id(key) !== keyC) return { fault: 'wrong-key' };
      if (sha256Id(ciphertext) !== inC) return { fault: 'wrong-ciphertext' };
      const payload = await signer.decrypt(ciphertext, key);
      return payload ? { payload, contentKey: toBase64url(key) } : { fault: 'wrong-ciphertext' };
    },

    async answer({ net, escrow, contentKey, output, fuel, resultKey, witnessBox }) {
      const result = await signer.seal(output, resultKey);
      const out = sha256Id(result);
      const digest = resultDigest(keyBytes(contentKey), output);
      const receipt: Receipt = { kind: 'receipt', escrow, worker: signer.id, digest, fuel, out };
      const [signedReceipt, ticket] = await Promise.all([
        sign(signer, JSON.stringify(receipt)),
        sign(signer, JSON.stringify({ kind: 'blob', net, node: signer.id, hash: out, size: result.length })),
      ]);
      const sealed = await signer.seal(utf8(JSON.stringify(signedReceipt)), witnessBox);
      return { receipt: toBase64url(sealed), digest, result, ticket };
    },

    async readResult(sealed, resultSecret, contentKey) {
      const output = await signer.open(sealed, resultSecret);
      return output && { output, digest: resultDigest(keyBytes(contentKey), output) };
    },

    async readReceipt(sealed, by) {
      const plain = await openText(signer, sealed);
      const signed = plain === undefined ? undefined : parse<Signed>(plain);
      if (typeof signed?.b !== 'string' || typeof signed.s !== 'string' || !(await signer.verify(by, signed.b, signed.s))) return undefined;
      const receipt = parseReceipt(signed.b);
      return receipt?.worker === by ? receipt : undefined;
    },

    async readProof(sealed) {
      const plain = await openText(signer, sealed);
      return plain === undefined ? undefined : parseProof(plain);
    },
  };
}

async function openText(signer: Signer, sealed: string): Promise<string | undefined> {
  const bytes = fromBase64url(sealed);
  const plain = bytes && (await signer.open(bytes));
  return plain && new TextDecoder().decode(plain);
}

async function sign(signer: Signer, body: string): Promise<Signed> {
  return { b: body, s: await signer.sign(body) };
}

function keyBytes(contentKey: string): Uint8Array {
  const key = fromBase64url(contentKey);
  if (key?.length !== KEY_BYTES) throw new Error('A content key has 32 bytes.');
  return key;
}

function parse<T>(text: string): T | undefined {
  try {
    return JSON.parse(text) as T;
  } catch {
    return undefined;
  }
}
