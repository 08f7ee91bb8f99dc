/**
 * The header of everything that is compressed here, 24 bytes, little-endian; the scheme's body follows.
 *
 *      0  u8[4]  "EDNC"
 *      4  u8     version, 1
 *      5  u8     scheme: none 0, f16 1, int8 2, int4 3, binary 4, pq 5, store 16, deflate 17
 *      6  u16    subspaces (pq), else 0
 *      8  u32    components a row; 0 for plain bytes
 *     12  u32    rows; for plain bytes their number
 *     16  f64    largest error of a component, as measured when it was compressed
 */
import { KernelError } from '../kernel.js';
import { bodyBytes, BYTES_SCHEMES, HEADER_BYTES, inputBytes, SUBSPACES_MAX, VECTOR_SCHEMES, type BytesScheme, type Plan, type Shape } from './schemes.js';

const MAGIC = [0x45, 0x44, 0x4e, 0x43];
const VERSION = 1;
const BYTES_CODE = 16;

export interface VectorsHeader extends Shape, Plan {
  readonly maxError: number;
}

export interface BytesHeader {
  readonly scheme: BytesScheme;
  /** Number of bytes that were compressed. */
  readonly length: number;
}

export type Header = VectorsHeader | BytesHeader;

export function holdsVectors(header: Header): header is VectorsHeader {
  return 'dims' in header;
}

export function damaged(why: string): KernelError {
  return new KernelError('bad-input', `\`data\` is not what \`compress\` gave: ${why}.`);
}

export function writeHeader(into: Uint8Array, header: Header): void {
  const view = new DataView(into.buffer, into.byteOffset, HEADER_BYTES);
  into.set(MAGIC);
  view.setUint8(4, VERSION);
  if (holdsVectors(header)) {
    view.setUint8(5, VECTOR_SCHEMES.indexOf(header.scheme));
    view.setUint16(6, header.subspaces, true);
    view.setUint32(8, header.dims, true);
    view.setUint32(12, header.rows, true);
    view.setFloat64(16, header.maxError, true);
  } else {
    view.setUint8(5, BYTES_CODE + BYTES_SCHEMES.indexOf(header.scheme));
    view.setUint32(12, header.length, true);
  }
}

/**
 * Checks all that the header says against itself, the limit and the number of bytes. Constant time.
 * @param bytesMax of what comes out of it
 * @throws KernelError `bad-input`, or `limit-exceeded` where more would come out
 */
export function readHeader(data: Uint8Array, bytesMax: number): Header {
  if (data.length < HEADER_BYTES) throw damaged('it ends within its header');
  if (MAGIC.some((byte, i) => data[i] !== byte)) throw damaged('its signature is missing');
  const view = new DataView(data.buffer, data.byteOffset, HEADER_BYTES);
  if (view.getUint8(4) !== VERSION) throw damaged(`its format has the version ${view.getUint8(4)}; ${VERSION} is read`);
  const code = view.getUint8(5);
  return code < BYTES_CODE ? readVectorsHeader(view, code, data.length, bytesMax) : readBytesHeader(view, code, data.length, bytesMax);
}

function readVectorsHeader(view: DataView, code: number, length: number, bytesMax: number): VectorsHeader {
  const scheme = VECTOR_SCHEMES[code];
  if (scheme === undefined) throw damaged(`it has no scheme ${code}`);
  const header = { scheme, subspaces: view.getUint16(6, true), dims: view.getUint32(8, true), rows: view.getUint32(12, true), maxError: view.getFloat64(16, true) };
  if (header.dims === 0 || header.rows === 0) throw damaged('it holds no numbers');
  checkExpansion(inputBytes(header), bytesMax);
  const [least, most] = scheme === 'pq' ? [1, Math.min(header.dims, SUBSPACES_MAX)] : [0, 0];
  if (header.subspaces < least || header.subspaces > most) throw damaged('its subspaces are out of range');
  // NaN fails the comparison too.
  if (!(header.maxError >= 0 && header.maxError < Infinity)) throw damaged('its error is no finite number');
  if (length !== HEADER_BYTES + bodyBytes(header, header)) throw damaged(`it has ${length} bytes for ${header.rows} x ${header.dims} numbers in ${scheme}`);
  return header;
}

function readBytesHeader(view: DataView, code: number, length: number, bytesMax: number): BytesHeader {
  const scheme = BYTES_SCHEMES[code - BYTES_CODE];
  if (scheme === undefined) throw damaged(`it has no scheme ${code}`);
  const header = { scheme, length: view.getUint32(12, true) };
  checkExpansion(header.length, bytesMax);
  if (view.getUint16(6, true) !== 0 || view.getUint32(8, true) !== 0 || !Object.is(view.getFloat64(16, true), 0)) throw damaged('its header contradicts itself');
  const body = length - HEADER_BYTES;
  if (scheme === 'store' ? body !== header.length : body >= header.length) throw damaged(`it has ${length} bytes for ${header.length} in ${scheme}`);
  return header;
}

function checkExpansion(bytes: number, bytesMax: number): void {
  if (bytes > bytesMax) throw new KernelError('limit-exceeded', `\`data\` would expand to ${bytes} bytes of at most ${bytesMax}.`);
}
