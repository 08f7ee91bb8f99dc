/** Constant expressions of globals and segments: one constant each. */
import { OP } from './opcodes.js';
import { malformed, type Reader } from './reader.js';
import { FUNCREF } from './types.js';
import { unsupported } from './unsupported.js';

/** v128.const, after the prefix of vector instructions. */
const V128_CONST = 12;

/** Reads one expression of a number and returns its bytes, end included. */
export function readConstant(reader: Reader): Uint8Array {
  const from = reader.at;
  const code = reader.byte();
  if (code === OP.i32Const || code === OP.i64Const) reader.skipLeb();
  else if (code === OP.f32Const) reader.skip(4);
  else if (code === OP.f64Const) reader.skip(8);
  else if (code === OP.simdPrefix && reader.u32() === V128_CONST) reader.skip(16);
  else if (code === OP.refNull || code === OP.refFunc) throw unsupported('reference types');
  else if (code === OP.globalGet) throw unsupported('extended constants');
  else throw malformed();
  endConstant(reader);
  return reader.bytes.subarray(from, reader.at);
}

/** Reads an entry of an element segment: a function, or none. */
export function readFunctionConstant(reader: Reader): number | undefined {
  const code = reader.byte();
  if (code !== OP.refNull && code !== OP.refFunc) throw code === OP.globalGet ? unsupported('extended constants') : malformed();
  const index = code === OP.refFunc ? reader.u32() : undefined;
  if (code === OP.refNull && reader.byte() !== FUNCREF) throw unsupported('GC');
  endConstant(reader);
  return index;
}

function endConstant(reader: Reader): void {
  if (reader.byte() !== OP.end) throw unsupported('extended constants');
}
