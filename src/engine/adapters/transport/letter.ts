/** What a mailbox carries, and what of it can be checked without a key. */
import { isId, isKey } from '../../core/encoding.js';
import type { Message } from '../../core/message.js';
import type { Id, NodeId } from '../../core/record.js';
import { parseJson } from './shallow-json.js';

/** Binary bytes a chunk carries; 60 KB as base64url. */
export const CHUNK_BYTES = 45 << 10;

/** Body of a signed letter. */
export interface Letter {
  readonly kind: 'mail';
  readonly net: Id;
  readonly from: NodeId;
  readonly to: NodeId;
  readonly id: string;
  readonly hour: string;
  /** The message, unless it is in the parts. */
  readonly m?: Message;
  /** The attachment (base64url), unless it is in the parts. */
  readonly a?: string;
  /** Attachment of `cut` bytes (none: undefined), then the message's text, in `count` chunks. */
  readonly parts?: { readonly hash: Id; readonly size: number; readonly count: number; readonly cut?: number };
}

/** Undefined for all that is not one, in every field that a reader relies on. The signature is left to the caller. */
export function parseLetter(text: string): Letter | undefined {
  const letter = parseJson(text, 24) as Partial<Letter> | null | undefined;
  if (typeof letter !== 'object' || letter === null || letter.kind !== 'mail') return undefined;
  if (!isKey(letter.from) || !isKey(letter.to) || typeof letter.id !== 'string' || typeof letter.hour !== 'string') return undefined;
  if (letter.a !== undefined && typeof letter.a !== 'string') return undefined;
  const { parts } = letter;
  if (!parts) return typeof letter.m === 'object' && typeof letter.m?.t === 'string' ? (letter as Letter) : undefined;
  const { hash, size, count, cut } = parts;
  const isWhole = isId(hash) && Number.isSafeInteger(size) && size >= 0 && count === Math.ceil(size / CHUNK_BYTES);
  return isWhole && (cut === undefined || (Number.isSafeInteger(cut) && cut >= 0 && cut <= size)) ? (letter as Letter) : undefined;
}
