/** Element segments: what they put into the table are functions, whose numbers metering shifts. */
import { readConstant, readFunctionConstant } from './constants.js';
import { OP } from './opcodes.js';
import { malformed, type Reader } from './reader.js';
import { FUNCREF } from './types.js';
import { unsupported } from './unsupported.js';
import type { Writer } from './writer.js';

export interface ElementSegment {
  /** Passive, declarative, with an explicit table, with expressions: the format's four bits of form. */
  readonly flags: number;
  /** Where an active segment goes. */
  readonly offset?: Uint8Array;
  readonly functions: readonly (number | undefined)[];
}

/** Passive or declarative, so without an offset. */
const NOT_ACTIVE = 0b001;
const EXPLICIT = 0b010;
const EXPRESSIONS = 0b100;
const FUNCTION_KIND = 0x00;

export function readElements(reader: Reader): ElementSegment {
  const flags = reader.u32();
  if (flags > 0b111) throw malformed();
  const active = (flags & NOT_ACTIVE) === 0;
  if (active && flags & EXPLICIT && reader.u32() !== 0) throw unsupported('reference types');
  const offset = active ? readConstant(reader) : undefined;
  if (flags & (NOT_ACTIVE | EXPLICIT)) checkKind(reader, flags);
  const count = reader.u32();
  if (count > reader.end - reader.at) throw malformed();
  const functions = Array.from({ length: count }, () => (flags & EXPRESSIONS ? readFunctionConstant(reader) : reader.u32()));
  return { flags, functions, ...(offset && { offset }) };
}

function checkKind(reader: Reader, flags: number): void {
  const kind = reader.byte();
  if (kind === (flags & EXPRESSIONS ? FUNCREF : FUNCTION_KIND)) return;
  throw flags & EXPRESSIONS ? unsupported('reference types') : malformed();
}

/** @param shift what is added to each function's number */
export function writeElements(out: Writer, { flags, offset, functions }: ElementSegment, shift: number): void {
  out.u32(flags);
  if (offset) {
    if (flags & EXPLICIT) out.u32(0);
    out.append(offset);
  }
  if (flags & (NOT_ACTIVE | EXPLICIT)) out.bytes(flags & EXPRESSIONS ? FUNCREF : FUNCTION_KIND);
  out.u32(functions.length);
  for (const index of functions) {
    if (!(flags & EXPRESSIONS)) out.u32(index! + shift);
    else if (index === undefined) out.bytes(OP.refNull, FUNCREF, OP.end);
    else out.bytes(OP.refFunc).u32(index + shift).bytes(OP.end);
  }
}
