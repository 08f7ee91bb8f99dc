/** What follows an instruction's code, where it stays as it is. */
import { BULK, type Immediate } from './opcodes.js';
import { malformed, type Reader } from './reader.js';
import { readValueType } from './types.js';
import { unsupported } from './unsupported.js';

/** Set in an alignment that is followed by the number of a memory. */
const HAS_MEMORY = 0x40;

export function skipImmediate(reader: Reader, immediate: Immediate): void {
  switch (immediate) {
    case 'none':
      return;
    case 'index':
    case 'leb':
      return reader.skipLeb();
    case 'f32':
      return reader.skip(4);
    case 'f64':
      return reader.skip(8);
    case 'bytes16':
      return reader.skip(16);
    case 'lane':
      return reader.skip(1);
    case 'memlane':
      skipMemoryArgument(reader);
      return reader.skip(1);
    case 'memarg':
      return skipMemoryArgument(reader);
    case 'memory':
      return skipMemoryIndex(reader);
    case 'select':
      if (reader.u32() !== 1) throw malformed();
      readValueType(reader);
      return;
    default:
      throw malformed();
  }
}

const OF_SEGMENT: ReadonlySet<number> = new Set([BULK.memoryInit, BULK.dataDrop, BULK.tableInit, BULK.elemDrop]);

/** The segment, and the memories or tables: nothing but the first of each. */
export function skipBulkImmediate(reader: Reader, code: number): void {
  if (OF_SEGMENT.has(code)) reader.u32();
  if (code === BULK.dataDrop || code === BULK.elemDrop) return;
  const skip = code <= BULK.memoryFill ? skipMemoryIndex : skipTableIndex;
  skip(reader);
  if (code === BULK.memoryCopy || code === BULK.tableCopy) skip(reader);
}

/** One byte: engines with several memories would read a number of more. */
function skipMemoryIndex(reader: Reader): void {
  if (reader.byte() !== 0) throw unsupported('multi-memory');
}

export function skipTableIndex(reader: Reader): void {
  if (reader.u32() !== 0) throw unsupported('reference types');
}

function skipMemoryArgument(reader: Reader): void {
  if (reader.u32() >= HAS_MEMORY) throw unsupported('multi-memory');
  reader.skipLeb();
}
