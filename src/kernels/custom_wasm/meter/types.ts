/** Types of values, functions and blocks, as a guest may use them. */
import { within } from './limits.js';
import { malformed, type Reader } from './reader.js';
import { unsupported } from './unsupported.js';

export const I32 = 0x7f;
export const I64 = 0x7e;
export const F32_TYPE = 0x7d;
export const F64_TYPE = 0x7c;
export const V128 = 0x7b;
export const FUNCREF = 0x70;
const EXTERNREF = 0x6f;
const EMPTY = -0x40;

export interface FunctionType {
  readonly params: readonly number[];
  readonly results: readonly number[];
}

const FUNCTION = 0x60;
/** Recursive groups, subtypes, structures and arrays. */
const GC_TYPES = new Set([0x4e, 0x4f, 0x50, 0x5e, 0x5f]);

/** A number or vector type. */
export function readValueType(reader: Reader): number {
  return checkValueType(reader.byte());
}

function checkValueType(type: number): number {
  if (type >= V128 && type <= I32) return type;
  if (type === FUNCREF || type === EXTERNREF) throw unsupported('reference types');
  if (type >= 0x63 && type <= 0x74) throw unsupported('GC');
  throw malformed();
}

export function readFunctionType(reader: Reader): FunctionType {
  const form = reader.byte();
  if (GC_TYPES.has(form)) throw unsupported('GC');
  if (form !== FUNCTION) throw malformed();
  const list = (what: 'parameters of a function' | 'results of a function'): number[] => Array.from({ length: within(what, reader.u32()) }, () => readValueType(reader));
  return { params: list('parameters of a function'), results: list('results of a function') };
}

/** What a block takes from the operand stack and leaves there. */
export function readBlockType(reader: Reader, types: readonly FunctionType[]): { params: number; results: number } {
  const code = reader.s33();
  if (code === EMPTY) return { params: 0, results: 0 };
  if (code < 0) {
    if (code < -0x40) throw malformed();
    checkValueType(code + 0x80);
    return { params: 0, results: 1 };
  }
  const type = types[code];
  if (!type) throw malformed();
  return { params: type.params.length, results: type.results.length };
}
