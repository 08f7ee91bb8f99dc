/**
 * Reads the file of a saved usearch index and checks its structure. The native loader trusts its input: a link to
 * a vector that is not there would make it read foreign memory, so nothing unchecked is handed to it.
 *
 * Layout (usearch 2.x, `index_dense_gt::save_to_stream`), little-endian: u32 rows, u32 bytes a row, the rows;
 * a 64-byte head; u64 size, connectivity, base connectivity, highest level, entry slot; one i16 level a node;
 * the nodes, each u64 key, i16 level, and for each of its levels u32 count and room for u32 slots.
 */
import { KernelError } from '../kernel.js';
import type { Metric } from './scan.js';

export type Scalar = 'f32' | 'f16' | 'i8';

/** Codes of the file format, and bytes a number. */
export const SCALARS: Readonly<Record<Scalar, { readonly code: number; readonly bytes: number }>> = {
  f32: { code: 11, bytes: 4 },
  f16: { code: 12, bytes: 2 },
  i8: { code: 23, bytes: 1 },
};

const METRICS: Readonly<Record<number, Metric>> = { 99: 'cos', 105: 'ip', 101: 'l2' };
const MAGIC = 'usearch';
const MAJOR = 2;
const KEY_U64 = 14;
const SLOT_U32 = 15;
export const VECTORS_OFFSET = 8;
const HEAD_BYTES = 64;
const GRAPH_HEAD_BYTES = 40;
const NODE_HEAD_BYTES = 10;
const CONNECTIVITY_MAX = 1024;
const LEVEL_MAX = 64;
const FREE_KEY = 0xffff_ffff_ffff_ffffn;

export interface SavedIndex {
  readonly dims: number;
  readonly metric: Metric;
  readonly scalar: Scalar;
  /** Vectors in the file, those removed but not yet overwritten included. */
  readonly rows: number;
  /** Links a node may have on its lowest level. */
  readonly connectivityBase: number;
}

function corrupt(why: string): KernelError {
  return new KernelError('bad-input', `\`index\` is not a whole usearch index: ${why}.`);
}

function unsupported(what: string): KernelError {
  return new KernelError('bad-input', `\`index\` ${what}.`);
}

interface Layout extends SavedIndex {
  readonly view: DataView;
  readonly connectivity: number;
  readonly levelMax: number;
  readonly entry: number;
  /** Offset of the list of levels. */
  readonly levelsAt: number;
}

function layout(bytes: Uint8Array): Layout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < VECTORS_OFFSET) throw corrupt('it ends before its first number');
  const rows = view.getUint32(0, true);
  const rowBytes = view.getUint32(4, true);
  const head = VECTORS_OFFSET + rows * rowBytes;
  const graph = head + HEAD_BYTES;
  const levelsAt = graph + GRAPH_HEAD_BYTES;
  if (levelsAt + 2 * rows > bytes.length) throw corrupt('it ends before its vectors do, or holds none');

  for (let i = 0; i < MAGIC.length; i++) {
    if (bytes[head + i] !== MAGIC.charCodeAt(i)) throw corrupt('its signature is missing');
  }
  const major = view.getUint16(head + 7, true);
  if (major !== MAJOR) throw unsupported(`was written by usearch ${major}; version ${MAJOR} is read`);
  const metric = METRICS[bytes[head + 13]!];
  if (metric === undefined) throw unsupported('has a metric other than cos, ip and l2sq');
  const scalar = (Object.keys(SCALARS) as Scalar[]).find((name) => SCALARS[name].code === bytes[head + 14]);
  if (scalar === undefined) throw unsupported('keeps its vectors as something other than f32, f16 and i8');
  if (scalar === 'i8' && metric !== 'cos') throw unsupported('keeps i8 vectors, which go with the metric cos only');
  if (bytes[head + 15] !== KEY_U64 || bytes[head + 16] !== SLOT_U32) throw unsupported('has keys or slots of a foreign size');
  const word = (offset: number): number => Number(view.getBigUint64(offset, true));
  const dims = word(head + 33);
  if (word(head + 17) + word(head + 25) !== rows || rowBytes !== dims * SCALARS[scalar].bytes) throw corrupt('its head contradicts its vectors');
  if (rows === 0) throw unsupported('holds no vectors');

  const [size, connectivity, connectivityBase, levelMax, entry] = [0, 8, 16, 24, 32].map((offset) => word(graph + offset)) as [number, number, number, number, number];
  if (size !== rows) throw corrupt('its graph and its vectors differ in number');
  if (connectivity < 2 || connectivityBase < connectivity || connectivityBase > CONNECTIVITY_MAX) throw corrupt('its connectivity is out of range');
  if (levelMax > LEVEL_MAX || entry >= rows) throw corrupt('its entry point does not exist');
  return { dims, metric, scalar, rows, connectivityBase, view, connectivity, levelMax, entry, levelsAt };
}

/**
 * What the file says of itself: enough to price a search. Constant time.
 * @throws KernelError `bad-input`
 */
export function readSavedIndex(bytes: Uint8Array): SavedIndex {
  const { dims, metric, scalar, rows, connectivityBase } = layout(bytes);
  return { dims, metric, scalar, rows, connectivityBase };
}

/**
 * Reads the head and follows every link: afterwards loading and searching stay within the file. The numbers in
 * its vectors are looked over when it is loaded (`UsearchIndex.load`).
 * @throws KernelError `bad-input`
 */
export function checkSavedIndex(bytes: Uint8Array): SavedIndex {
  checkGraph(layout(bytes));
  return readSavedIndex(bytes);
}

function checkGraph({ view, rows, connectivity, connectivityBase, levelMax, entry, levelsAt }: Layout): void {
  const levelOf = (slot: number): number => view.getInt16(levelsAt + 2 * slot, true);
  if (levelOf(entry) !== levelMax) throw corrupt('its entry point is not on its highest level');

  let at = levelsAt + 2 * rows;
  for (let slot = 0; slot < rows; slot++) {
    const level = levelOf(slot);
    if (level < 0 || level > levelMax) throw corrupt(`node ${slot} has no such level`);
    const end = at + NODE_HEAD_BYTES + 4 * (1 + connectivityBase + level * (1 + connectivity));
    if (end > view.byteLength) throw corrupt(`it ends within node ${slot}`);
    const key = view.getBigUint64(at, true);
    if (key !== FREE_KEY && key > BigInt(Number.MAX_SAFE_INTEGER)) throw unsupported('has a key above 2^53 - 1');
    if (view.getInt16(at + 8, true) !== level) throw corrupt(`node ${slot} contradicts its level`);

    at += NODE_HEAD_BYTES;
    for (let on = 0; on <= level; on++) {
      const room = on === 0 ? connectivityBase : connectivity;
      const links = view.getUint32(at, true);
      if (links > room) throw corrupt(`node ${slot} has too many links`);
      for (let i = 1; i <= links; i++) {
        const neighbour = view.getUint32(at + 4 * i, true);
        if (neighbour >= rows || levelOf(neighbour) < on) throw corrupt(`node ${slot} links to a vector that is not there`);
      }
      at += 4 * (1 + room);
    }
  }
  if (at !== view.byteLength) throw corrupt('something follows its end');
}
