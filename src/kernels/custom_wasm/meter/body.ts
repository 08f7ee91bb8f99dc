/** Rewrites one function so that it counts its fuel and its stack, and makes NaNs of one kind. */
import { Blocks, type Block } from './blocks.js';
import { readLocals } from './locals.js';
import { skipBulkImmediate, skipImmediate, skipTableIndex } from './immediates.js';
import * as injected from './injected.js';
import { within, withinBody } from './limits.js';
import { BULK, F32X4, F64, NO_FLOAT, OP, bulkInstruction, carriageCost, instruction, simdInstruction, type Float, type Instruction } from './opcodes.js';
import { ALL_OPEN, assumeLess, openFloat, type Assumed } from './open-locals.js';
import { NUMBER, Operands } from './operands.js';
import { malformed, Reader } from './reader.js';
import { Segment } from './segment.js';
import { I32, I64, readBlockType, type FunctionType } from './types.js';
import { Writer } from './writer.js';

/** What bodies need to know of the module around them. */
export interface Surroundings {
  readonly types: readonly FunctionType[];
  /** The type of each of the guest's functions. */
  readonly functions: readonly number[];
  readonly injected: injected.Injected;
  /** The block type that leaves these results. */
  writeResults(out: Writer, results: readonly number[]): void;
}

/** Return address, saved registers and what else an engine keeps in a frame, generously. */
const FRAME_BYTES = 96;
const SLOT_BYTES = 8;
const WIDE_SLOT_BYTES = 16;
/** A function that calls none may use so much of the stack uncounted: it is at its end. */
const LEAF_FRAME_BYTES_MAX = 1_024;
/** Nor is fuel looked at in one whose code, loops aside, takes so few steps. */
const LEAF_STEPS_MAX = 2_000;

/** The function's whole body, with its locals, rewritten. */
export function meterBody(body: Reader, type: FunctionType, around: Surroundings): Uint8Array {
  withinBody(body.end - body.at);
  let assumed = ALL_OPEN;
  for (let attempt = 1; ; attempt++) {
    const meter = new BodyMeter(new Reader(body.bytes, body.at, body.end), type, around, assumed);
    const rewritten = meter.rewrite();
    if (meter.wrong.size === 0) return rewritten;
    assumed = assumeLess(assumed, meter.wrong, attempt);
  }
}

class BodyMeter {
  /** Locals that turned out not to be open, with what was put there. */
  readonly wrong = new Map<number, Float>();
  readonly #code = new Writer();
  readonly #operands = new Operands();
  readonly #blocks = new Blocks();
  readonly #segment: Segment;
  readonly #locals: ReturnType<typeof readLocals>;
  readonly #fuel: number;
  /** The segment that is being written begins at a loop's head. */
  #atLoop = false;
  /** The first segment is charged by the function's entry. */
  #entryCost: number | undefined;
  /** Of all its basic blocks. */
  #steps = 0;
  #calls = false;
  #wide: boolean;

  constructor(
    private readonly reader: Reader,
    private readonly type: FunctionType,
    private readonly around: Surroundings,
    private readonly assumed: Assumed,
  ) {
    this.#locals = readLocals(reader, type.params);
    this.#wide = this.#locals.wide;
    this.#fuel = this.#locals.scratch(I64);
    this.#segment = new Segment(reader);
  }

  rewrite(): Uint8Array {
    this.#open('function', 0, this.type.results.length);
    while (this.#blocks.depth > 0) this.#step();
    if (!this.reader.done) throw malformed();
    return this.#assemble();
  }

  #step(): void {
    const { reader } = this;
    const from = reader.at;
    const code = reader.byte();
    if (code === OP.simdPrefix) return this.#simd();
    if (code === OP.bulkPrefix) return this.#bulk(from);
    const found = instruction(code);
    this.#segment.cost += found.cost;
    if (found.immediate === 'control') return this.#control(code, from);
    if (found.immediate === 'call') return this.#call(code, from);
    if (code === OP.unreachable) return this.#unreachable(from);
    if (code >= OP.localGet && code <= OP.localTee) return this.#local(code);
    skipImmediate(reader, found.immediate);
    this.#plain(found, isNumber(reader.bytes, from));
    if (code === OP.memoryGrow) this.#callInstead(from, (out) => out.bytes(OP.call).u32(this.around.injected.grow));
  }

  #plain({ pops, pushes, reads, makes }: Instruction, number = false): void {
    for (let i = 0; i < pops; i++) {
      const mark = this.#operands.pop();
      if (reads !== NO_FLOAT) this.#segment.readAs(mark, reads);
    }
    if (pushes > 0) this.#operands.push(makes === NO_FLOAT ? (number ? NUMBER : 0) : this.#segment.mark(makes));
  }

  #local(code: number): void {
    const index = this.reader.u32();
    const float = openFloat(this.assumed, index, this.#locals.type(index));
    if (code !== OP.localGet) this.#put(index, float, this.#operands.pop());
    if (code !== OP.localSet) this.#operands.push(float === NO_FLOAT ? 0 : this.#segment.mark(float));
  }

  /** The marked operand goes into a local. */
  #put(index: number, float: Float, mark: number): void {
    // A vector that is settled for lanes of one width may hold open NaNs of the other.
    if (float === NO_FLOAT || mark === NUMBER || (float <= F64 && this.#segment.isSettled(mark))) return;
    const made = this.#segment.floatOf(mark);
    if (made === float) this.#segment.readAs(mark, float);
    else this.wrong.set(index, made);
  }

  #simd(): void {
    const { reader } = this;
    const from = reader.at;
    const found = simdInstruction(reader.u32());
    skipImmediate(reader, found.immediate);
    this.#segment.cost += found.cost;
    this.#wide = true;
    this.#plain(found, found.pops === 0 && reader.bytes.subarray(from + 1, reader.at).every((byte) => byte === 0));
  }

  #bulk(from: number): void {
    const code = this.reader.u32();
    const found = bulkInstruction(code);
    this.#segment.cost += found.cost;
    if (found.immediate === 'none') return this.#plain(found);
    skipBulkImmediate(this.reader, code);
    this.#plain(found);
    if (found.pops > 0) injected.writeBulkCharge(this.#segment.before(from), this.#fuel, this.#locals.scratch(I32), code <= BULK.memoryFill);
  }

  #unreachable(from: number): void {
    injected.writeTrap(this.#segment.replace(from), this.around.injected, injected.TRAP.unreachable);
    this.#operands.reset();
  }

  #call(code: number, from: number): void {
    const { types, functions } = this.around;
    const index = this.reader.u32();
    const indirect = code === OP.callIndirect;
    if (indirect) skipTableIndex(this.reader);
    const type = indirect ? types[index] : types[functions[index] ?? -1];
    if (!type) throw malformed();
    this.#segment.cost += carriageCost(type.params.length + type.results.length);
    this.#operands.popAll(type.params.length + (indirect ? 1 : 0));
    this.#operands.pushAll(type.results.length);
    this.#calls = true;
    this.#callInstead(from, (out) => (indirect ? out.bytes(OP.callIndirect).u32(index).bytes(0) : out.bytes(OP.call).u32(index + injected.FUNCTION_SHIFT)));
  }

  /** A call in place of the instruction at `from`: the callee counts in the global. */
  #callInstead(from: number, write: (out: Writer) => void): void {
    const out = this.#segment.replace(from);
    injected.writeFlush(out, this.around.injected, this.#fuel);
    write(out);
    injected.writeReload(out, this.around.injected, this.#fuel);
  }

  #control(code: number, from: number): void {
    switch (code) {
      case OP.block:
        return this.#enter('block');
      case OP.loop:
        return this.#loop(from);
      case OP.if:
        this.#operands.pop();
        this.#enter('if');
        return this.#close();
      case OP.else:
        return this.#else();
      case OP.end:
        return this.#end(from);
      case OP.brIf:
        this.#operands.pop();
        this.#jump(code, this.reader.u32(), from);
        return this.#close();
      case OP.br:
        this.#jump(code, this.reader.u32(), from);
        return this.#leave();
      case OP.brTable:
        this.#jumpByTable(from);
        return this.#leave();
      default:
        // `return`: the frame is given back where the function's outermost block ends.
        this.#jump(OP.br, this.#blocks.depth - 1, from);
        return this.#leave();
    }
  }

  #enter(kind: Block['kind']): void {
    const { params, results } = readBlockType(this.reader, this.around.types);
    this.#segment.cost += carriageCost(params + results);
    this.#operands.popAll(params);
    this.#open(kind, params, results);
  }

  #loop(from: number): void {
    const { reader } = this;
    const typeFrom = reader.at;
    this.#enter('loop');
    injected.writeLoop(this.#segment.replace(from), this.#fuel, reader.bytes.subarray(typeFrom, reader.at));
    this.#close();
    this.#atLoop = true;
  }

  #open(kind: Block['kind'], params: number, results: number): void {
    this.#blocks.enter({ kind, params, results, base: this.#operands.enter() });
    this.#operands.pushAll(params);
  }

  #else(): void {
    const { params } = this.#blocks.turn();
    this.#operands.reset();
    this.#operands.pushAll(params);
    this.#close();
  }

  #end(from: number): void {
    const block = this.#blocks.leave();
    this.#operands.leave(block.base);
    this.#operands.pushAll(block.results);
    // The function's own end is written around what comes before and after the body.
    if (block.kind === 'function') this.#segment.replace(from);
    if (block.kind === 'loop') this.#segment.replace(from).bytes(OP.end, OP.end);
    if (block.joined || (block.kind !== 'loop' && block.kind !== 'block')) this.#close();
  }

  #jump(code: number, depth: number, from: number): void {
    this.#segment.cost += carriageCost(this.#blocks.carried(depth));
    this.#segment.replace(from).bytes(code).u32(this.#blocks.label(depth));
  }

  #jumpByTable(from: number): void {
    const count = within('targets of a br_table', this.reader.u32());
    const depths = Array.from({ length: count + 1 }, () => this.reader.u32());
    // Each carries the same in a module that is valid.
    this.#segment.cost += carriageCost(this.#blocks.carried(depths[count]!));
    const out = this.#segment.replace(from).bytes(OP.brTable).u32(count);
    for (const depth of depths) out.u32(this.#blocks.label(depth));
  }

  /** What follows is reached from elsewhere, if at all. */
  #leave(): void {
    this.#operands.reset();
    this.#close();
  }

  /** Ends a basic block: its charge, then its code. */
  #close(): void {
    const { cost } = this.#segment;
    this.#steps += cost;
    if (this.#atLoop) injected.writeLoopCheck(this.#code, this.#fuel);
    this.#atLoop = false;
    if (this.#entryCost === undefined) this.#entryCost = cost;
    else if (cost > 0) injected.writeCharge(this.#code, this.#fuel, cost);
    this.#segment.close(this.#code, (float) => this.#settle(float));
    withinBody(this.#code.length);
  }

  #settle(float: Exclude<Float, typeof NO_FLOAT>): void {
    if (float >= F32X4) this.#wide = true;
    injected.writeCanonicalNaN(this.#code, float, this.#locals.scratch(injected.scratchType(float)));
  }

  #assemble(): Uint8Array {
    const { injected: numbers } = this.around;
    const frameBytes = this.#frameBytes();
    const counted = this.#calls || frameBytes > LEAF_FRAME_BYTES_MAX;
    const body = new Writer();
    this.#locals.write(body);
    if (counted) injected.writeEnterFrame(body, numbers, frameBytes);
    injected.writeReload(body, numbers, this.#fuel);
    injected.writeCharge(body, this.#fuel, this.#entryCost!);
    if (this.#calls || this.#steps > LEAF_STEPS_MAX) injected.writeCheck(body, this.#fuel);
    body.bytes(OP.block);
    this.around.writeResults(body, this.type.results);
    body.append(this.#code.view).bytes(OP.end);
    injected.writeFlush(body, numbers, this.#fuel);
    if (counted) injected.writeLeaveFrame(body, numbers, frameBytes);
    body.bytes(OP.end);
    withinBody(body.length);
    return body.view;
  }

  /** An upper bound of the frame that a simple compiler makes. */
  #frameBytes(): number {
    const slots = this.#locals.count + this.#operands.heightMax;
    return FRAME_BYTES + slots * (this.#wide ? WIDE_SLOT_BYTES : SLOT_BYTES);
  }
}

/** A constant float other than NaN and infinity. */
function isNumber(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === OP.f32Const) return (bytes[at + 4]! & 0x7f) !== 0x7f;
  return bytes[at] === OP.f64Const && (bytes[at + 8]! & 0x7f) !== 0x7f;
}
