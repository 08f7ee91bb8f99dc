/**
 * Messages through a stock GUN relay, which routes nothing and protects nothing: each is a value in the
 * receiver's soul of the hour, signed by the sender. The signature binds sender, receiver, hour, id, the
 * message and the hash of whatever travels beside it, so that a value copied, moved, altered or kept for
 * another day is refused. What does not fit one value goes in chunks; a chunk that somebody overwrites
 * fails the hash, and the core asks again.
 *
 * A value that was read is overwritten with null: a stock relay forgets nothing by itself and would hand
 * the whole inbox out again on every reconnect.
 */
import { fromBase64url, sha256Id, toBase64url, utf8 } from '../../core/encoding.js';
import { hourName } from '../../core/ledger/graph-key.js';
import type { Message } from '../../core/message.js';
import type { Id, NodeId, Signed } from '../../core/record.js';
import type { Clock, Random } from '../../ports/clock.js';
import type { Signer } from '../../ports/signer.js';
import type { Entry } from './frame.js';
import { STATE_TOMBSTONE } from './frame.js';
import { CHUNK_BYTES, type Letter, parseLetter } from './letter.js';
import { readMessage } from './message-text.js';
import { parseJson } from './shallow-json.js';
import { SeenSet } from '../../seen-set.js';
import { mailSoul } from './soul.js';

const INLINE_LENGTH_MAX = 24 << 10;
const PUT_LENGTH_MAX = 96 << 10;
/** Letters that wait for chunks, and chunks that wait for their letter, in all. */
const WAITING_BYTES_MAX = 64 << 20;
const DELIVERED_MAX = 20_000;

export interface Delivery {
  readonly from: NodeId;
  readonly message: Message;
  readonly attachment?: Uint8Array;
}

export interface Mailbox {
  /** Entries to write, grouped into puts of a size that GUN batches well. */
  write(to: NodeId, message: Message, attachment?: Uint8Array): Promise<Entry[][]>;
  /** Takes one value of an inbox soul; resolves with a message when it completes one. */
  read(entry: Entry): Promise<Delivery | undefined>;
}

export interface MailboxOptions {
  readonly net: Id;
  readonly signer: Pick<Signer, 'id' | 'sign' | 'verify'>;
  readonly clock: Clock;
  readonly random: Random;
  readonly bytesMax: number;
  /** Overwrites what was read. */
  erase(soul: string, keys: readonly string[]): void;
}

interface Waiting {
  readonly soul: string;
  letter?: Letter;
  readonly chunks: Map<number, Uint8Array>;
  bytes: number;
}

const LETTER_KEY = /^([A-Za-z0-9_-]{43}):([A-Za-z0-9_-]{22})(?:\.(\d{1,4}))?$/;

export function createMailbox({ net, signer, clock, random, bytesMax, erase }: MailboxOptions): Mailbox {
  const delivered = new SeenSet(DELIVERED_MAX);
  const waiting = new Map<string, Waiting>();
  let waitingBytes = 0;

  const forget = (name: string): void => {
    waitingBytes -= waiting.get(name)?.bytes ?? 0;
    waiting.delete(name);
  };

  const waitFor = (name: string, soul: string): Waiting => {
    const known = waiting.get(name);
    if (known) return known;
    const fresh: Waiting = { soul, chunks: new Map(), bytes: 1_024 };
    waiting.set(name, fresh);
    waitingBytes += fresh.bytes;
    return fresh;
  };

  function makeRoom(): void {
    for (const name of waiting.keys()) {
      if (waitingBytes <= WAITING_BYTES_MAX) return;
      forget(name);
    }
  }

  function deliver(name: string, letter: Letter, soul: string, body?: Uint8Array): Delivery | undefined {
    if (!delivered.add(name)) return undefined;
    const { cut, count = 0 } = letter.parts ?? {};
    erase(soul, [name, ...Array.from({ length: count }, (_, index) => `${name}.${index}`)]);
    const message = body ? readMessage(new TextDecoder().decode(body.subarray(cut ?? 0))) : letter.m;
    const attachment = body ? (cut === undefined ? undefined : body.slice(0, cut)) : letter.a === undefined ? undefined : fromBase64url(letter.a);
    if (!message || (letter.a !== undefined && !attachment)) return undefined;
    return { from: letter.from, message, ...(attachment && { attachment }) };
  }

  function complete(name: string): Delivery | undefined {
    const entry = waiting.get(name);
    const parts = entry?.letter?.parts;
    if (!entry?.letter || !parts || entry.chunks.size < parts.count) return undefined;
    const body = new Uint8Array(parts.size);
    let at = 0;
    for (let index = 0; index < parts.count; index += 1) {
      const chunk = entry.chunks.get(index);
      if (!chunk || at + chunk.length > body.length) return undefined;
      body.set(chunk, at);
      at += chunk.length;
    }
    // Left waiting when the hash fails: the true chunk may still come.
    if (at !== parts.size || sha256Id(body) !== parts.hash) return undefined;
    forget(name);
    return deliver(name, entry.letter, entry.soul, body);
  }

  async function readLetter({ soul, key, text }: Entry): Promise<Delivery | undefined> {
    const signed = parseJson(text, 24) as Signed | null | undefined;
    if (typeof signed?.b !== 'string' || typeof signed.s !== 'string') return undefined;
    const letter = parseLetter(signed.b);
    if (!letter || letter.net !== net || letter.to !== signer.id || key !== `${letter.from}:${letter.id}` || soul !== mailSoul(net, letter.hour, letter.to)) return undefined;
    if (letter.parts && letter.parts.size > bytesMax) return undefined;
    if (!(await signer.verify(letter.from, signed.b, signed.s))) return undefined;
    if (!letter.parts) return deliver(key, letter, soul);
    if (delivered.has(key)) return undefined;
    waitFor(key, soul).letter = letter;
    makeRoom();
    return complete(key);
  }

  return {
    async write(to, message, attachment) {
      const id = toBase64url(random.bytes(16));
      const hour = hourName(clock.now());
      const soul = mailSoul(net, hour, to);
      const key = `${signer.id}:${id}`;
      const text = JSON.stringify(message);
      const chunks: Entry[] = [];
      let content: Pick<Letter, 'm' | 'a' | 'parts'> = { m: message, ...(attachment && { a: toBase64url(attachment) }) };
      if (text.length + (attachment?.length ?? 0) > INLINE_LENGTH_MAX) {
        const tail = utf8(text);
        const body = new Uint8Array((attachment?.length ?? 0) + tail.length);
        body.set(attachment ?? []);
        body.set(tail, attachment?.length ?? 0);
        for (let at = 0; at < body.length; at += CHUNK_BYTES) chunks.push({ soul, key: `${key}.${chunks.length}`, text: toBase64url(body.subarray(at, at + CHUNK_BYTES)) });
        content = { parts: { hash: sha256Id(body), size: body.length, count: chunks.length, ...(attachment && { cut: attachment.length }) } };
      }
      const letter: Letter = { kind: 'mail', net, from: signer.id, to, id, hour, ...content };
      const b = JSON.stringify(letter);
      return group([{ soul, key, text: JSON.stringify({ b, s: await signer.sign(b) }) }, ...chunks]);
    },

    async read(entry) {
      const [, from, id, index] = LETTER_KEY.exec(entry.key) ?? [];
      if (!from || !id || delivered.has(`${from}:${id}`)) return undefined;
      if (index === undefined) return readLetter(entry);
      const chunk = fromBase64url(entry.text);
      if (!chunk || chunk.length > CHUNK_BYTES) return undefined;
      const name = `${from}:${id}`;
      const place = waitFor(name, entry.soul);
      const grown = chunk.length - (place.chunks.get(Number(index))?.length ?? 0);
      place.chunks.set(Number(index), chunk);
      place.bytes += grown;
      waitingBytes += grown;
      makeRoom();
      return complete(name);
    },
  };
}

function group(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  let length = Infinity;
  for (const entry of entries) {
    if (length + entry.text.length > PUT_LENGTH_MAX) {
      groups.push([]);
      length = 0;
    }
    groups.at(-1)?.push(entry);
    length += entry.text.length;
  }
  return groups;
}

/** The frame that overwrites what was read. */
export function tombstones(soul: string, keys: readonly string[], id: string): string {
  const states = Object.fromEntries(keys.map((key) => [key, STATE_TOMBSTONE]));
  const nulls = Object.fromEntries(keys.map((key) => [key, null]));
  return JSON.stringify({ '#': id, put: { [soul]: { _: { '#': soul, '>': states }, ...nulls } } });
}
