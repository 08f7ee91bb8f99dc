/**
 * The wire: GUN's frames and ours, parsed into a closed set of shapes. Whatever is not named here does
 * not exist for the rest of the program: message names outside the list (`dam: 'opt'` makes a stock relay
 * dial a stranger's URL), foreign fields, prototypes, odd ids. Nothing here throws.
 */
import { isId, isKey, isSignature } from '../../core/encoding.js';
import type { Id, NodeId, Signature } from '../../core/record.js';
import { parseJson } from './shallow-json.js';

/** Largest JSON text of one direct message, in UTF-16 units. */
export const MESSAGE_LENGTH_MAX = 160 << 10;
/** Attachments up to this many bytes travel inside the frame. */
export const INLINE_BYTES_MAX = 16 << 10;
/** Largest value of one graph key, in UTF-16 units. */
export const VALUE_LENGTH_MAX = 64 << 10;
const BATCH_MAX = 1_000;
const DEPTH_MAX = 12;

/**
 * GUN merges by writer's clock. Our keys are written once, so no clock has a say: every value carries
 * this state, and any other is a forgery.
 */
export const STATE = 1;
/** What a reader writes over mail that it has read. */
export const STATE_TOMBSTONE = 2;

export interface Entry {
  readonly soul: string;
  readonly key: string;
  readonly text: string;
}

export interface GetFrame { readonly kind: 'get'; readonly id: string; readonly soul: string; readonly key?: string }
export interface PutFrame { readonly kind: 'put'; readonly id: string; readonly ack?: string; readonly entries: readonly Entry[]; readonly junk: number }
/** GUN's own handshake. */
export interface HelloFrame { readonly kind: 'hello'; readonly id: string; readonly pid: string; readonly ack?: string }
/** Relay -> client: prove your key. */
export interface ChallengeFrame { readonly kind: 'challenge'; readonly nonce: string; readonly net: Id }
export interface AuthFrame { readonly kind: 'auth'; readonly pub: NodeId; readonly s: Signature }
export interface AcceptedFrame { readonly kind: 'accepted' }
/** A direct message; `to` on the way in, `from` as stamped by the relay on the way out. */
export interface DirectFrame {
  readonly kind: 'direct';
  readonly id: string;
  readonly to?: NodeId;
  readonly from?: NodeId;
  /** JSON text of the message. The relay never parses it. */
  readonly body: string;
  /** base64url of a small attachment. */
  readonly inline?: string;
  /** A large one waits at /blob/<hash>. */
  readonly blob?: { readonly hash: Id; readonly size: number };
}
export type Frame = GetFrame | PutFrame | HelloFrame | ChallengeFrame | AuthFrame | AcceptedFrame | DirectFrame;

export interface Parsed {
  readonly frames: readonly Frame[];
  /** Elements of the batch, or 1. */
  readonly count: number;
  /** Elements that were nothing we know; the relay counts them against the sender. */
  readonly junk: number;
}

const SOUL = /^en1\/[A-Za-z0-9_-]{43}\/[a-z]{1,16}\/\d{10}\/[A-Za-z0-9_-]{1,64}$/;
const GRAPH_KEY = /^[A-Za-z0-9_-]{1,64}(:[A-Za-z0-9_.-]{1,64}){1,3}$/;
const BASE64URL = /^[A-Za-z0-9_-]*$/;
/** GUN's ids are random letters; acknowledgements append a number. */
const MESSAGE_ID = /^[\x21-\x7e]{1,64}$/;

export function parseFrames(text: string): Parsed {
  const value = parseJson(text, DEPTH_MAX);
  if (Array.isArray(value)) {
    if (value.length > BATCH_MAX) return { frames: [], count: value.length, junk: value.length };
    return collect(value);
  }
  return collect([value]);
}

function collect(elements: readonly unknown[]): Parsed {
  const frames: Frame[] = [];
  let junk = 0;
  for (const element of elements) {
    const frame = isObject(element) ? readFrame(element) : 'junk';
    if (frame === 'junk') junk += 1;
    else if (frame !== 'ignored') frames.push(frame);
  }
  return { frames, count: Math.max(1, elements.length), junk };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const own = (fields: Fields, name: string): unknown => (Object.hasOwn(fields, name) ? fields[name] : undefined);
const match = (value: unknown, pattern: RegExp): value is string => typeof value === 'string' && pattern.test(value);

function readFrame(fields: Fields): Frame | 'junk' | 'ignored' {
  const id = own(fields, '#') ?? '';
  if (id !== '' && !match(id, MESSAGE_ID)) return 'junk';
  const name = own(fields, 'dam');
  if (name !== undefined) return readNamed(fields, name, id as string);
  const ack = own(fields, '@');
  if (ack !== undefined && !match(ack, MESSAGE_ID)) return 'junk';
  const put = own(fields, 'put');
  if (put !== undefined && put !== null) return id && isObject(put) ? readPut(put, id as string, ack) : 'junk';
  const get = own(fields, 'get');
  if (get !== undefined) return id && isObject(get) ? readGet(get, id as string) : 'junk';
  return ack === undefined ? 'junk' : 'ignored';
}

function readNamed(fields: Fields, name: unknown, id: string): Frame | 'junk' | 'ignored' {
  switch (name) {
    case '?': {
      const [pid, ack] = [own(fields, 'pid'), own(fields, '@')];
      return id && match(pid, MESSAGE_ID) ? { kind: 'hello', id, pid, ...(match(ack, MESSAGE_ID) && { ack }) } : 'ignored';
    }
    case 'hi':
    case '!':
      return 'ignored';
    case 'en.hi': {
      const [nonce, net] = [own(fields, 'nonce'), own(fields, 'net')];
      return isId(nonce) && isId(net) ? { kind: 'challenge', nonce, net } : 'junk';
    }
    case 'en.auth': {
      const [pub, s] = [own(fields, 'pub'), own(fields, 's')];
      return isKey(pub) && isSignature(s) ? { kind: 'auth', pub, s } : 'junk';
    }
    case 'en.ok':
      return { kind: 'accepted' };
    case 'en':
      return readDirect(fields, id);
    default:
      return 'junk';
  }
}

function readDirect(fields: Fields, id: string): DirectFrame | 'junk' {
  const [to, from, body, inline, hash, size] = ['to', 'fr', 'b', 'a', 'h', 'n'].map((name) => own(fields, name));
  if (!id || typeof body !== 'string' || body.length > MESSAGE_LENGTH_MAX) return 'junk';
  if (!isKey(to) && !isKey(from)) return 'junk';
  if (inline !== undefined && !(match(inline, BASE64URL) && inline.length <= Math.ceil((INLINE_BYTES_MAX / 3) * 4))) return 'junk';
  const hasBlob = hash !== undefined;
  if (hasBlob && !(isId(hash) && Number.isSafeInteger(size) && (size as number) >= 0)) return 'junk';
  return {
    kind: 'direct', id, body,
    ...(isKey(to) && { to }),
    ...(isKey(from) && { from }),
    ...(inline !== undefined && { inline: inline as string }),
    ...(hasBlob && { blob: { hash: hash as Id, size: size as number } }),
  };
}

export function directText(frame: Omit<DirectFrame, 'kind'>): string {
  const { id, to, from, body, inline, blob } = frame;
  return JSON.stringify({ dam: 'en', '#': id, to, fr: from, b: body, a: inline, ...(blob && { h: blob.hash, n: blob.size }) });
}

function readGet(get: Fields, id: string): GetFrame | 'junk' {
  const [soul, key] = [own(get, '#'), own(get, '.')];
  if (!match(soul, SOUL)) return 'junk';
  if (key === undefined || key === '') return { kind: 'get', id, soul };
  return match(key, GRAPH_KEY) ? { kind: 'get', id, soul, key } : 'junk';
}

/** Keeps what is written as our keys are: right soul, state `STATE`, a text. Tombstones are for mail alone, and count as junk here. */
function readPut(put: Fields, id: string, ack: string | undefined): PutFrame | 'junk' {
  const entries: Entry[] = [];
  let junk = 0;
  for (const soul of Object.keys(put)) {
    const node = put[soul];
    const meta = isObject(node) ? own(node, '_') : undefined;
    const states = isObject(meta) && own(meta, '#') === soul && match(soul, SOUL) ? own(meta, '>') : undefined;
    if (!isObject(node) || !isObject(states)) {
      junk += 1;
      continue;
    }
    for (const key of Object.keys(node)) {
      if (key === '_') continue;
      const text = node[key];
      if (match(key, GRAPH_KEY) && typeof text === 'string' && text.length <= VALUE_LENGTH_MAX && own(states, key) === STATE) entries.push({ soul, key, text });
      else junk += 1;
    }
  }
  return entries.length ? { kind: 'put', id, entries, junk, ...(ack !== undefined && { ack }) } : 'junk';
}
