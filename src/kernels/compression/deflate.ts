/**
 * Plain bytes, by raw deflate with a preset dictionary of 32,768 zeros. Workers are compared by what they give, so library, level, memory and the size of the
 * pieces are all part of the format.
 * Source: RFC 1951.
 */
import { Deflate } from 'fflate';
import { writeHeader, type BytesHeader } from './container.js';
import { Inflater } from './inflate.js';
import { HEADER_BYTES, type BytesScheme } from './schemes.js';

/**
 * What comes before the first byte; `inflate.ts` has as many zeros there. Without it fflate's stream refers to them all the
 * same, which no other inflater takes: https://github.com/101arrowz/fflate/issues/260.
 */
const DICTIONARY = new Uint8Array(32_768);
/** Left open, `mem` is taken from a logarithm, whose last bit may differ between engines. */
const OPTIONS = { level: 6, mem: 8, dictionary: DICTIONARY } as const;
const PIECE_BYTES = 32_768;

export type BytesDone = (bytes: number) => Promise<void>;

export interface Packed {
  readonly scheme: BytesScheme;
  /** Header and body. */
  readonly data: Uint8Array;
}

async function deflateByPieces(deflate: Deflate, data: Uint8Array, done: BytesDone): Promise<void> {
  let begin = 0;
  do {
    const end = Math.min(begin + PIECE_BYTES, data.length);
    deflate.push(data.subarray(begin, end), end === data.length);
    await done(end);
    begin = end;
  } while (begin < data.length);
}

/** Deflated if that is smaller and not ruled out, else stored. */
export async function pack(data: Uint8Array, scheme: BytesScheme, done: BytesDone): Promise<Packed> {
  const container = new Uint8Array(HEADER_BYTES + data.length);
  const body = container.subarray(HEADER_BYTES);
  if (scheme === 'deflate') {
    let length = 0;
    const deflate = new Deflate(OPTIONS, (part) => {
      if (length + part.length <= body.length) body.set(part, length);
      length += part.length;
    });
    await deflateByPieces(deflate, data, done);
    if (length < data.length) return withHeader(container.slice(0, HEADER_BYTES + length), { scheme, length: data.length });
  }
  body.set(data);
  return withHeader(container, { scheme: 'store', length: data.length });
}

function withHeader(data: Uint8Array, header: BytesHeader): Packed {
  writeHeader(data, header);
  return { scheme: header.scheme, data };
}

/**
 * @param data a container whose header has been read
 * @throws KernelError `bad-input` for a stream that is broken, or gives more or less than the header says
 */
export async function unpack(data: Uint8Array, { scheme, length }: BytesHeader, done: BytesDone): Promise<Uint8Array> {
  const body = data.subarray(HEADER_BYTES);
  if (scheme === 'store') return new Uint8Array(body);
  const inflater = new Inflater(body, length);
  for (;;) {
    const bytes = inflater.next();
    await done(HEADER_BYTES + inflater.loaded);
    if (bytes) return bytes;
  }
}
