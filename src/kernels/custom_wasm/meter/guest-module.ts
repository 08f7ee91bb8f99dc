/** A guest's module taken apart, as far as metering changes it. Whatever is outside the subset is refused here. */
import { COUNT_MAX, MEMORY_PAGES_MAX, TABLE_ENTRIES_MAX, within } from './limits.js';
import { readConstant } from './constants.js';
import { readElements, type ElementSegment } from './elements.js';
import { Reader, malformed } from './reader.js';
import { FUNCREF, readFunctionType, readValueType, type FunctionType } from './types.js';
import { unsupported } from './unsupported.js';
import { KernelError } from '../../kernel.js';

export type ExportKind = 'function' | 'table' | 'memory' | 'global';
export const EXPORT_KINDS: readonly ExportKind[] = ['function', 'table', 'memory', 'global'];

export interface Export {
  readonly name: string;
  readonly kind: ExportKind;
  readonly index: number;
}

/** Pages or entries; without `max` the format's own bound applies. */
export interface Range {
  readonly min: number;
  readonly max?: number;
}

export interface GuestModule {
  readonly types: readonly FunctionType[];
  /** The type of each function. */
  readonly functions: readonly number[];
  readonly bodies: readonly Reader[];
  readonly table?: Range;
  readonly memory?: Range;
  /** Bytes of each global: its type, mutability and first value. */
  readonly globals: readonly Uint8Array[];
  readonly exports: readonly Export[];
  readonly elements: readonly ElementSegment[];
  readonly dataCount?: number;
  /** The whole section, which stays as it is. */
  readonly data?: Uint8Array;
  /** The module without its custom sections, which engines may read or not. */
  readonly plain: Uint8Array;
}

const SECTION = { custom: 0, type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, start: 8, element: 9, code: 10, data: 11, dataCount: 12, tag: 13 } as const;
export const PREAMBLE = Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00);

const HAS_MAX = 0x01;
const SHARED = 0x02;
const IS_64_BIT = 0x04;

type Parts = { -readonly [Key in keyof Omit<GuestModule, 'plain'>]: GuestModule[Key] };

/** @throws KernelError `bad-input` for a module that is malformed or outside the subset */
export function readModule(bytes: Uint8Array): GuestModule {
  const reader = new Reader(bytes);
  if (reader.take(PREAMBLE.length).some((byte, i) => byte !== PREAMBLE[i])) throw malformed();

  const parts: Parts = { types: [], functions: [], bodies: [], globals: [], exports: [], elements: [] };
  const plain: Uint8Array[] = [PREAMBLE];
  const seen = new Set<number>();
  while (!reader.done) {
    const from = reader.at;
    const id = reader.byte();
    const section = reader.part(reader.u32());
    if (id === SECTION.custom) {
      section.name();
      continue;
    }
    if (seen.has(id)) throw malformed();
    seen.add(id);
    readSection(id, section, parts);
    if (!section.done) throw malformed();
    plain.push(bytes.subarray(from, reader.at));
  }
  if (parts.bodies.length !== parts.functions.length) throw malformed();
  return { ...parts, plain: join(plain) };
}

function readSection(id: number, reader: Reader, parts: Parts): void {
  switch (id) {
    case SECTION.type:
      parts.types = list(reader, 'types', readFunctionType);
      return;
    case SECTION.import:
      return refuseImports(reader);
    case SECTION.function:
      parts.functions = list(reader, 'functions', () => reader.u32());
      return;
    case SECTION.table:
      readTable(reader, parts);
      return;
    case SECTION.memory:
      readMemory(reader, parts);
      return;
    case SECTION.global:
      parts.globals = list(reader, 'globals', readGlobal);
      return;
    case SECTION.export:
      parts.exports = list(reader, 'exports', readExport);
      return;
    case SECTION.start:
      throw new KernelError('bad-input', '`module` has a start function, which would run unasked: export it as `_initialize` instead (AssemblyScript: --exportStart _initialize).');
    case SECTION.element:
      parts.elements = list(reader, 'element segments', readElements);
      return;
    case SECTION.dataCount:
      parts.dataCount = reader.u32();
      return;
    case SECTION.code:
      parts.bodies = list(reader, 'functions', () => reader.part(reader.u32()));
      return;
    case SECTION.data:
      parts.data = reader.bytes.subarray(reader.at, reader.end);
      list(reader, 'data segments', checkData);
      return;
    case SECTION.tag:
      throw unsupported('exceptions');
    default:
      throw malformed();
  }
}

function list<T>(reader: Reader, what: keyof typeof COUNT_MAX, read: (reader: Reader) => T): T[] {
  return Array.from({ length: within(what, reader.u32()) }, () => read(reader));
}

function refuseImports(reader: Reader): void {
  if (reader.u32() === 0) return;
  const [module, name] = [reader.name(), reader.name()];
  throw new KernelError('bad-input', `\`module\` imports \`${shown(module)}.${shown(name)}\`: a guest has nothing to import, everything must be inside it.`);
}

/** A stranger's text in a message: short, and without anything that is not plain. */
function shown(text: string): string {
  return text.slice(0, 40).replaceAll(/[^\x21-\x7e]/gu, '?');
}

function readTable(reader: Reader, parts: Parts): void {
  const count = reader.u32();
  if (count > 1) throw unsupported('reference types');
  if (count === 0) return;
  const type = reader.byte();
  if (type !== FUNCREF) throw unsupported(type === 0x6f ? 'reference types' : 'GC');
  const table = readRange(reader);
  if (table.min > TABLE_ENTRIES_MAX) throw new KernelError('bad-input', `\`module\` has a table of ${table.min} entries, and ${TABLE_ENTRIES_MAX} are allowed.`);
  parts.table = table;
}

function readMemory(reader: Reader, parts: Parts): void {
  const count = reader.u32();
  if (count > 1) throw unsupported('multi-memory');
  if (count === 0) return;
  const memory = readRange(reader);
  if (memory.min > MEMORY_PAGES_MAX) throw new KernelError('bad-input', `\`module\` starts with a memory of ${memory.min} pages of 64 KiB, and ${MEMORY_PAGES_MAX} (256 MiB) are allowed.`);
  parts.memory = memory;
}

function readRange(reader: Reader): Range {
  const flags = reader.byte();
  if (flags & IS_64_BIT) throw unsupported('memory64');
  if (flags & SHARED) throw unsupported('threads');
  if (flags > HAS_MAX) throw malformed();
  const min = reader.u32();
  return flags & HAS_MAX ? { min, max: reader.u32() } : { min };
}

function readGlobal(reader: Reader): Uint8Array {
  const from = reader.at;
  readValueType(reader);
  // The mutability's higher bits are the threads proposal's shared globals.
  if (reader.byte() > 1) throw unsupported('threads');
  readConstant(reader);
  return reader.bytes.subarray(from, reader.at);
}

function readExport(reader: Reader): Export {
  const name = reader.name();
  const code = reader.byte();
  const kind = EXPORT_KINDS[code];
  if (kind === undefined) throw code === 4 ? unsupported('exceptions') : malformed();
  return { name, kind, index: reader.u32() };
}

const PASSIVE = 1;
const WITH_INDEX = 2;

function checkData(reader: Reader): void {
  const flags = reader.u32();
  if (flags > WITH_INDEX) throw malformed();
  if (flags === WITH_INDEX && reader.u32() !== 0) throw unsupported('multi-memory');
  if (flags !== PASSIVE) readConstant(reader);
  reader.skip(reader.u32());
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
