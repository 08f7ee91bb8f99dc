/**
 * Plain bytes, by raw deflate with a preset dictionary of 32,768 zeros. Workers are compared by what they give, so library, level, memory and the size of the
 * pieces are all part of the format.
 * Source: RFC 1951.
 */
import { Deflate, Inflate } from 'fflate';
import { damaged, writeHeader, type BytesHeader } from './container.js';
import { HEADER_BYTES, type BytesScheme } from './schemes.js';

/**
 * What comes before the first byte, for both sides. Without it fflate's stream refers to zeros there all the same,
 * which no inflater takes: https://github.com/101arrowz/fflate/issues/260.
 */
const DICTIONARY = new Uint8Array(32_768);
/** Left open, `mem` is taken from a logarithm, whose last bit may differ between engines. */
const OPTIONS = { level: 6, mem: 8, dictionary: DICTIONARY } as const;
const DEFLATED_PIECE_BYTES = 32_768;
/** A deflated byte expands to at most 1,032: so much, 1 MB, may come out before there is a look at it. */
const INFLATED_PIECE_BYTES = 1_024;

export type BytesDone = (bytes: number) => Promise<void>;

export interface Packed {
  readonly scheme: BytesScheme;
  /** Header and body. */
  readonly data: Uint8Array;
}

async function eachPiece(data: Uint8Array, pieceBytes: number, push: (piece: Uint8Array, final: boolean) => void, done: BytesDone): Promise<void> {
  let begin = 0;
  do {
    const end = Math.min(begin + pieceBytes, data.length);
    push(data.subarray(begin, end), end === data.length);
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
    await eachPiece(data, DEFLATED_PIECE_BYTES, (piece, final) => deflate.push(piece, final), done);
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
  const bytes = new Uint8Array(length);
  let at = 0;
  const inflate = new Inflate({ dictionary: DICTIONARY }, (part) => {
    // The header is within the limit, so a bomb ends here: whatever it still holds is never unpacked.
    if (at + part.length > length) throw damaged(`it expands to more than its ${length} bytes`);
    bytes.set(part, at);
    at += part.length;
  });
  const push = (piece: Uint8Array, final: boolean): void => {
    try {
      inflate.push(piece, final);
    } catch (cause) {
      throw isFlateError(cause) ? damaged(`its stream is broken (${cause.message})`) : cause;
    }
  };
  await eachPiece(body, INFLATED_PIECE_BYTES, push, done);
  if (at !== length) throw damaged(`it expands to ${at} of its ${length} bytes`);
  return bytes;
}

/** fflate numbers its errors. */
function isFlateError(cause: unknown): cause is Error & { readonly code: number } {
  return cause instanceof Error && typeof (cause as { code?: unknown }).code === 'number';
}
