/**
 * Metering: a module is rewritten so that it counts what it does, stops where it is told to, and gives the same bits on
 * every machine. Design and costs: docs/guest-abi.md.
 */
import { KernelError } from '../../kernel.js';
import { meterBody, type Surroundings } from './body.js';
import { writeElements } from './elements.js';
import { EXPORT_KINDS, PREAMBLE, readModule, type Export, type GuestModule, type Range } from './guest-module.js';
import { FUEL_EXPORT, FUNCTION_SHIFT, GROW_TYPE, RESERVED, STACK_EXPORT, TICK, TICK_TYPE, TRAP_EXPORT, growBody, memoryLimit, type Injected } from './injected.js';
import { MODULE_BYTES_MAX, within } from './limits.js';
import { countLocals } from './locals.js';
import { OP } from './opcodes.js';
import { malformed } from './reader.js';
import { FUNCREF, I32, I64, type FunctionType } from './types.js';
import { Writer } from './writer.js';

export interface Metered {
  /** A module that imports `edge-net:`.`tick` alone, and exports what the guest does and the counters. */
  readonly bytes: Uint8Array;
  readonly exports: readonly Export[];
  /** Signature of an exported function. */
  signature(exported: Export): FunctionType;
}

const FUNCTION_FORM = 0x60;
const MUTABLE = 1;
const GLOBAL_KIND = 3;
const SECTION = { type: 1, import: 2, function: 3, table: 4, memory: 5, global: 6, export: 7, element: 9, dataCount: 12, code: 10, data: 11 } as const;

/**
 * @param pause called between functions: rewriting megabytes takes a moment
 * @throws KernelError `bad-input` for a module that is malformed, invalid or outside the subset; the same on every engine
 */
export function meter(bytes: Uint8Array, pause: () => void = () => {}): Metered {
  if (bytes.length > MODULE_BYTES_MAX) throw new KernelError('bad-input', `\`module\` has ${bytes.length} bytes, and ${MODULE_BYTES_MAX} are allowed.`);
  const guest = readModule(bytes);
  const taken = guest.exports.find(({ name }) => name.startsWith(RESERVED));
  if (taken) throw new KernelError('bad-input', `\`module\` exports a name that begins with \`${RESERVED}\`, which is reserved.`);
  // First what this kernel can tell by itself, alike everywhere; engines agree on the rest.
  const metered = rewrite(guest, pause);
  if (!WebAssembly.validate(guest.plain as BufferSource)) throw malformed();
  return { bytes: metered, exports: guest.exports, signature: ({ index }) => guest.types[guest.functions[index]!]! };
}

function rewrite(guest: GuestModule, pause: () => void): Uint8Array {
  const types = new Types(guest.types);
  const tickType = types.indexOf(TICK_TYPE);
  const growType = types.indexOf(GROW_TYPE);
  const firstGlobal = guest.globals.length;
  const injected: Injected = { fuel: firstGlobal, stack: firstGlobal + 1, trap: firstGlobal + 2, grow: guest.functions.length + FUNCTION_SHIFT };
  const bodies = rewriteBodies(guest, { types: guest.types, functions: guest.functions, injected, writeResults: (out, results) => types.writeResults(out, results) }, pause);
  const hasGrow = guest.memory !== undefined;

  const out = new Writer().append(PREAMBLE);
  const section = (id: number, write: (part: Writer) => void): void => {
    const part = new Writer();
    write(part);
    out.bytes(id).sized(part.view);
  };
  section(SECTION.type, (part) => types.write(part));
  section(SECTION.import, (part) => part.u32(1).name(RESERVED).name(TICK).bytes(0).u32(tickType));
  section(SECTION.function, (part) => {
    part.u32(guest.functions.length + (hasGrow ? 1 : 0));
    for (const type of guest.functions) part.u32(type);
    if (hasGrow) part.u32(growType);
  });
  if (guest.table) section(SECTION.table, (part) => writeRange(part.bytes(1, FUNCREF), guest.table!));
  if (guest.memory) section(SECTION.memory, (part) => writeRange(part.bytes(1), { min: guest.memory!.min, max: memoryLimit(guest.memory!) }));
  section(SECTION.global, (part) => {
    part.u32(firstGlobal + 3);
    for (const global of guest.globals) part.append(global);
    part.bytes(I64, MUTABLE, OP.i64Const, 0, OP.end);
    for (let i = 0; i < 2; i++) part.bytes(I32, MUTABLE, OP.i32Const, 0, OP.end);
  });
  section(SECTION.export, (part) => {
    part.u32(guest.exports.length + 3);
    for (const { name, kind, index } of guest.exports) part.name(name).bytes(EXPORT_KINDS.indexOf(kind)).u32(kind === 'function' ? index + FUNCTION_SHIFT : index);
    part.name(FUEL_EXPORT).bytes(GLOBAL_KIND).u32(injected.fuel);
    part.name(STACK_EXPORT).bytes(GLOBAL_KIND).u32(injected.stack);
    part.name(TRAP_EXPORT).bytes(GLOBAL_KIND).u32(injected.trap);
  });
  if (guest.elements.length > 0) {
    section(SECTION.element, (part) => {
      part.u32(guest.elements.length);
      for (const segment of guest.elements) writeElements(part, segment, FUNCTION_SHIFT);
    });
  }
  if (guest.dataCount !== undefined) section(SECTION.dataCount, (part) => part.u32(guest.dataCount!));
  section(SECTION.code, (part) => {
    part.u32(guest.functions.length + (hasGrow ? 1 : 0)).append(bodies);
    if (hasGrow) part.sized(growBody(injected, memoryLimit(guest.memory!)));
  });
  if (guest.data) section(SECTION.data, (part) => part.append(guest.data!));
  return out.view;
}

function rewriteBodies(guest: GuestModule, around: Surroundings, pause: () => void): Uint8Array {
  const out = new Writer();
  let locals = 0;
  for (const [i, body] of guest.bodies.entries()) {
    locals = within('locals of all functions', locals + countLocals(body));
    const type = guest.types[guest.functions[i]!];
    if (!type) throw malformed();
    out.sized(meterBody(body, type, around));
    pause();
  }
  return out.view;
}

function writeRange(out: Writer, { min, max }: Range): void {
  if (max === undefined) out.bytes(0).u32(min);
  else out.bytes(1).u32(min).u32(max);
}

/** The guest's types, and those that metering adds behind them. */
class Types {
  readonly #all: FunctionType[];
  readonly #added = new Map<string, number>();

  constructor(guest: readonly FunctionType[]) {
    this.#all = [...guest];
  }

  indexOf(type: FunctionType): number {
    const key = `${type.params}>${type.results}`;
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const index = this.#all.push(type) - 1;
    this.#added.set(key, index);
    return index;
  }

  /** Results of more than one value have no short form. */
  writeResults(out: Writer, results: readonly number[]): void {
    if (results.length === 0) out.bytes(0x40);
    else if (results.length === 1) out.bytes(results[0]!);
    else out.signed(this.indexOf({ params: [], results }));
  }

  write(out: Writer): void {
    out.u32(this.#all.length);
    for (const { params, results } of this.#all) out.bytes(FUNCTION_FORM).u32(params.length).bytes(...params).u32(results.length).bytes(...results);
  }
}
