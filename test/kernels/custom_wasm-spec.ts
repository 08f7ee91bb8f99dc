/** Runs the core tests of the WebAssembly specification on modules as they are and metered, side by side. */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { KernelError } from '../../src/kernels/kernel.js';
import { RESERVED, STACK_EXPORT, TICK, TRAP, TRAP_EXPORT } from '../../src/kernels/custom_wasm/meter/injected.js';
import { STACK_BYTES_MAX } from '../../src/kernels/custom_wasm/meter/limits.js';
import { meter, type Metered } from '../../src/kernels/custom_wasm/meter/meter.js';
import { bitwise, type Bits, type Call } from './custom_wasm-bits.js';

/** Bits, a kind of NaN, or a shape of lanes followed by its lanes. */
export type Expected = Bits | readonly string[];

export type Command =
  | readonly ['module', number]
  | readonly ['invalid', number]
  | readonly ['uninstantiable', number]
  | readonly ['invoke' | 'trap' | 'exhaustion', instance: number | string, field: string, args: readonly Bits[]]
  | readonly ['return', instance: number | string, field: string, args: readonly Bits[], expected: readonly Expected[]]
  | readonly ['get', instance: number | string, field: string]
  | readonly ['global', instance: number | string, field: string, expected: readonly Expected[]];

export interface SpecFile {
  readonly name: string;
  /** Base64. */
  readonly modules: readonly string[];
  readonly commands: readonly Command[];
}

/** README.md beside the file says where it is from. */
export function loadSpec(): SpecFile[] {
  const packed = readFileSync(new URL('../vectors/wasm-spec/core.json.br', import.meta.url));
  return JSON.parse(brotliDecompressSync(packed).toString()) as SpecFile[];
}

export const moduleBytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'));

export type Outcome = { readonly t: 'returned'; readonly values: readonly Bits[] } | { readonly t: 'trapped' | 'exhausted' };

/** Far more than any test takes. */
const STEPS_MAX = 2 ** 40;
/** Short, so that the tests are interrupted often. */
const SLICE_STEPS = 97n;

/** One module in both forms. */
export class Pair {
  readonly #calls = new Map<string, { readonly plain: Call; readonly metered: Call }>();
  #steps = 0;

  private constructor(
    private readonly metered: Metered,
    private readonly plainExports: WebAssembly.Exports,
    private readonly meteredExports: WebAssembly.Exports,
    counter: { tick(left: bigint): bigint },
  ) {
    counter.tick = (left) => {
      if ((this.#steps += Number(SLICE_STEPS - left)) > STEPS_MAX) throw new Error('The test does not end.');
      return SLICE_STEPS;
    };
  }

  /** @throws KernelError for a module outside the subset, RuntimeError for one whose segments do not fit */
  static of(bytes: Uint8Array): Pair {
    const metered = meter(bytes);
    const counter = { tick: (left: bigint): bigint => left };
    const instance = (module: Uint8Array): WebAssembly.Exports =>
      new WebAssembly.Instance(new WebAssembly.Module(module as BufferSource), { [RESERVED]: { [TICK]: (left: bigint) => counter.tick(left) } }).exports;
    const plain = instance(bytes);
    return new Pair(metered, plain, instance(metered.bytes), counter);
  }

  run(field: string, args: readonly Bits[]): { readonly plain: Outcome; readonly metered: Outcome } {
    const calls = this.#callsOf(field);
    // The specification goes on with an instance that has trapped.
    this.#global(STACK_EXPORT).value = STACK_BYTES_MAX;
    this.#global(TRAP_EXPORT).value = 0;
    const plain = outcome(
      () => calls.plain(args),
      () => false,
    );
    const metered = outcome(
      () => calls.metered(args),
      () => this.#global(TRAP_EXPORT).value === TRAP.stack,
    );
    return { plain, metered };
  }

  global(field: string): readonly [unknown, unknown] {
    return [(this.plainExports[field] as WebAssembly.Global).value, (this.meteredExports[field] as WebAssembly.Global).value];
  }

  #global(name: string): WebAssembly.Global<'i32'> {
    return this.meteredExports[name] as WebAssembly.Global<'i32'>;
  }

  #callsOf(field: string): { readonly plain: Call; readonly metered: Call } {
    const known = this.#calls.get(field);
    if (known) return known;
    const type = this.metered.signature(this.metered.exports.find(({ name }) => name === field)!);
    const calls = { plain: bitwise(this.plainExports[field], type), metered: bitwise(this.meteredExports[field], type) };
    this.#calls.set(field, calls);
    return calls;
  }
}

function outcome(call: () => Bits[], outOfStack: () => boolean): Outcome {
  try {
    return { t: 'returned', values: call() };
  } catch (error) {
    if (error instanceof RangeError || outOfStack()) return { t: 'exhausted' };
    if (error instanceof WebAssembly.RuntimeError) return { t: 'trapped' };
    throw error;
  }
}

export function refusal(bytes: Uint8Array): KernelError | undefined {
  try {
    meter(bytes);
    return undefined;
  } catch (error) {
    if (error instanceof KernelError) return error;
    throw error;
  }
}

/** Whether bits are what the specification asks for. */
export function matches(bits: Bits, expected: Expected): boolean {
  if (typeof expected !== 'string') {
    const [shape, ...lanes] = expected;
    const width = shape === 'f32x4' ? 8 : 16;
    const letter = shape === 'f32x4' ? 'f' : 'd';
    return lanes.every((lane, i) => matches(letter + bits.slice(1 + i * width, 1 + (i + 1) * width), lane));
  }
  return expected === 'canonical_nan' || expected === 'arithmetic_nan' ? isCanonicalNaN(bits) : bits === expected;
}

/** Metering makes even those NaNs canonical that the specification leaves open; the sign may have been changed since. */
function isCanonicalNaN(bits: Bits): boolean {
  return /^(?:f0000c0[7f]f|d000000000000f8[7f]f)$/u.test(bits);
}
