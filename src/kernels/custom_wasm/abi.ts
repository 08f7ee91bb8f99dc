/** What a guest exports and how it is called: docs/guest-abi.md. */
import { KernelError } from '../kernel.js';
import type { ExportKind } from './meter/guest-module.js';
import type { Metered } from './meter/meter.js';
import { I32, I64 } from './meter/types.js';
import { OUTPUT_BYTES_MAX } from './manifest.js';

/** The exports of a running guest that the host uses. */
export interface Guest {
  readonly memory: WebAssembly.Memory;
  /** Makes room for so many bytes of input; its address. */
  alloc(length: number): number;
  execute(address: number, length: number): bigint;
  initialize?(): void;
}

const MEMORY = 'memory';
const ALLOC = 'alloc';
const INITIALIZE = '_initialize';
/** The guest's way to say no; an output could not lie there. */
const REFUSED = 0xffff_ffff_ffff_ffffn;

/** @throws KernelError `bad-input` for a module that lacks an export, or has it in another form */
export function checkExports(metered: Metered, execute: string): void {
  check(metered, MEMORY, 'memory');
  check(metered, ALLOC, 'function', [I32], [I32]);
  check(metered, execute, 'function', [I32, I32], [I64]);
  if (metered.exports.some(({ name }) => name === INITIALIZE)) check(metered, INITIALIZE, 'function', [], []);
}

function check(metered: Metered, wanted: string, kind: ExportKind, params: readonly number[] = [], results: readonly number[] = []): void {
  const found = metered.exports.find(({ name }) => name === wanted);
  const form = kind === 'function' ? `a function ${signature(params, results)}` : `its ${kind}`;
  if (found?.kind !== kind) throw new KernelError('bad-input', `\`module\` must export ${form} as \`${wanted}\`.`);
  if (kind !== 'function') return;
  const type = metered.signature(found);
  if (`${type.params}` !== `${params}` || `${type.results}` !== `${results}`) throw new KernelError('bad-input', `\`module\` exports \`${wanted}\` as ${signature(type.params, type.results)}; it must be ${form}.`);
}

const NAMES: ReadonlyMap<number, string> = new Map([[I32, 'i32'], [I64, 'i64'], [0x7d, 'f32'], [0x7c, 'f64'], [0x7b, 'v128']]);

function signature(params: readonly number[], results: readonly number[]): string {
  const list = (types: readonly number[]): string => `(${types.map((type) => NAMES.get(type)).join(', ')})`;
  return `${list(params)} -> ${list(results)}`;
}

export function guestOf(exports: WebAssembly.Exports, execute: string): Guest {
  return {
    memory: exports[MEMORY] as WebAssembly.Memory,
    alloc: exports[ALLOC] as Guest['alloc'],
    execute: exports[execute] as Guest['execute'],
    ...(INITIALIZE in exports && { initialize: exports[INITIALIZE] as () => void }),
  };
}

/**
 * One call: input in, output out.
 * @throws KernelError `bad-input` for addresses outside the memory and for a refusal, `limit-exceeded` for too long an output
 */
export function call(guest: Guest, input: Uint8Array): Uint8Array {
  guest.initialize?.();
  const address = guest.alloc(input.length) >>> 0;
  bytesAt(guest, address, input.length, 'What `alloc` returned').set(input);

  const result = BigInt.asUintN(64, guest.execute(address, input.length));
  if (result === REFUSED) throw new KernelError('bad-input', 'The module refused its input: it returned -1.');
  const length = Number(result & 0xffff_ffffn);
  if (length > OUTPUT_BYTES_MAX) throw new KernelError('limit-exceeded', `The module returned ${length} bytes, and ${OUTPUT_BYTES_MAX} are allowed.`);
  return bytesAt(guest, Number(result >> 32n), length, 'The result').slice();
}

/** A view; a memory that grows detaches it. */
function bytesAt({ memory }: Guest, address: number, length: number, what: string): Uint8Array {
  const { byteLength } = memory.buffer;
  if (address + length > byteLength) throw new KernelError('bad-input', `${what} lies outside the module's memory: ${length} bytes at ${address}, of ${byteLength}.`);
  return new Uint8Array(memory.buffer, address, length);
}
