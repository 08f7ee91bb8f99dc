/**
 * What metering adds to a module: one import, three globals, and the code that counts.
 *
 * Fuel left in the current slice is kept in a global, and inside a function in a local that is written back around
 * calls. Where it falls below zero at a function's entry, a loop's head or a bulk instruction, `tick` is called: it
 * takes what is left (so what was overdrawn) and returns what the next slice leaves, or throws. The second global is
 * the room left on the stack, the third the reason of a trap. The host fills the first two before it calls anything.
 */
import { MEMORY_PAGES_MAX, PAGE_BYTES } from './limits.js';
import { F32, F32X4, F64, F64X2, NO_FLOAT, OP, type Float } from './opcodes.js';
import type { Range } from './guest-module.js';
import { F32_TYPE, F64_TYPE, I32, I64, V128, type FunctionType } from './types.js';
import { Writer } from './writer.js';

/** Module of the import, and prefix of the exports that are not the guest's. */
export const RESERVED = 'edge-net:';
export const TICK = 'tick';
export const FUEL_EXPORT = `${RESERVED}fuel`;
export const STACK_EXPORT = `${RESERVED}stack`;
export const TRAP_EXPORT = `${RESERVED}trap`;

/** Why an injected trap was taken; 0 where the guest trapped by itself. */
export const TRAP = { unreachable: 1, stack: 2, hostMemory: 3 } as const;

/** `tick` is the only import, so it is the first function, and the guest's come after it. */
export const TICK_FUNCTION = 0;
export const FUNCTION_SHIFT = 1;
export const TICK_TYPE: FunctionType = { params: [I64], results: [I64] };
export const GROW_TYPE: FunctionType = { params: [I32], results: [I32] };

/** Bytes that a bulk instruction or a grown memory handles in one step, as a power of two. */
const BULK_BYTES_LOG2 = 3;

const VOID = 0x40;
const EMPTY_IF = [OP.if, VOID] as const;

/** Numbers of the injected globals and of the function behind `memory.grow`. */
export interface Injected {
  readonly fuel: number;
  readonly stack: number;
  readonly trap: number;
  readonly grow: number;
}

export function writeTrap(out: Writer, { trap }: Injected, reason: number): void {
  out.bytes(OP.i32Const).signed(reason).bytes(OP.globalSet).u32(trap).bytes(OP.unreachable);
}

/** Takes a block's cost from the local. */
export function writeCharge(out: Writer, local: number, cost: number): void {
  out.bytes(OP.localGet).u32(local).bytes(OP.i64Const).signed(cost).bytes(OP.i64Sub, OP.localSet).u32(local);
}

/** Asks for the next slice where this one is used up. */
export function writeCheck(out: Writer, local: number): void {
  out.bytes(OP.localGet).u32(local).bytes(OP.i64Const, 0, OP.i64LtS, ...EMPTY_IF);
  out.bytes(OP.localGet).u32(local).bytes(OP.call, TICK_FUNCTION, OP.localSet).u32(local).bytes(OP.end);
}

/**
 * Begins a loop. An endless one has to ask for slices, yet a call inside costs an optimised loop its registers: so the
 * call stands in a loop around it, which `writeLoopCheck` goes back to.
 */
export function writeLoop(out: Writer, local: number, type: Uint8Array): void {
  out.bytes(OP.loop).append(type);
  writeCheck(out, local);
  out.bytes(OP.loop).append(type);
}

/** Stands first in a loop; what it takes from outside is on the operand stack then, as the loop around wants it. */
export function writeLoopCheck(out: Writer, local: number): void {
  out.bytes(OP.localGet).u32(local).bytes(OP.i64Const, 0, OP.i64LtS, OP.brIf, 1);
}

/** Charges for the length on top of the operand stack, and leaves it there. */
export function writeBulkCharge(out: Writer, local: number, length: number, bytes: boolean): void {
  out.bytes(OP.localSet).u32(length);
  out.bytes(OP.localGet).u32(local).bytes(OP.localGet).u32(length).bytes(OP.i64ExtendI32U);
  if (bytes) out.bytes(OP.i64Const, BULK_BYTES_LOG2, OP.i64ShrU);
  out.bytes(OP.i64Sub, OP.localSet).u32(local);
  writeCheck(out, local);
  out.bytes(OP.localGet).u32(length);
}

export function writeFlush(out: Writer, { fuel }: Injected, local: number): void {
  out.bytes(OP.localGet).u32(local).bytes(OP.globalSet).u32(fuel);
}

export function writeReload(out: Writer, { fuel }: Injected, local: number): void {
  out.bytes(OP.globalGet).u32(fuel).bytes(OP.localSet).u32(local);
}

/** Takes a frame from the stack's room, or traps. */
export function writeEnterFrame(out: Writer, injected: Injected, frameBytes: number): void {
  out.bytes(OP.globalGet).u32(injected.stack).bytes(OP.i32Const).signed(frameBytes).bytes(OP.i32LtU, ...EMPTY_IF);
  writeTrap(out, injected, TRAP.stack);
  out.bytes(OP.end);
  writeFrame(out, injected, frameBytes, OP.i32Sub);
}

export function writeLeaveFrame(out: Writer, injected: Injected, frameBytes: number): void {
  writeFrame(out, injected, frameBytes, OP.i32Add);
}

function writeFrame(out: Writer, { stack }: Injected, frameBytes: number, operation: number): void {
  out.bytes(OP.globalGet).u32(stack).bytes(OP.i32Const).signed(frameBytes).bytes(operation, OP.globalSet).u32(stack);
}

/** How a NaN of each type is told and what it becomes: positive, quiet, otherwise empty. */
const CANONICAL: Readonly<Record<Exclude<Float, typeof NO_FLOAT>, { readonly type: number; readonly nan: readonly number[]; readonly choose: readonly number[] }>> = {
  [F32]: { type: F32_TYPE, nan: [OP.f32Const, 0, 0, 0xc0, 0x7f], choose: [OP.f32Eq, OP.select] },
  [F64]: { type: F64_TYPE, nan: [OP.f64Const, 0, 0, 0, 0, 0, 0, 0xf8, 0x7f], choose: [OP.f64Eq, OP.select] },
  [F32X4]: { type: V128, nan: [OP.simdPrefix, 12, ...Array.from({ length: 4 }, () => [0, 0, 0xc0, 0x7f]).flat()], choose: [OP.simdPrefix, 65, OP.simdPrefix, 82] },
  [F64X2]: { type: V128, nan: [OP.simdPrefix, 12, ...Array.from({ length: 2 }, () => [0, 0, 0, 0, 0, 0, 0xf8, 0x7f]).flat()], choose: [OP.simdPrefix, 71, OP.simdPrefix, 82] },
};

/** Type of the local that canonical NaNs of this type are made with. */
export const scratchType = (float: Exclude<Float, typeof NO_FLOAT>): number => CANONICAL[float].type;

/** Replaces what is on top of the operand stack if it is a NaN: a number equals itself. */
export function writeCanonicalNaN(out: Writer, float: Exclude<Float, typeof NO_FLOAT>, scratch: number): void {
  const { nan, choose } = CANONICAL[float];
  out.bytes(OP.localTee).u32(scratch).bytes(...nan);
  out.bytes(OP.localGet).u32(scratch).bytes(OP.localGet).u32(scratch).bytes(...choose);
}

export function memoryLimit(memory: Range): number {
  return Math.min(memory.max ?? MEMORY_PAGES_MAX, MEMORY_PAGES_MAX);
}

/**
 * The body behind `memory.grow`: denies what is over the limit, charges for new pages, and where the machine has no
 * memory after all stops the task, since other machines would go on.
 */
export function growBody(injected: Injected, pagesMax: number): Uint8Array {
  const { fuel } = injected;
  const pages = 0;
  const body = new Writer().bytes(0);
  body.bytes(OP.memorySize, 0, OP.i64ExtendI32U, OP.localGet, pages, OP.i64ExtendI32U, OP.i64Add, OP.i64Const).signed(pagesMax).bytes(OP.i64GtU);
  body.bytes(...EMPTY_IF, OP.i32Const).signed(-1).bytes(OP.return, OP.end);

  body.bytes(OP.globalGet).u32(fuel).bytes(OP.localGet, pages, OP.i64ExtendI32U, OP.i64Const).signed(PAGE_BYTES >> BULK_BYTES_LOG2);
  body.bytes(OP.i64Mul, OP.i64Sub, OP.globalSet).u32(fuel).bytes(OP.globalGet).u32(fuel).bytes(OP.i64Const, 0, OP.i64LtS, ...EMPTY_IF);
  body.bytes(OP.globalGet).u32(fuel).bytes(OP.call, TICK_FUNCTION, OP.globalSet).u32(fuel).bytes(OP.end);

  body.bytes(OP.localGet, pages, OP.memoryGrow, 0, OP.localTee, pages, OP.i32Const).signed(-1).bytes(OP.i32Eq, ...EMPTY_IF);
  writeTrap(body, injected, TRAP.hostMemory);
  return body.bytes(OP.end, OP.localGet, pages, OP.end).view;
}
