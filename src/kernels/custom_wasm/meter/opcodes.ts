/**
 * What metering needs to know of each instruction: the immediates that follow it, what it does to the operand
 * stack, what it costs, and where the bits of a NaN come in.
 * Source: https://webassembly.github.io/spec/core/appendix/index-instructions.html
 */
import { malformed } from './reader.js';
import { unsupported } from './unsupported.js';

/** Forms of immediates; `control` and `call` are taken apart by the rewriter. */
export type Immediate = 'none' | 'control' | 'call' | 'index' | 'leb' | 'f32' | 'f64' | 'memarg' | 'lane' | 'memlane' | 'bytes16' | 'memory' | 'bulk' | 'select';

/** Types with NaNs; 0 is none of them. */
export const NO_FLOAT = 0;
export const F32 = 1;
export const F64 = 2;
export const F32X4 = 3;
export const F64X2 = 4;
export type Float = typeof NO_FLOAT | typeof F32 | typeof F64 | typeof F32X4 | typeof F64X2;

export interface Instruction {
  readonly immediate: Immediate;
  readonly pops: number;
  readonly pushes: number;
  /** In steps: 1 is a simple instruction. */
  readonly cost: number;
  /** Reads its operands as numbers of this type: which NaN they are makes no difference to it. */
  readonly reads: Float;
  /** May make a NaN of this type, whose bits the specification leaves open. */
  readonly makes: Float;
}

export const OP = {
  unreachable: 0x00, nop: 0x01, block: 0x02, loop: 0x03, if: 0x04, else: 0x05, end: 0x0b, br: 0x0c, brIf: 0x0d, brTable: 0x0e, return: 0x0f,
  call: 0x10, callIndirect: 0x11, select: 0x1b, selectTyped: 0x1c, localGet: 0x20, localSet: 0x21, localTee: 0x22, globalGet: 0x23, globalSet: 0x24,
  memorySize: 0x3f, memoryGrow: 0x40, i32Const: 0x41, i64Const: 0x42, f32Const: 0x43, f64Const: 0x44, i32Eq: 0x46, i32LtU: 0x49, i64LtS: 0x53, i64GtU: 0x56,
  f32Eq: 0x5b, f64Eq: 0x61, i32Add: 0x6a, i32Sub: 0x6b, i64Add: 0x7c, i64Sub: 0x7d, i64Mul: 0x7e, i64ShrU: 0x88, i64ExtendI32U: 0xad,
  refNull: 0xd0, refFunc: 0xd2, bulkPrefix: 0xfc, simdPrefix: 0xfd,
} as const;

export const BULK = { memoryInit: 8, dataDrop: 9, memoryCopy: 10, memoryFill: 11, tableInit: 12, elemDrop: 13, tableCopy: 14 } as const;

const CHEAP = 1;
/** Of memory, which answers in time where it is in a cache. */
const ACCESS = 4;
const FLOAT = 3;
const SIMD = 2;
const FLOAT_SIMD = 4;
const DIVISION = 16;
const CALL = 8;
const BULK_CALL = 64;
/** Values that a call, a jump or a block carries stay in registers where they are few; the others are moved. */
const VALUES_IN_REGISTERS = 8;
const MOVE = 8;
/** Asking the host for memory takes this long even when it is for none. */
const GROW = 2_000;

type Table = (Instruction | undefined)[];

function fill(table: Table, first: number, last: number, pops: number, pushes: number, cost: number, more: Partial<Instruction> = {}): void {
  for (let code = first; code <= last; code++) table[code] = { immediate: 'none', pops, pushes, cost, reads: NO_FLOAT, makes: NO_FLOAT, ...more };
}

function each(table: Table, codes: readonly number[], change: Partial<Instruction>): void {
  for (const code of codes) table[code] = { ...table[code]!, ...change };
}

const range = (first: number, last: number): number[] => Array.from({ length: last - first + 1 }, (_, i) => first + i);

const BASIC = basic();
const SATURATING_AND_BULK = saturatingAndBulk();
const VECTOR = vector();

/** Control instructions have the stack effect that is left when the rewriter has seen to labels and types. */
function basic(): Table {
  const table: Table = new Array<undefined>(256).fill(undefined);
  fill(table, OP.unreachable, OP.nop, 0, 0, CHEAP);
  fill(table, OP.block, OP.block, 0, 0, 0, { immediate: 'control' });
  fill(table, OP.loop, OP.if, 0, 0, CHEAP, { immediate: 'control' });
  fill(table, OP.else, OP.else, 0, 0, 0, { immediate: 'control' });
  fill(table, OP.end, OP.end, 0, 0, 0, { immediate: 'control' });
  fill(table, OP.br, OP.brIf, 0, 0, CHEAP, { immediate: 'control' });
  fill(table, OP.brTable, OP.brTable, 0, 0, 4, { immediate: 'control' });
  fill(table, OP.return, OP.return, 0, 0, CHEAP, { immediate: 'control' });
  fill(table, OP.call, OP.call, 0, 0, CALL, { immediate: 'call' });
  fill(table, OP.callIndirect, OP.callIndirect, 0, 0, CALL * 2, { immediate: 'call' });
  fill(table, 0x1a, 0x1a, 1, 0, CHEAP);
  fill(table, OP.select, OP.select, 3, 1, CHEAP);
  fill(table, OP.selectTyped, OP.selectTyped, 3, 1, CHEAP, { immediate: 'select' });
  fill(table, OP.localGet, OP.localGet, 0, 1, CHEAP, { immediate: 'index' });
  fill(table, OP.localSet, OP.localSet, 1, 0, CHEAP, { immediate: 'index' });
  fill(table, OP.localTee, OP.localTee, 1, 1, CHEAP, { immediate: 'index' });
  fill(table, OP.globalGet, OP.globalGet, 0, 1, CHEAP, { immediate: 'index' });
  fill(table, OP.globalSet, OP.globalSet, 1, 0, CHEAP, { immediate: 'index' });
  fill(table, 0x28, 0x35, 1, 1, ACCESS, { immediate: 'memarg' });
  fill(table, 0x36, 0x3e, 2, 0, ACCESS, { immediate: 'memarg' });
  fill(table, OP.memorySize, OP.memorySize, 0, 1, ACCESS, { immediate: 'memory' });
  fill(table, OP.memoryGrow, OP.memoryGrow, 1, 1, GROW, { immediate: 'memory' });
  fill(table, OP.i32Const, OP.i64Const, 0, 1, CHEAP, { immediate: 'leb' });
  fill(table, OP.f32Const, OP.f32Const, 0, 1, CHEAP, { immediate: 'f32' });
  fill(table, OP.f64Const, OP.f64Const, 0, 1, CHEAP, { immediate: 'f64' });

  for (const eqz of [0x45, 0x50]) fill(table, eqz, eqz, 1, 1, CHEAP);
  fill(table, OP.i32Eq, 0x4f, 2, 1, CHEAP);
  fill(table, 0x51, 0x5a, 2, 1, CHEAP);
  fill(table, OP.f32Eq, 0x60, 2, 1, CHEAP, { reads: F32 });
  fill(table, OP.f64Eq, 0x66, 2, 1, CHEAP, { reads: F64 });
  for (const unary of [0x67, 0x79]) {
    fill(table, unary, unary + 2, 1, 1, CHEAP);
    fill(table, unary + 3, unary + 17, 2, 1, CHEAP);
    fill(table, unary + 6, unary + 9, 2, 1, DIVISION);
  }
  for (const [first, float] of [[0x8b, F32], [0x99, F64]] as const) {
    fill(table, first, first + 1, 1, 1, CHEAP);
    fill(table, first + 2, first + 6, 1, 1, FLOAT, { reads: float, makes: float });
    fill(table, first + 7, first + 12, 2, 1, FLOAT, { reads: float, makes: float });
    fill(table, first + 13, first + 13, 2, 1, CHEAP);
    each(table, [first + 6, first + 10], { cost: DIVISION });
  }
  fill(table, 0xa7, 0xbf, 1, 1, CHEAP);
  each(table, [0xa8, 0xa9, 0xae, 0xaf], { reads: F32, cost: FLOAT });
  each(table, [0xaa, 0xab, 0xb0, 0xb1], { reads: F64, cost: FLOAT });
  each(table, range(0xb2, 0xb5).concat(range(0xb7, 0xba)), { cost: FLOAT });
  each(table, [0xb6], { reads: F64, makes: F32, cost: FLOAT });
  each(table, [0xbb], { reads: F32, makes: F64, cost: FLOAT });
  fill(table, 0xc0, 0xc4, 1, 1, CHEAP);
  return table;
}

function saturatingAndBulk(): Table {
  const table: Table = [];
  for (const [first, float] of [[0, F32], [2, F64], [4, F32], [6, F64]] as const) fill(table, first, first + 1, 1, 1, FLOAT, { reads: float });
  for (const code of [BULK.memoryInit, BULK.memoryCopy, BULK.memoryFill, BULK.tableInit, BULK.tableCopy]) fill(table, code, code, 3, 0, BULK_CALL, { immediate: 'bulk' });
  for (const code of [BULK.dataDrop, BULK.elemDrop]) fill(table, code, code, 0, 0, BULK_CALL, { immediate: 'bulk' });
  return table;
}

function vector(): Table {
  const table: Table = new Array<undefined>(256).fill(undefined);
  fill(table, 0, 10, 1, 1, ACCESS, { immediate: 'memarg' });
  fill(table, 11, 11, 2, 0, ACCESS, { immediate: 'memarg' });
  fill(table, 12, 12, 0, 1, CHEAP, { immediate: 'bytes16' });
  fill(table, 13, 13, 2, 1, SIMD, { immediate: 'bytes16' });
  fill(table, 14, 14, 2, 1, SIMD);
  fill(table, 15, 20, 1, 1, SIMD);
  // Lanes of integers by signedness, then one pair for each of i32x4, i64x2, f32x4, f64x2.
  for (const [extract, replace] of [[21, 23], [24, 26], [27, 28], [29, 30], [31, 32], [33, 34]] as const) {
    fill(table, extract, replace - 1, 1, 1, SIMD, { immediate: 'lane' });
    fill(table, replace, replace, 2, 1, SIMD, { immediate: 'lane' });
  }
  fill(table, 35, 64, 2, 1, SIMD);
  fill(table, 65, 70, 2, 1, SIMD, { reads: F32X4 });
  fill(table, 71, 76, 2, 1, SIMD, { reads: F64X2 });
  fill(table, 77, 77, 1, 1, SIMD);
  fill(table, 78, 81, 2, 1, SIMD);
  fill(table, 82, 82, 3, 1, SIMD);
  fill(table, 83, 83, 1, 1, SIMD);
  fill(table, 84, 87, 2, 1, ACCESS, { immediate: 'memlane' });
  fill(table, 88, 91, 2, 0, ACCESS, { immediate: 'memlane' });
  fill(table, 92, 93, 1, 1, ACCESS, { immediate: 'memarg' });

  fill(table, 94, 255, 2, 1, SIMD);
  const unaryIntegers = [...range(96, 100), ...range(124, 129), 131, 132, ...range(135, 138), ...range(160, 161), 163, 164, ...range(167, 170), 192, 193, 195, 196, ...range(199, 202)];
  each(table, unaryIntegers, { pops: 1 });
  each(table, [213], { cost: FLOAT_SIMD * 2 });
  // Rounding: f32x4.ceil, floor, trunc, nearest; f64x2.ceil, floor, trunc, nearest.
  each(table, [103, 104, 105, 106], { pops: 1, cost: FLOAT_SIMD, reads: F32X4, makes: F32X4 });
  each(table, [116, 117, 122, 148], { pops: 1, cost: FLOAT_SIMD, reads: F64X2, makes: F64X2 });
  for (const [abs, float] of [[224, F32X4], [236, F64X2]] as const) {
    each(table, [abs, abs + 1], { pops: 1 });
    each(table, [abs + 3], { pops: 1, cost: DIVISION, reads: float, makes: float });
    each(table, range(abs + 4, abs + 9), { cost: FLOAT_SIMD, reads: float, makes: float });
    each(table, [abs + 7], { cost: DIVISION });
  }
  // Conversions; the `zero` and `low` forms change the width of the lanes.
  each(table, [94], { pops: 1, cost: FLOAT_SIMD, reads: F64X2, makes: F32X4 });
  each(table, [95], { pops: 1, cost: FLOAT_SIMD, reads: F32X4, makes: F64X2 });
  each(table, [248, 249], { pops: 1, cost: FLOAT_SIMD, reads: F32X4 });
  each(table, [252, 253], { pops: 1, cost: FLOAT_SIMD, reads: F64X2 });
  each(table, [250, 251, 254, 255], { pops: 1, cost: FLOAT_SIMD });
  for (const hole of [154, 162, 165, 166, 175, 176, 178, 179, 180, 187, 194, 197, 198, 207, 208, 210, 211, 212, 226, 238]) table[hole] = undefined;
  return table;
}

/** What it takes to carry so many values. */
export function carriageCost(values: number): number {
  return values + (MOVE - 1) * Math.max(0, values - VALUES_IN_REGISTERS);
}

/** @throws KernelError `bad-input` for an instruction outside the subset, naming the feature it belongs to */
export function instruction(code: number): Instruction {
  const found = BASIC[code];
  if (found) return found;
  if ((code >= 0x06 && code <= 0x0a) || (code >= 0x18 && code <= 0x19) || code === 0x1f) throw unsupported('exceptions');
  if (code === 0x12 || code === 0x13 || code === 0x15) throw unsupported('tail calls');
  if (code === 0x25 || code === 0x26 || (code >= 0xd0 && code <= 0xd2)) throw unsupported('reference types');
  if (code === 0x14 || (code >= 0xd3 && code <= 0xd6) || code === 0xfb) throw unsupported('GC');
  if (code === 0xfe) throw unsupported('threads');
  throw malformed();
}

export function bulkInstruction(code: number): Instruction {
  const found = SATURATING_AND_BULK[code];
  if (found) return found;
  if (code >= 15 && code <= 17) throw unsupported('reference types');
  throw malformed();
}

export function simdInstruction(code: number): Instruction {
  const found = VECTOR[code];
  if (found) return found;
  if (code >= 0x100 && code <= 0x12f) throw unsupported('relaxed SIMD');
  throw malformed();
}
